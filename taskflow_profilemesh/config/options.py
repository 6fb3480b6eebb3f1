"""The options of a profiling task, and whose word counts: the task's own, then the config file's, then the defaults.

It stands alone because the file and the operator both speak in its terms, and neither needs to know of the other.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypedDict

from taskflow_profilemesh.table_requests import table_rule, with_rules
from taskflow_profilemesh.table_selection import TableRule, Wanted

LEAST_MEMORY_BYTES: Final = 16 << 20  # one reader's batches of some hundred rows
LEAST_HASH_KEY: Final = 16  # characters, as in `profiling.privacy`
ENVIRONMENT: Final = "1 to 40 letters, digits, dots, hyphens and underscores"
_ENVIRONMENT = re.compile(r"[\w.-]{1,40}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileOptions:
    """The options that a run goes by, with their defaults; `ProfileMeshOperator` says what each means."""

    tables: tuple[Wanted, ...] = ()
    conn_id: str = "profilemesh_default"
    store: str | None = field(default=None, repr=False)  # a URL may hold a password
    storage: Mapping[str, Any] = field(default_factory=dict)  # results_table, runs_table, keep_runs, keep_days
    on_drift: str = "record"
    drift_severity: str = "high"
    thresholds: Mapping[str, float] = field(default_factory=dict)
    drift: Mapping[str, Any] = field(default_factory=dict)  # as `comparison.drift_settings` reads it
    fail_on_error: bool = True
    incremental: str | None = None
    max_rows: int | None = None
    memory_budget_bytes: int | None = None
    statement_timeout_seconds: float | None = None
    privacy: Mapping[str, Any] = field(default_factory=dict, repr=False)  # may hold a key
    environment: str | None = None
    source_type: str | None = None  # what the connection has to be, by the config
    source_url: str | None = field(default=None, repr=False)  # in place of a connection; `conn_id` is then its name
    rules: tuple[TableRule, ...] = ()  # of several that fit, the first is heard first
    event_hooks: Sequence[Any] | None = field(default=None, repr=False)  # as `events.hooks.hooks_named` takes them

    @property
    def source_name(self) -> str:
        """The name under which history is kept: environments that share a store have one each."""
        return f"{self.environment}/{self.conn_id}" if self.environment else self.conn_id

    def requests(self) -> tuple[Wanted, ...]:
        """Return the tables, with what all of them share where one says nothing of its own.

        The cursor comes first: a table that grows by one is never a sample.
        """
        shared = {"incremental": self.incremental, "max_rows": self.max_rows}
        said = (table_rule(None, {name: value}) for name, value in shared.items() if value is not None)
        return with_rules(self.tables, (*self.rules, *said))


class Said(TypedDict, total=False):
    """Those of the options that somebody gave; a key that is absent, or None, was not."""

    tables: tuple[Wanted, ...] | None
    conn_id: str | None
    store: str | None
    storage: Mapping[str, Any] | None
    on_drift: str | None
    drift_severity: str | None
    thresholds: Mapping[str, float] | None
    drift: Mapping[str, Any] | None
    fail_on_error: bool | None
    incremental: str | None
    max_rows: int | None
    memory_budget_bytes: int | None
    statement_timeout_seconds: float | None
    privacy: Mapping[str, Any] | None
    environment: str | None
    source_type: str | None
    source_url: str | None
    rules: tuple[TableRule, ...] | None
    event_hooks: Sequence[Any] | None


def is_environment(name: str) -> bool:
    """Say whether an environment can have this name, which is `ENVIRONMENT`."""
    return _ENVIRONMENT.fullmatch(name) is not None


def settle(*voices: Said) -> ProfileOptions:
    """Return the options that the voices agree on: the first that gives an option is heard, then the defaults.

    Thresholds are heard one by one, and so are the keys of `drift`, `privacy` and `storage`: a voice that changes one
    of them leaves the others to those after it. A source is named by `conn_id`, or by `source_url` with it: who gives
    one of them gives both.
    """
    settled: dict[str, object] = {}
    drift: dict[str, object] = {}
    storage: dict[str, object] = {}
    thresholds: dict[str, float] = {}
    privacy: dict[str, Any] = {}
    for voice in reversed(voices):
        if voice.get("conn_id") is not None:
            settled.pop("source_url", None)
        settled |= {name: value for name, value in voice.items() if value is not None}
        thresholds |= voice.get("thresholds") or {}
        drift |= voice.get("drift") or {}
        privacy |= voice.get("privacy") or {}
        storage |= voice.get("storage") or {}
    settled |= {"thresholds": thresholds, "drift": drift, "privacy": privacy, "storage": storage}
    return ProfileOptions(**settled)  # type: ignore[arg-type] # typed where they were said
