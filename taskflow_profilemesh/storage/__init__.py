"""Where profiles are kept and what came before is looked up.

`store.py` says what a store promises and the values it takes. `sql.py` keeps it in SQLite, PostgreSQL or MySQL:
`engine.py` reads the URL, `schema.py` has the tables, `migrations.py` their versions, `locks.py` one writer at a time,
`rows.py` and `results.py` make rows, `failures.py` errors. `memory.py` keeps it in memory. `codec.py` writes a profile
down as a document and reads it back.

Lost history? `sql.py`. A baseline you did not expect? `SqlStore.latest`. An old store that will not open?
`migrations.py`.
"""

from taskflow_profilemesh.storage.memory import MemoryStore
from taskflow_profilemesh.storage.sql import SqlStore, default_url, open_store
from taskflow_profilemesh.storage.store import Event, ProfileStore, RunSummary, StoredPartial, StoredProfile

__all__ = [
    "Event",
    "MemoryStore",
    "ProfileStore",
    "RunSummary",
    "SqlStore",
    "StoredPartial",
    "StoredProfile",
    "default_url",
    "open_store",
]
