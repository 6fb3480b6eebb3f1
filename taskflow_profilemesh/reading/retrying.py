"""Reading a range once more after the connection was lost in the middle of it, and only that range.

The pause doubles from a quarter of a second; after five tries, some four seconds, the loss is the caller's to hear of.
Whether somebody answers at all is asked first: a driver that connects to nobody takes half a minute to say so.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeVar

from taskflow_profilemesh.clock import Clock
from taskflow_profilemesh.errors import ConnectionLost, SourceUnreachable

T = TypeVar("T")
_LOG = logging.getLogger(__name__)

TRIES: Final = 5
_FIRST_PAUSE_SECONDS: Final = 0.25


@dataclass(frozen=True, slots=True)
class Retrying:
    """How a job is tried again: by whose clock, whether somebody answers, and whether anybody still wants it."""

    clock: Clock
    answers: Callable[[], bool]
    is_wanted: Callable[[], bool] = lambda: True

    def run(self, job: Callable[[], T], *, about: str, lost: Callable[[], None] = lambda: None) -> T:
        """Return the job's result; `lost` is called before each further try. Raises what the last try raised."""
        for number in range(1, TRIES):
            try:
                return job()
            except (ConnectionLost, SourceUnreachable) as error:
                if not self._again(number):
                    raise
                _LOG.warning("%s: reading a part of it again (try=%d). %s", about, number + 1, error)
            lost()
        return job()

    def _again(self, number: int) -> bool:
        """Wait, and return whether the next try makes sense: somebody answers, and wants it."""
        while self.is_wanted() and number < TRIES:
            self.clock.sleep(_FIRST_PAUSE_SECONDS * 2 ** (number - 1))
            if self.is_wanted() and self.answers():
                return True
            number += 1
        return False
