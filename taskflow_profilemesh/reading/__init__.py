"""A database as an iterator of Polars frames, and what its catalog says of its tables.

`source` is the way in. `address` says where the database is, `catalog/` what it declares, `plan` how a table is read,
`query` and `ranges` write the SQL, `dialect` quotes, `connector` runs it, `failures` names what went wrong without
quoting the driver, `convert` makes frames, `batches` reads ahead, `reachability` knocks first.
"""

from taskflow_profilemesh.reading.address import DatabaseAddress
from taskflow_profilemesh.reading.dialect import Dialect
from taskflow_profilemesh.reading.plan import ReadPlan
from taskflow_profilemesh.reading.source import DatabaseSource

__all__ = ["DatabaseAddress", "DatabaseSource", "Dialect", "ReadPlan"]
