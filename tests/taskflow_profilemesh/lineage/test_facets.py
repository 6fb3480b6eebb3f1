from __future__ import annotations

from datetime import UTC, datetime

import pytest

from taskflow_profilemesh.drift import DriftReport
from taskflow_profilemesh.lineage import facets
from taskflow_profilemesh.operators.airbyte import AirbyteSyncOperator
from taskflow_profilemesh.operators.profile import ProfileMeshOperator
from taskflow_profilemesh.outcome import ProfiledTable, Run, RunOutcome
from taskflow_profilemesh.reading import DatabaseAddress
from taskflow_profilemesh.storage import StoredProfile
from tests.taskflow_profilemesh.profiles import FLIGHTS, numbers, table

ADDRESS = DatabaseAddress.from_url("postgresql://reader:canary-42@db.example/sales")


def _outcome() -> RunOutcome:
    stored = StoredProfile(
        profile_id="p",
        run_id="r",
        source="shop",
        table=FLIGHTS,
        profiled_at=datetime(2026, 1, 1, tzinfo=UTC),
        profile=table(numbers("password", [1.0, 2.0])),
    )
    return RunOutcome(Run(run_id="r"), (ProfiledTable(stored, DriftReport()),), ())


def test_what_is_kept_holds_neither_login_nor_profile() -> None:
    kept = facets.profiled(_outcome(), ADDRESS)
    assert "canary-42" not in repr(kept)
    assert "reader" not in repr(kept)
    assert [dataset.dataset.name for dataset in kept] == ["sales.public.flights"]


def test_without_the_provider_nothing_is_kept_and_nothing_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(facets, "find_spec", lambda _: None)
    assert facets.profiled(_outcome(), ADDRESS) == ()
    for operator in (AirbyteSyncOperator(task_id="sync", connection="x"), ProfileMeshOperator(task_id="p", tables="t")):
        assert operator.get_openlineage_facets_on_complete(None) is None


def test_without_any_provider_of_that_name_it_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(_: str) -> None:
        raise ModuleNotFoundError

    monkeypatch.setattr(facets, "find_spec", missing)
    assert not facets.is_installed()


def test_a_result_that_cannot_be_told_costs_a_warning(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(facets, "is_installed", lambda: True)
    with caplog.at_level("WARNING", logger=facets.__name__):
        assert facets.synced({}) == ()
    assert "OpenLineage will not hear" in caplog.text
