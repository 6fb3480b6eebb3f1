"""What to sync and how to wait for it: `SyncSpec`, checked before anything is started.

It stands alone because everybody needs it: a DAG file while it is parsed (so this module imports next to nothing), the
operator, the trigger, and whoever calls `sync` without Airflow.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Literal, NoReturn, TypeAlias, get_args

if TYPE_CHECKING:
    from collections.abc import Sequence

JobType: TypeAlias = Literal["sync", "clear"]
OnConflict: TypeAlias = Literal["attach", "wait", "skip", "fail"]
Compared: TypeAlias = Literal["finished_at", "started_at"]
"""Which moment of a sync must not lie before the one since when a sensor waits."""

_SYNC_MODE_KEYS = ("sync_mode", "syncMode", "sync_modes")


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncSpec:
    """One sync (or clear) of one connection.

    `connection`: its name or id. `workspace`: name or id of the workspace to look in (None: all that the credentials
    see). `timeout_seconds`: from the start until the job must have ended. `poll_interval_seconds`: between looks; the
    first looks come sooner. `on_conflict`: what to do when a job of the connection already runs: `attach` joins it,
    `wait` lets it end and then starts, `skip` and `fail` start nothing. `min_rows`: fewer rows are a failure (None: any
    number will do). `stall_timeout_seconds`: no progress for so long cancels the job (None: never).
    `cancel_on_kill`: a task that is killed or runs out of time cancels the job it started.
    """

    connection: str
    workspace: str | None = None
    job_type: JobType = "sync"
    timeout_seconds: float = 3600
    poll_interval_seconds: float = 30
    on_conflict: OnConflict = "attach"
    min_rows: int | None = None
    stall_timeout_seconds: float | None = None
    cancel_on_kill: bool = True

    def __post_init__(self) -> None:
        """Refuse what cannot work; raises `InvalidOption`."""
        check_text("connection", self.connection)
        if self.workspace is not None:
            check_text("workspace", self.workspace)
        check_options(**{name: getattr(self, name) for name in CHECKS})

    @classmethod
    def from_value(cls, value: str | SyncSpec | Mapping[str, Any], **defaults: object) -> SyncSpec:
        """Read a connection's name or id, a mapping of options, or a spec (returned as it is).

        `defaults` apply where a name or a mapping says nothing. Raises `InvalidOption` for an unknown option, with the
        nearest one that exists, and for anything else that is given as `value`.
        """
        if isinstance(value, SyncSpec):
            return value
        if isinstance(value, str):
            return cls(**{**defaults, "connection": value})  # type: ignore[arg-type] # checked in __post_init__
        if not isinstance(value, Mapping):
            _refuse("connection", type(value).__name__, "a connection's name or id, a SyncSpec or a mapping of options")
        for name in value:
            _check_name(name)
        options = {**defaults, **value}
        if "connection" not in options:
            _refuse("connection", "nothing", "a connection's name or id")
        return cls(**options)

    def as_dict(self) -> dict[str, Any]:
        """Return the options as plain JSON values; `from_value` reads them back."""
        return {name: getattr(self, name) for name in OPTIONS}


OPTIONS: tuple[str, ...] = tuple(field.name for field in fields(SyncSpec))
"""The names of all options, in order."""


def check_options(**options: object) -> None:
    """Refuse wrong values among the options that are given; raises `InvalidOption`."""
    for name, value in options.items():
        CHECKS[name](name, value)


def _check_name(name: object) -> None:
    if name in _SYNC_MODE_KEYS:
        expected = "no sync mode: it belongs to the Airbyte connection, where each stream has its own"
        _refuse(str(name), "a sync mode", expected)
    if name not in OPTIONS:
        _refuse("option", str(name), "one of " + ", ".join(OPTIONS), known=OPTIONS)


def check_text(name: str, value: object) -> None:
    """Refuse anything but a text with something in it; raises `InvalidOption`."""
    if not isinstance(value, str) or not value.strip():
        got = "an empty text" if isinstance(value, str) else type(value).__name__
        _refuse(name, got, "a name or an id")


def _check_job_type(name: str, value: object) -> None:
    check_choice(name, value, get_args(JobType))


def _check_on_conflict(name: str, value: object) -> None:
    check_choice(name, value, get_args(OnConflict))


def check_choice(name: str, value: object, choices: Sequence[str]) -> None:
    """Refuse a value that is none of the choices; raises `InvalidOption` with the nearest."""
    if value not in choices:
        _refuse(name, str(value), "one of " + ", ".join(choices), known=choices)


def _check_seconds(name: str, value: object) -> None:
    if not _is_number(value) or not 0 < value < float("inf"):  # type: ignore[operator] # a number by then
        _refuse(name, str(value), "a number of seconds greater than 0")


def _check_seconds_or_none(name: str, value: object) -> None:
    if value is not None:
        _check_seconds(name, value)


def _check_rows_or_none(name: str, value: object) -> None:
    if value is not None and not (isinstance(value, int) and not isinstance(value, bool) and value >= 0):
        _refuse(name, str(value), "a whole number of rows, 0 or more")


def check_flag(name: str, value: object) -> None:
    """Refuse anything but True and False; raises `InvalidOption`."""
    if not isinstance(value, bool):
        _refuse(name, str(value), "True or False")


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


CHECKS = {
    "job_type": _check_job_type,
    "timeout_seconds": _check_seconds,
    "poll_interval_seconds": _check_seconds,
    "on_conflict": _check_on_conflict,
    "min_rows": _check_rows_or_none,
    "stall_timeout_seconds": _check_seconds_or_none,
    "cancel_on_kill": check_flag,
}
"""The options whose values can be checked before the connection is known, each with its check."""


def _refuse(option: str, got: str, expected: str, *, known: Sequence[str] = ()) -> NoReturn:
    from taskflow_profilemesh.errors import InvalidOption  # loaded only to raise: a DAG file's parsing stays cheap

    raise InvalidOption(option=option, got=got, expected=expected, known=tuple(known))
