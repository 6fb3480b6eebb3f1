"""From Airbyte's own notification to the DAG: the mock posts to the receiver, Airflow's metadata database is asked."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

pytest.importorskip(
    "airflow.models.asset", reason="Airflow 2: no plugin of it serves FastAPI, so there is no receiver of notifications"
)

from airflow.sdk import Asset, dag, task
from starlette.testclient import TestClient

from taskflow_profilemesh.airbyte.asset_uri import connection_uri
from taskflow_profilemesh.airbyte.notice import read_notice
from taskflow_profilemesh.plugin.asset_changes import tell_of
from taskflow_profilemesh.plugin.webhook import webhook_app
from tests.flows.running import asset_events, queued, register
from tests.flows.shop import CONNECTION, Shop

if TYPE_CHECKING:
    from airflow.sdk import DAG

pytestmark = pytest.mark.airflow_db

TOKEN = "canary-token-0123456789"


@pytest.fixture
def door() -> Iterator[TestClient]:
    with TestClient(webhook_app(TOKEN)) as client:
        yield client


def _waiting(connection: str) -> DAG:
    @dag(schedule=[Asset(uri=connection_uri(connection))], dag_id=f"waits_{uuid4().hex}")
    def waits() -> None:
        @task
        def go() -> None:
            pass

        go()

    made = waits()
    register(made)
    return made


def _synced(shop: Shop) -> Any:
    """Sync, and return what Airbyte tells of it, under a name that no other DAG of this process waits for."""
    assert shop.airbyte.job(shop.airbyte.sync(shop.connection_id)).is_terminal  # notices are made when a job is seen
    payload: Any = shop.airbyte.notices[-1].payload
    assert payload["data"]["connection"]["name"] == CONNECTION
    payload["data"]["connection"]["name"] = f"Shop {uuid4().hex}"
    return payload


def test_a_connection_whose_name_is_too_long_for_an_asset_is_told_by_its_id(shop: Shop, door: TestClient) -> None:
    _waiting(shop.connection_id)
    payload = _synced(shop)
    payload["data"]["connection"]["name"] = "売" * 200  # 1,800 characters of a URI
    answer = door.post("/airbyte", json=payload, headers={"X-ProfileMesh-Token": TOKEN})
    assert (answer.status_code, answer.json()["assets"]) == (200, [connection_uri(shop.connection_id)])


def test_a_notice_starts_the_dag_that_waits_for_the_connection(shop: Shop, door: TestClient) -> None:
    waiting = _waiting(shop.connection_id)
    assert not queued(waiting)
    payload = _synced(shop)
    answer = door.post(f"/airbyte/{TOKEN}", json=payload)
    assert (answer.status_code, answer.json()["status"]) == (200, "told")
    assert queued(waiting)
    (extra,) = asset_events(connection_uri(shop.connection_id))
    assert (extra["from_webhook"], extra["connection_id"], extra["rows_synced"]) == (True, shop.connection_id, 1_600)
    assert extra["connection_name"] == payload["data"]["connection"]["name"]
    assert extra["job_id"] == answer.json()["job_id"]


def test_a_connection_may_be_waited_for_by_its_name(shop: Shop, door: TestClient) -> None:
    name = f"Läden/{uuid4().hex}"  # of this test alone: the metadata database is the whole process's
    waiting, payload = _waiting(name), _synced(shop)
    payload["data"]["connection"]["name"] = name
    assert door.post(f"/airbyte/{TOKEN}", json=payload).json()["status"] == "told"
    assert queued(waiting)
    assert len(asset_events(connection_uri(name))) == 1


def test_the_same_job_number_of_another_connection_of_that_name_is_another_job(shop: Shop, door: TestClient) -> None:
    name = uuid4().hex
    _waiting(name)
    payload = _synced(shop)
    payload["data"]["connection"]["name"] = name
    said = [door.post(f"/airbyte/{TOKEN}", json=payload).json()["status"]]
    payload["data"]["connection"]["id"] = str(uuid4())  # of an Airbyte that was set up anew
    said.append(door.post(f"/airbyte/{TOKEN}", json=payload).json()["status"])
    assert said == ["told", "told"]


def test_a_notice_that_comes_twice_is_told_once(shop: Shop, door: TestClient) -> None:
    _waiting(shop.connection_id)
    payload = _synced(shop)
    said = [door.post(f"/airbyte/{TOKEN}", json=payload).json()["status"] for _ in range(2)]
    assert said == ["told", "known"]
    assert len(asset_events(connection_uri(shop.connection_id))) == 1
    assert door.post(f"/airbyte/{TOKEN}", json=_synced(shop)).json()["status"] == "told"  # the next job is another


def test_two_deliveries_at_once_are_one_event(shop: Shop) -> None:
    _waiting(shop.connection_id)
    notice, together = read_notice(_synced(shop)), Barrier(4)
    assert notice is not None

    def deliver() -> int:
        together.wait()
        return len(tell_of(notice).told)

    with ThreadPoolExecutor(4) as pool:
        told = [future.result() for future in [pool.submit(deliver) for _ in range(4)]]
    assert sum(told) == 1
    assert len(asset_events(connection_uri(shop.connection_id))) == 1


def test_a_job_that_the_watcher_told_is_known(shop: Shop, door: TestClient) -> None:
    from airflow.assets.manager import asset_manager
    from airflow.models.asset import AssetModel
    from airflow.utils.session import create_session
    from sqlalchemy import select

    _waiting(shop.connection_id)
    payload = _synced(shop)
    with create_session() as session:  # what Airflow writes for the event of a trigger
        watched = session.scalars(select(AssetModel).where(AssetModel.uri == connection_uri(shop.connection_id))).one()
        extra = {
            "from_trigger": True,
            "payload": {"job_id": payload["data"]["jobId"], "connection_id": shop.connection_id},
        }
        asset_manager.register_asset_change(asset=watched, extra=extra, session=session)
    assert door.post(f"/airbyte/{TOKEN}", json=payload).json()["status"] == "known"


def test_a_connection_that_nobody_waits_for_makes_no_asset(shop: Shop, door: TestClient) -> None:
    assert door.post(f"/airbyte/{TOKEN}", json=_synced(shop)).json()["status"] == "ignored"
    assert asset_events(connection_uri(shop.connection_id)) == []


def test_without_the_token_no_dag_starts(shop: Shop, door: TestClient) -> None:
    waiting = _waiting(shop.connection_id)
    assert door.post("/airbyte/guessed", json=_synced(shop)).status_code == 401
    assert not queued(waiting)
