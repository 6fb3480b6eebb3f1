"""What follows where an attempt's rows did not all move: another attempt after a while, or the job's end. Pure.

Airbyte's own rules and figures (`RetryManager`, `BackoffPolicy` and `ConnectionManagerWorkflow` of airbyte-platform):

- An attempt that committed rows has failed in part, any other one completely.
- The job goes on until 5 attempts in a row, or 10 in all, have failed completely, or 1,000 in a row, or 20 in all, in
  part. Each kind of failure ends the other's row.
- After the nth complete failure in a row it waits 10 × 3ⁿ⁻¹ seconds, 1,800 at most; after a partial one not at all.
- Where the configuration is to blame (`config_error`) no other attempt follows.

Failures that a timeline wants are not counted: it says itself how the job goes on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mock_airbyte.failures import is_retried
from mock_airbyte.lifecycle import Setback

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mock_airbyte.sync.progress import Progress

COMPLETE_IN_A_ROW, COMPLETE_IN_ALL = 5, 10
PARTIAL_IN_A_ROW, PARTIAL_IN_ALL = 1_000, 20


@dataclass(frozen=True, slots=True)
class Backoff:
    """How long a job waits after complete failures in a row: `seconds`, then `base` times as long, and so on."""

    seconds: float = 10.0
    base: float = 3.0
    longest_seconds: float = 1_800.0

    def wait_seconds(self, failures: int) -> float:
        """Return the wait after so many complete failures in a row; 0 after none."""
        return min(self.seconds * self.base ** (failures - 1), self.longest_seconds) if failures else 0.0


AIRBYTE_BACKOFF = Backoff()
NO_BACKOFF = Backoff(seconds=0)


@dataclass(frozen=True, slots=True)
class Failures:
    """How often attempts have failed so far."""

    complete_in_a_row: int = 0
    complete_in_all: int = 0
    partial_in_a_row: int = 0
    partial_in_all: int = 0

    def and_one(self, *, is_partial: bool) -> Failures:
        """Count another one."""
        if is_partial:
            return Failures(0, self.complete_in_all, self.partial_in_a_row + 1, self.partial_in_all + 1)
        return Failures(self.complete_in_a_row + 1, self.complete_in_all + 1, 0, self.partial_in_all)

    @property
    def allow_another(self) -> bool:
        """Whether another attempt may follow."""
        return (
            self.complete_in_a_row < COMPLETE_IN_A_ROW
            and self.complete_in_all < COMPLETE_IN_ALL
            and self.partial_in_a_row < PARTIAL_IN_A_ROW
            and self.partial_in_all < PARTIAL_IN_ALL
        )


def setbacks(rows: Mapping[int, Progress], backoff: Backoff) -> dict[int, Setback]:
    """Return what came of each attempt whose rows stopped moving before they were all there."""
    found: dict[int, Setback] = {}
    failures = Failures()
    for attempt, progress in sorted(rows.items()):
        if progress.started_at is None or progress.finished_at is None:
            continue
        took = progress.finished_at - progress.started_at
        if progress.outcome == "cancelled":
            found[attempt] = Setback("cancelled", took)
        elif progress.outcome == "failed":
            failures = failures.and_one(is_partial=progress.has_committed)
            retried = failures.allow_another and (progress.failure is None or is_retried(progress.failure))
            wait = backoff.wait_seconds(failures.complete_in_a_row)
            found[attempt] = Setback("incomplete", took, wait) if retried else Setback("failed", took)
    return found
