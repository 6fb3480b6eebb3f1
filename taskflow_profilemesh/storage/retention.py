"""How long runs are kept, and which of them are forgotten. Pure: the stores ask, and delete.

Some runs are never forgotten, whatever their age: a table's newest, the one that the next is compared with, those that
somebody pinned or accepted last, and the one that the state of a growing table came with.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from taskflow_profilemesh.errors import InvalidOption
from taskflow_profilemesh.storage.store import DecisionKind

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from taskflow_profilemesh.storage.store import Decision

AFTER_A_WRITE: Final = 20  # runs that one write forgets at most: a long history goes in many small steps
AT_A_TIME: Final = 200  # runs of one transaction where all that can go goes: other writers wait no longer


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """How many runs of each table are kept, and for how many days; None is for ever. A run must be within both."""

    keep_runs: int | None = None
    keep_days: float | None = None

    def __post_init__(self) -> None:
        """Refuse what would keep nothing, with `InvalidOption`."""
        if self.keep_runs is not None and self.keep_runs < 1:
            raise InvalidOption(option="keep_runs", got=str(self.keep_runs), expected="a number of runs, 1 or more")
        if self.keep_days is not None and not 0 < self.keep_days < timedelta.max.days:
            raise InvalidOption(option="keep_days", got=str(self.keep_days), expected="a number of days above 0")

    def __bool__(self) -> bool:
        """Whether anything is ever forgotten."""
        return self.keep_runs is not None or self.keep_days is not None

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> Retention:
        """Return what plain settings say (`keep_runs`, `keep_days`)."""
        return cls(keep_runs=given.get("keep_runs"), keep_days=given.get("keep_days"))

    def forgotten(
        self,
        oldest_first: Sequence[tuple[str, datetime]],
        *,
        total: int,
        now: datetime,
        spared: Collection[str],
    ) -> list[tuple[str, datetime]]:
        """Return those of a table's oldest runs (their ids and times) that are not kept.

        `total`: how many runs of the table there are, of which `oldest_first` may be a part.
        """
        too_many = 0 if self.keep_runs is None else total - self.keep_runs
        oldest = None if self.keep_days is None else _before(now, self.keep_days)
        return [
            run
            for number, run in enumerate(oldest_first)
            if run[0] not in spared and (number < too_many or (oldest is not None and run[1] < oldest))
        ]


KEEP_ALL: Final = Retention()


def decided(decisions: Sequence[Decision]) -> set[str]:
    """Return the runs that people's decisions (the last one first) still need: the pinned and the accepted one."""
    found: set[str] = set()
    for kinds in ((DecisionKind.ACCEPT,), (DecisionKind.PIN, DecisionKind.UNPIN)):
        last = next((one for one in decisions if one.kind in kinds), None)
        if last is not None and last.profile_id is not None:
            found.add(last.profile_id)
    return found


def _before(now: datetime, days: float) -> datetime | None:
    try:
        return now - timedelta(days=days)
    except OverflowError:  # longer ago than there are years
        return None
