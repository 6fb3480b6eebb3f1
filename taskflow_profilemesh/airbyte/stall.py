"""Whether a running job still makes progress. Pure.

Airbyte tells when a job was last updated only after it has ended, so progress is read from the Config API's statistics
of the attempts. Where those may not be read there is no progress to judge: the job is then never called stalled.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from taskflow_profilemesh.airbyte.models import JobDetails

Mark: TypeAlias = tuple[int, int, int, int]
"""How far a job is: its attempts, and the last one's rows and bytes emitted and rows committed."""


def mark_of(details: JobDetails | None) -> Mark | None:
    """Return how far the job is; None where nobody says, or before its first attempt."""
    if details is None or not details.attempts:
        return None
    last = details.attempts[-1]
    if last.rows_emitted is None and last.rows_committed is None:
        return None
    return len(details.attempts), last.rows_emitted or 0, last.bytes_emitted or 0, last.rows_committed or 0


@dataclass(frozen=True, slots=True)
class Progress:
    """The last mark that was seen, and since when (in seconds waited) it has been the same."""

    mark: Mark | None = None
    since_seconds: float = 0.0

    def seen(self, mark: Mark | None, *, waited_seconds: float) -> Progress:
        """Return the progress after another look."""
        return self if mark == self.mark and mark is not None else Progress(mark, waited_seconds)

    def is_stalled(self, *, waited_seconds: float, stall_timeout_seconds: float) -> bool:
        """Return whether a known mark has stood still for `stall_timeout_seconds` or longer."""
        return self.mark is not None and waited_seconds - self.since_seconds >= stall_timeout_seconds
