"""The faults that are set, how often each was asked about, and which strike now.

Chance is worked out from the mock's seed, the fault's place and how many requests it has seen, so the same calls meet
the same faults, whichever thread serves them.
"""

from __future__ import annotations

import random
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mock_airbyte.faults import Effect, Fault


class FaultBook:
    """Remembers faults and counts the requests that concern them; safe to change while a server runs."""

    def __init__(self, *, seed: int = 0) -> None:
        """Begin without faults; `seed` decides what probabilities come to."""
        self._seed = seed
        self._faults: list[Fault] = []
        self._seen: list[int] = []
        self._struck = 0
        self._lock = threading.Lock()

    @property
    def faults(self) -> tuple[Fault, ...]:
        """Those that are set, in the order in which they were."""
        with self._lock:
            return tuple(self._faults)

    @property
    def struck(self) -> int:
        """How many requests met a fault so far."""
        return self._struck

    def add(self, *faults: Fault) -> None:
        """Set more faults; each counts from now."""
        with self._lock:
            self._faults.extend(faults)
            self._seen.extend(0 for _ in faults)

    def clear(self) -> None:
        """Take all faults back."""
        with self._lock:
            self._faults.clear()
            self._seen.clear()

    def due(self, method: str, path: str) -> tuple[Effect, ...]:
        """Count a request and return what happens to it."""
        with self._lock:
            effects = [effect for place in range(len(self._faults)) for effect in self._strikes(place, method, path)]
            self._struck += bool(effects)
            return tuple(effects)

    def _strikes(self, place: int, method: str, path: str) -> tuple[Effect, ...]:
        one = self._faults[place]
        if not one.concerns(method, path):
            return ()
        self._seen[place] += 1
        seen = self._seen[place]
        if one.calls is not None and seen not in one.calls:
            return ()
        chance = random.Random(f"{self._seed}:{place}:{seen}").random()  # noqa: S311 -- repeatable, not secret
        return one.effects if chance < one.probability else ()
