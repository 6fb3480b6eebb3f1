"""The error of a task that was told to fail on drift."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from taskflow_profilemesh.errors.root import ProfileMeshError


@dataclass(eq=False, kw_only=True)
class DriftDetected(ProfileMeshError):
    """Drift at or above the severity at which a task should fail. The profile is stored and pushed."""

    severity: str
    tables: Sequence[str]
    summary: str

    what: ClassVar[str] = "The data has drifted"
    advice: ClassVar[str] = "Look at the findings; the stored profile names each of them."
