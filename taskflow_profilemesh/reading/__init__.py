"""A database, or files, as an iterator of Polars frames, and what is declared of the tables.

`source` is the way in, `files` (with `file_scans`) that of files. `address` says where the database is, `catalog/` what
it declares, `plan` how a table is read, `query` and `ranges` write the SQL, `dialect` quotes. `reads` decides by whom:
`connector` by ConnectorX, or `session` by a driver that keeps its connection. `snapshot` lets all ranges see the same,
`retrying` reads one again, `batches` reads ahead and ends what runs, `convert` makes frames, `failures` names what went
wrong without quoting the driver, `reachability` knocks first.
"""

from taskflow_profilemesh.reading.address import DatabaseAddress
from taskflow_profilemesh.reading.dialect import Dialect
from taskflow_profilemesh.reading.files import FileSource
from taskflow_profilemesh.reading.plan import ReadPlan
from taskflow_profilemesh.reading.source import DatabaseSource

__all__ = ["DatabaseAddress", "DatabaseSource", "Dialect", "FileSource", "ReadPlan"]
