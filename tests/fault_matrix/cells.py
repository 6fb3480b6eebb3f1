"""Every cell: what goes wrong (each scenario of the mock, and each of its faults) × how a task waits × which try it is.

A cell has a mock of its own, so that nth calls and journals are the cell's, and is over in seconds: real ones on a
mock whose jobs run by looks, or a clock that is moved by hand.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Literal, TypeAlias

from mock_airbyte.faults import (
    Change,
    Delay,
    Drop,
    ExpireTokens,
    Fault,
    Remove,
    Reset,
    Respond,
    Trickle,
    Truncate,
    fault,
    html,
    rate_limited,
)
from mock_airbyte.scenarios import SCENARIOS

Waiting: TypeAlias = Literal["blocking", "deferrable", "deferrable, triggerer restarted"]
Try: TypeAlias = Literal["first try", "retry after a crash"]
WAITINGS: Sequence[Waiting] = ("blocking", "deferrable", "deferrable, triggerer restarted")
TRIES: Sequence[Try] = ("first try", "retry after a crash")

_START = "/jobs"
_LOOK = "/jobs/*"
_ENDS_BADLY = frozenset({"failed-config", "failed-transient", "partial", "stuck", "cancelled-externally"})

FAULTS: Mapping[str, Fault] = {
    "the start is refused (500)": fault(Respond(500, {"message": "Internal"}), method="POST", path=_START, calls=1),
    "the start is answered too late": fault(Delay(6, after=True), method="POST", path=_START, calls=1),
    "the start is lost on its way": fault(Drop(), method="POST", path=_START, calls=1),
    "the start's answer is lost": fault(Drop(after=True), method="POST", path=_START, calls=1),
    "the start's answer is cut": fault(Truncate(0.5, breaks=True), method="POST", path=_START, calls=1),
    "too many starts": fault(rate_limited("1"), method="POST", path=_START, calls=1),
    "a look is refused (503)": fault(Respond(503, {"message": "no healthy upstream"}), path=_LOOK, calls=2),
    "a look is answered with a page": fault(html(), path=_LOOK, calls=2),
    "a look breaks off": fault(Reset(), path=_LOOK, calls=2),
    "a look's answer is lost": fault(Drop(after=True), path=_LOOK, calls=2),
    "a look's answer is cut": fault(Truncate(0.5), path=_LOOK, calls=2),
    "a look's answer trickles": fault(Trickle(16, 0.1), path=_LOOK, calls=2),
    "a look shows an unknown status": fault(Change({"status": "hibernating"}), path=_LOOK, calls=2),
    "a look shows no status": fault(Remove(("status",)), path=_LOOK, calls=2),
    "tokens expire at the start": fault(ExpireTokens(), method="POST", path=_START, calls=1),
    "tokens expire at a look": fault(ExpireTokens(), path=_LOOK, calls=2),
}


@dataclass(frozen=True, slots=True)
class Cell:
    """One thing to try."""

    wrong: str  # the name of a scenario or of a fault
    waiting: Waiting
    trial: Try

    @property
    def fault(self) -> Fault | None:
        """The fault, or None: `wrong` is a scenario."""
        return FAULTS.get(self.wrong)

    @property
    def ends_well(self) -> bool:
        """Whether the task must succeed in the end."""
        return self.wrong not in _ENDS_BADLY

    @property
    def needs_processes(self) -> bool:
        """Whether only the real stack can show it: a triggerer or a task is killed."""
        return self.waiting == "deferrable, triggerer restarted" or self.trial == "retry after a crash"


def cells() -> list[Cell]:
    """Return all of them: what goes wrong, then how it waits, then which try."""
    return [Cell(*one) for one in product((*SCENARIOS, *FAULTS), WAITINGS, TRIES)]
