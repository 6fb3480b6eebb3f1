"""Where profiles are kept and what came before is looked up.

`store.py` says what a store promises and the values it takes. `sql.py` keeps it in SQLite, PostgreSQL or MySQL:
`engine.py` reads the URL, `schema.py` has the tables and `names.py` how they are called, `migrations.py` their
versions, `idle.py` which connections are used again, `locks.py` one writer at a time, `queries.py` what is asked,
`rows.py` and `results.py` make rows, `inserting.py` inserts many of them, `failures.py` errors. `retention.py` says
what is forgotten, `pruning.py` forgets it. `memory.py` keeps it in memory. `codec.py` writes a profile down as a
document and reads it back.

Lost history? `sql.py`, `retention.py`. A baseline you did not expect? `eligible.py`, `SqlStore.latest`. An old store
that will not open? `migrations.py`.
"""

from taskflow_profilemesh.storage.memory import MemoryStore
from taskflow_profilemesh.storage.names import TableNames
from taskflow_profilemesh.storage.retention import Retention
from taskflow_profilemesh.storage.sql import SqlStore, default_url, open_store
from taskflow_profilemesh.storage.store import (
    Decision,
    DecisionKind,
    Event,
    KeptTable,
    MetricPoint,
    MetricValue,
    ProfileStore,
    Pruned,
    RunSummary,
    StoredPartial,
    StoredProfile,
)

__all__ = [
    "Decision",
    "DecisionKind",
    "Event",
    "KeptTable",
    "MemoryStore",
    "MetricPoint",
    "MetricValue",
    "ProfileStore",
    "Pruned",
    "Retention",
    "RunSummary",
    "SqlStore",
    "StoredPartial",
    "StoredProfile",
    "TableNames",
    "default_url",
    "open_store",
]
