"""What OpenLineage's own transport writes when real tasks end: names, facets, and nobody's secrets."""

from __future__ import annotations

import base64
import json
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import psycopg
import pytest

from taskflow_profilemesh import ProfileMeshOperator
from taskflow_profilemesh.reading import DatabaseAddress
from tests.airflow_versions import IS_AIRFLOW_2
from tests.flows.shop import CONNECTION, Shop
from tests.processes import Command

pytest.importorskip("airflow.providers.openlineage", reason="the extra [openlineage] is not installed")
pytestmark = [pytest.mark.airflow_db, pytest.mark.postgres]

PASSWORD = "canary/42?"  # PostgreSQL trusts whoever comes from here and does not look at it
VALUE = "a-value-of-a-row"


@dataclass(frozen=True)
class Heard:
    """The events of a run, as they were written, and the address that the tables have."""

    text: str
    address: DatabaseAddress

    def completed(self, task: str) -> dict[str, Any]:
        """Return the one event that says how the task ended."""
        events = [json.loads(line) for line in self.text.splitlines()]
        ends = [event for event in events if event["job"]["name"] == f"lineage.{task}" and _is_end(event)]
        assert len(ends) == 1
        end: dict[str, Any] = ends[0]
        return end


def _is_end(event: Mapping[str, Any]) -> bool:
    return event["eventType"] in ("COMPLETE", "FAIL")


@pytest.fixture
def heard(shop: Shop, postgres_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Heard:
    """A table that is profiled once and then drifts, and the events of the run that sees it."""
    address = DatabaseAddress.from_url(postgres_url)
    people = {
        "conn_type": "postgres",
        "host": address.host,
        "port": address.effective_port,
        "login": address.user,
        "password": address.password or PASSWORD,
        "schema": address.database,
    }
    monkeypatch.setenv("AIRFLOW_CONN_PEOPLE", json.dumps(people))
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute("create table people (id int primary key, age int, password text)")
        connection.execute("insert into people select i, 20 + i %% 50, %s from generate_series(1, 1000) i", [VALUE])
        connection.execute("comment on column people.age is 'in years'")
        ProfileMeshOperator(task_id="before", conn_id="people", tables="public.people").execute({})
        connection.execute("update people set age = nullif(age, 69) + 30")
    return Heard(_events(tmp_path), address)


def _events(folder: Path) -> str:
    home, events = folder / "airflow", folder / "events.jsonl"
    (home / "dags").mkdir(parents=True)
    transport = {"type": "file", "log_file_path": str(events), "append": True}
    environment = os.environ | {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__DAGS_FOLDER": str(home / "dags"),
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{home / 'airflow.db'}",
        "AIRFLOW__LOGGING__BASE_LOG_FOLDER": str(home / "logs"),
        "AIRFLOW__OPENLINEAGE__TRANSPORT": json.dumps(transport),
        "AIRFLOW__OPENLINEAGE__EXECUTION_TIMEOUT": "60",
    }
    program = [sys.executable, "-m", "tests.flows.lineage_program", CONNECTION]
    Command("Airflow", program, environment, Path(__file__).parents[2]).run(folder / "log.txt", within_seconds=110)
    return events.read_text(encoding="utf-8")


def test_events_tell_what_was_profiled_what_was_synced_and_no_secret(heard: Heard, shop: Shop) -> None:
    _is_profiled_people(heard)
    _is_synced_shop(heard, shop)
    for secret in (PASSWORD, shop.airbyte.client_secret, VALUE):
        for form in (secret, quote(secret, safe=""), base64.b64encode(f"postgres:{secret}".encode()).decode()):
            assert form not in heard.text


def _is_profiled_people(heard: Heard) -> None:
    event = heard.completed("profile")
    assert event["eventType"] == "FAIL"  # drift failed the task, and is told all the same
    (people,) = event["inputs"]
    host = "localhost" if heard.address.socket_file else heard.address.host
    assert people["namespace"] == f"postgres://{host}:{heard.address.effective_port}"
    assert people["name"] == f"{heard.address.database}.public.people"
    fields = [
        (field["name"], field["type"], field.get("description")) for field in people["facets"]["schema"]["fields"]
    ]
    password = "***" if IS_AIRFLOW_2 else "password"  # 2.11 masks the mere name
    assert fields == [("id", "integer", None), ("age", "integer", "in years"), (password, "text", None)]
    metrics = people["inputFacets"]["dataQualityMetrics"]
    assert metrics["rowCount"] == 1_000
    assert metrics["bytes"] > 0
    age = metrics["columnMetrics"]["age"]
    assert (age["min"], age["max"], age["nullCount"], age["distinctCount"], age["count"]) == (50, 98, 20, 49, 980)
    assert age["sum"] == 20 * sum(range(50, 99))
    assert age["quantiles"] == {"0.1": 54, "0.25": 62, "0.5": 74, "0.75": 86, "0.9": 94}
    password = metrics["columnMetrics"]["password"]
    assert (password["distinctCount"], password.get("min"), password.get("max")) == (1, None, None)
    told = people["inputFacets"]["dataQualityAssertions"]["assertions"]
    of_age = {one["assertion"]: one for one in told if one.get("column") == "age"}
    assert (of_age["drift.psi"]["success"], of_age["drift.psi"]["severity"]) == (False, "high")
    of_table = {one["assertion"]: one["success"] for one in told if one.get("column") is None}
    assert of_table == {"drift.schema": True, "drift.row_count": True}


def _is_synced_shop(heard: Heard, shop: Shop) -> None:
    event = heard.completed("sync")
    assert event["eventType"] == "COMPLETE"
    place = f"airbyte://{urlsplit(shop.airbyte.url).netloc}"
    told = {
        (table["namespace"], table["name"], table["outputFacets"]["outputStatistics"]["rowCount"])
        for table in event["outputs"]
    }
    assert told == {
        (place, f"{shop.connection_id}.users", 1_000),
        (place, f"{shop.connection_id}.orders", 600),
    }
    documented = event["outputs"][0]["facets"]["documentation"]["description"]
    assert documented == f"The table users of the Airbyte connection {CONNECTION}"
