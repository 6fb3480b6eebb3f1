"""Which earlier runs a table is compared with.

- `last_run`: the last one.
- `moving_average`: the mean of the last ones (`window`).
- `prior_period`: the mean of the last ones of the same weekday and hour, in UTC.
- `stable_window`: the mean of the last ones in a row in which nothing drifted.
- `pinned`: the one that somebody pinned.
- `auto`: the pinned one; else the same weekday and hour, where the row counts follow the week; else the stable window.

A kind that finds too few runs falls back to the last run, and the choice says so. The run that is tested is never among
the runs, nor is one that failed a gate, nor a backfill: the store leaves them out. What somebody accepted counts in any
case, and nothing before it does.
"""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from taskflow_profilemesh.errors import InvalidOption

if TYPE_CHECKING:
    from collections.abc import Sequence

WINDOW: Final = 7
LEAST_STABLE: Final = 3  # runs that make a window
_PERIODS: Final = 4  # runs of the same weekday and hour that are averaged
_WEEK: Final = timedelta(days=7)
_LEAST_WEEKS: Final = 3  # pairs of runs a week apart by which `auto` sees that counts follow the week


class BaselineKind(StrEnum):
    """How the runs to compare with are chosen."""

    LAST_RUN = "last_run"
    MOVING_AVERAGE = "moving_average"
    PRIOR_PERIOD = "prior_period"
    STABLE_WINDOW = "stable_window"
    PINNED = "pinned"
    AUTO = "auto"


@dataclass(frozen=True, slots=True, kw_only=True)
class PastRun:
    """An earlier run of a table that may be a baseline. `at` is its logical date, or when it was profiled."""

    profile_id: str
    run_id: str
    at: datetime
    row_count: int
    drifted: bool


@dataclass(frozen=True, slots=True)
class Choice:
    """The runs that were chosen, newest first; `kind` is how, after a fallback."""

    kind: BaselineKind
    runs: tuple[PastRun, ...]

    @property
    def run_ids(self) -> tuple[str, ...]:
        """Their ids, newest first, each once."""
        return tuple(dict.fromkeys(run.run_id for run in self.runs))


def choose(
    kind: BaselineKind,
    runs: Sequence[PastRun],
    *,
    at: datetime,
    pinned: PastRun | None = None,
    window: int = WINDOW,
) -> Choice | None:
    """Choose among the runs (newest first) for one at the aware moment `at`; None where there are none.

    `pinned` need not be among the runs. Raises `InvalidOption` for a window below 1.
    """
    if window < 1:
        raise InvalidOption(option="window", got=str(window), expected="a number of runs, 1 or more")
    found = _found(kind, runs, at=at, pinned=pinned, window=window)
    if found is not None:
        return found
    return Choice(BaselineKind.LAST_RUN, tuple(runs[:1])) if runs else None


def same_slot(runs: Sequence[PastRun], at: datetime) -> list[PastRun]:
    """Return the runs of the same weekday and hour (UTC) as `at`, in their order."""
    return [run for run in runs if _slot(run.at) == _slot(at)]


def _found(
    kind: BaselineKind, runs: Sequence[PastRun], *, at: datetime, pinned: PastRun | None, window: int
) -> Choice | None:
    match kind:
        case BaselineKind.MOVING_AVERAGE:
            return Choice(kind, tuple(runs[:window])) if runs else None
        case BaselineKind.PRIOR_PERIOD:
            same = same_slot(runs, at)[:_PERIODS]
            return Choice(kind, tuple(same)) if same else None
        case BaselineKind.STABLE_WINDOW:
            stable = _stable(runs)[:window]
            return Choice(kind, tuple(stable)) if len(stable) >= min(LEAST_STABLE, window) else None
        case BaselineKind.PINNED:
            return Choice(kind, (pinned,)) if pinned else None
        case BaselineKind.AUTO:
            kinds = [BaselineKind.PINNED, BaselineKind.STABLE_WINDOW]
            if follows_the_week(runs):
                kinds.insert(1, BaselineKind.PRIOR_PERIOD)
            choices = (_found(each, runs, at=at, pinned=pinned, window=window) for each in kinds)
            return next((choice for choice in choices if choice), None)
        case BaselineKind.LAST_RUN:
            return None


def follows_the_week(runs: Sequence[PastRun]) -> bool:
    """Tell whether row counts are far closer to those of a week before than to those of the run before."""
    newest: dict[tuple[int, int], PastRun] = {}
    weekly, steps = [], []
    for earlier, run in zip(runs[1:], runs[:-1], strict=True):
        steps.append(abs(run.row_count - earlier.row_count))
    for run in runs:
        later = newest.get(_slot(run.at))
        if later is not None and abs(later.at - run.at - _WEEK) < timedelta(hours=1):
            weekly.append(abs(later.row_count - run.row_count))
        newest[_slot(run.at)] = run
    return len(weekly) >= _LEAST_WEEKS and 2 * statistics.median(weekly) < statistics.median(steps)


def _stable(runs: Sequence[PastRun]) -> list[PastRun]:
    """Return the runs between the last drift and the one before it (or from the start, where nothing drifted)."""
    stable: list[PastRun] = []
    for run in runs:
        if not run.drifted:
            stable.append(run)
        elif len(stable) >= LEAST_STABLE:
            break
        else:
            stable = []
    return stable


def _slot(at: datetime) -> tuple[int, int]:
    moment = at.astimezone(UTC)
    return moment.weekday(), moment.hour
