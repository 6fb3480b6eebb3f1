"""Errors of the place where profiles are kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from taskflow_profilemesh.errors.root import ProfileMeshError


@dataclass(eq=False, kw_only=True)
class StoreError(ProfileMeshError):
    """Something about the place where profiles are kept."""

    store: str

    what: ClassVar[str] = "The profile store could not do it"


@dataclass(eq=False, kw_only=True)
class StoreUnreachable(StoreError):
    """The store cannot be opened."""

    reason: str

    retryable: ClassVar[bool] = True
    what: ClassVar[str] = "The profile store cannot be opened"
    advice: ClassVar[str] = "Check the store's URL or connection, and that this worker may use it."


@dataclass(eq=False, kw_only=True)
class StoreRefused(StoreError):
    """The store answers, but would not do what was asked of it."""

    reason: str

    what: ClassVar[str] = "The profile store refused a statement"
    advice: ClassVar[str] = "Check that this user may create and write tables there, and that nobody altered them."


@dataclass(eq=False, kw_only=True)
class StoreDamaged(StoreError):
    """A stored profile cannot be read back."""

    profile_id: str
    reason: str

    what: ClassVar[str] = "A stored profile cannot be read"
    advice: ClassVar[str] = "Delete that run from profilemesh_runs, or restore the store from a backup."


@dataclass(eq=False, kw_only=True)
class StoreTooNew(StoreError):
    """The store was written by a newer version of this package."""

    found_version: int
    known_version: int

    what: ClassVar[str] = "The profile store is newer than this code"
    advice: ClassVar[str] = "Upgrade taskflow-profilemesh on this worker."


@dataclass(eq=False, kw_only=True)
class StoreNotShared(StoreError):
    """A file holds the history, but the workers of this executor share no disk."""

    executor: str

    what: ClassVar[str] = "A file cannot keep the history of distributed workers"
    advice: ClassVar[str] = "Set AIRFLOW__PROFILEMESH__STORE (or store=) to a database URL or an Airflow connection id."


@dataclass(eq=False, kw_only=True)
class StoreMissing(StoreError):
    """There is no store where one is to be read; nothing was made."""

    what: ClassVar[str] = "There is no profile store"
    advice: ClassVar[str] = "Name the store that the profiling tasks write to, or profile a table into this one first."


@dataclass(eq=False, kw_only=True)
class StoreNamedOtherwise(StoreError):
    """The config gives the store's tables other names than the store was made with."""

    runs_table: str
    results_table: str

    what: ClassVar[str] = "The tables of the profile store have other names"
    advice: ClassVar[str] = "Give storage.runs_table and storage.results_table these names, or leave them out."
