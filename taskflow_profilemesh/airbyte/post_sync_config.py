"""`PostSyncProfilingTrigger`: from the result of a sync to the config of the profiling that follows it. Pure.

The config is plain JSON with the sections of a `profilemesh.yml`, so it goes through XCom and is checked as a file is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from taskflow_profilemesh.airbyte.result import SyncResult
from taskflow_profilemesh.errors import InvalidOption
from taskflow_profilemesh.synced_tables import synced_tables

if TYPE_CHECKING:
    from collections.abc import Iterable

_PROFILING, _TABLES, _TABLE = "profiling", "tables", "table"


@dataclass(frozen=True, slots=True, kw_only=True)
class PostSyncProfilingTrigger:
    """Which of a sync's tables are profiled, and how.

    `config`: sections of a config (`source`, `storage`, `profiling`, `drift_detection`) that the tables are put into. A
    table that its `profiling.tables` names keeps what stands there (`exclude_columns`, `sample`, …), once the sync has
    written it; one that the sync has not written is left out. `exclude_streams`: streams by name, with the wildcards
    `*` and `?`.
    """

    config: Mapping[str, Any] = field(default_factory=dict, repr=False)  # a store's URL may hold a password
    exclude_streams: tuple[str, ...] = ()

    def create_profiling_config(self, sync_result: SyncResult | Mapping[str, Any]) -> dict[str, Any]:
        """Return the config for the tables that the sync wrote, as `config=` takes it.

        `sync_result`: what `@airbyte_sync` returned, or a `SyncResult`. Raises `InvalidOption` for what is none, and
        where no table is left.
        """
        result = sync_result.as_dict() if isinstance(sync_result, SyncResult) else _checked(sync_result)
        known, own = synced_tables(result), self._own_tables()
        tables = []
        for table in self._wanted(result):
            synced = {"synced": asdict(known[table])} if table in known else {}
            tables.append({_TABLE: table, **own.get(table, {}), **synced})
        profiling = {**(self.config.get(_PROFILING) or {}), _TABLES: tables}
        return {**self.config, _PROFILING: profiling}

    def _wanted(self, result: Mapping[str, Any]) -> list[str]:
        """Return the tables of the streams that are not excluded, each once."""
        streams = result["streams"]
        tables = [stream[_TABLE] for stream in streams if not self._is_excluded(stream["name"])]
        if not tables:
            expected = "a sync with a stream that is not excluded"
            raise InvalidOption(option="sync_result", got=f"{len(streams)} streams", expected=expected)
        return list(dict.fromkeys(tables))

    def _is_excluded(self, stream: str) -> bool:
        return any(fnmatchcase(stream, pattern) for pattern in self.exclude_streams)

    def _own_tables(self) -> dict[str, Mapping[str, Any]]:
        """Return what the config says of single tables, by their names."""
        listed: Iterable[Any] = (self.config.get(_PROFILING) or {}).get(_TABLES) or ()
        one_or_more = [listed] if isinstance(listed, str | Mapping) else listed
        return {one[_TABLE]: one for one in one_or_more if isinstance(one, Mapping) and _TABLE in one}


def _checked(result: object) -> Mapping[str, Any]:
    """Return the result of a sync as it came through XCom; raises `InvalidOption` for anything else."""
    streams = result.get("streams") if isinstance(result, Mapping) else None
    parts = {"name", _TABLE}
    named = isinstance(streams, list) and all(isinstance(one, Mapping) and parts <= set(one) for one in streams)
    if not isinstance(result, Mapping) or not named:
        raise InvalidOption(option="sync_result", got=type(result).__name__, expected="the result of a sync")
    return result
