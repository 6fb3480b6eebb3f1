"""The exit code of drift: 3 at or above `--fail-on`, so that a script may tell it from an error."""

from __future__ import annotations

from typing import Final

DRIFTED: Final = 3
SEVERITIES: Final = ("low", "medium", "high")  # as in `drift.Severity`, the least first


def reaches(severity: str | None, fail_on: str | None) -> bool:
    """Say whether drift of this severity (None: there is none) ends a command that was told to fail on another."""
    return severity is not None and fail_on is not None and SEVERITIES.index(severity) >= SEVERITIES.index(fail_on)
