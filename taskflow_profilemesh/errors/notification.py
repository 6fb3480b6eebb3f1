"""Errors of telling people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from taskflow_profilemesh.errors.root import ProfileMeshError


@dataclass(eq=False, kw_only=True)
class AlertNotSent(ProfileMeshError):
    """An alert did not arrive. Its address is a secret, and is not among the facts."""

    reason: str
    status: int | None = None

    retryable: ClassVar[bool] = True
    what: ClassVar[str] = "An alert was not delivered"
    advice: ClassVar[str] = "Check the webhook's address, or the Airflow connection that has it."
