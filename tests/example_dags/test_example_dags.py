"""Each example is imported, as Airflow's own examples are tested, and run in the real Airflow against the mock."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from mock_airbyte.mock import MockAirbyte
from tests.flows.running import run_dag
from tests.flows.shop import CONNECTION, Shop

if TYPE_CHECKING:
    from airflow.sdk import DAG

FOLDER = Path(__file__).parents[2] / "example_dags"
FILES = sorted(FOLDER.glob("*.py"))

pytestmark = pytest.mark.airflow_db


@pytest.fixture
def warehouse(mock_airbyte: MockAirbyte, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shop:
    """A shop whose source also makes the purchases that one example asks for."""
    shop = Shop(mock_airbyte, tmp_path)
    source_id = mock_airbyte.create_source("Faker", "faker", count=200)
    destination_id = mock_airbyte.create_destination("Other", "sqlite", destination_path=str(shop.warehouse))
    mock_airbyte.create_connection(source_id, destination_id, name="Faker → Warehouse")
    shop.enter(monkeypatch)
    return shop


def _load(file: Path) -> DAG:
    """Import the file with Airflow's own loader and return its DAG."""
    from airflow.dag_processing.dagbag import DagBag

    bag = DagBag(str(file))
    assert bag.import_errors == {}
    (dag,) = bag.dags.values()
    return dag


@contextmanager
def _no_lookups(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    from airflow.sdk import BaseHook, Variable

    def refuse(*_: Any, **__: Any) -> None:
        pytest.fail("a connection or a variable was looked up while the file was parsed")

    with monkeypatch.context() as patch:
        patch.setattr(BaseHook, "get_connection", refuse)
        patch.setattr(Variable, "get", refuse)
        yield


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_an_example_parses_without_looking_anything_up(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with _no_lookups(monkeypatch):
        dag = _load(file)
    assert dag.doc_md or dag.description or dag.tasks
    assert "profilemesh" in dag.tags


def test_sync_then_profile_runs(warehouse: Shop) -> None:
    finished = run_dag(_load(FOLDER / "sync_then_profile.py"), {"connection": CONNECTION})
    assert finished.state == "success"
    assert [table["table"] for table in finished.returned["profile"]["tables"]] == ["users", "orders"]


def test_sync_many_adds_up_the_rows_of_every_connection(warehouse: Shop) -> None:
    finished = run_dag(_load(FOLDER / "sync_many.py"), {"connections": [CONNECTION, "Faker → Warehouse"]})
    assert finished.state == "success"
    assert finished.returned["total"] > 1_600


def test_profile_tables_runs_on_what_a_sync_wrote(warehouse: Shop) -> None:
    run_dag(_load(FOLDER / "sync_many.py"), {"connections": ["Faker → Warehouse"]})
    finished = run_dag(_load(FOLDER / "profile_tables.py"))
    assert finished.state == "success"
    assert [table["table"] for table in finished.returned["profile"]["tables"]] == ["users", "products", "purchases"]


def test_wait_for_sync_profiles_what_somebody_else_synced(warehouse: Shop) -> None:
    warehouse.airbyte.sync(warehouse.connection_id)
    finished = run_dag(_load(FOLDER / "wait_for_sync.py"), {"connection": CONNECTION, "since": "2026-01-01T00:00:00Z"})
    assert finished.state == "success"
    assert finished.returned["synced"]["connection_name"] == CONNECTION
    assert [table["table"] for table in finished.returned["profile"]["tables"]] == ["users", "orders"]
