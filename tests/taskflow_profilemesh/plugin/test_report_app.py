from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Annotated

import pytest

pytest.importorskip("fastapi", reason="Airflow 2: no plugin of it serves FastAPI, so there are no pages of reports")

from fastapi import Header, HTTPException
from starlette.testclient import TestClient

from taskflow_profilemesh.errors import StoreUnreachable
from taskflow_profilemesh.plugin.report_app import MayRead, dag_of, report_app
from taskflow_profilemesh.storage import MemoryStore, ProfileStore
from tests.taskflow_profilemesh.report.stored import NASTY, shop

ADMIN, SALES = {"user": "admin"}, {"user": "sales"}
PATHS = ("/", "/table?source=warehouse&table=shop.orders", "/run?profile=orders-3", "/assets/report.css")


def _readers(user: Annotated[str | None, Header()] = None) -> MayRead:
    """The admin reads everything, people of sales what the DAG `sales` made, nobody else anything."""
    if user is None:
        raise HTTPException(401)
    return lambda dag_id: user in {"admin", dag_id}


def _client(store: ProfileStore) -> TestClient:
    return TestClient(report_app(_readers, open_store=lambda: store))


@pytest.fixture
def client() -> TestClient:
    return _client(shop())


@pytest.mark.parametrize("path", PATHS)
def test_a_stranger_gets_nothing(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 401
    assert "orders" not in answer.text


@pytest.mark.parametrize("path", PATHS)
def test_who_may_read_gets_each_page(client: TestClient, path: str) -> None:
    answer = client.get(path, headers=ADMIN)
    assert answer.status_code == 200
    assert NASTY not in answer.text
    if "assets" not in path:
        assert "orders" in answer.text
        assert answer.headers["cache-control"] == "no-store"
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert "<script>" not in answer.text  # the policy allows none that stands in the page


@pytest.mark.parametrize("path", ["/table?source=warehouse&table=shop.orders", "/run?profile=orders-3"])
def test_what_may_not_be_read_is_as_if_it_were_not_there(client: TestClient, path: str) -> None:
    refused, missing = client.get(path, headers=SALES), client.get("/run?profile=no-such", headers=SALES)
    assert (refused.status_code, refused.text) == (missing.status_code, missing.text)
    assert refused.status_code == 404
    assert "orders" not in client.get("/", headers=SALES).text


def test_the_last_run_that_one_may_read_is_the_tables_page() -> None:
    store = shop()
    earlier = store.load("orders-2")
    assert earlier is not None
    store.save(replace(earlier, origin="sales/profile/run-2/-1"))
    answer = _client(store).get("/table?source=warehouse&table=shop.orders", headers=SALES)
    assert answer.status_code == 200
    assert "run-3" not in answer.text


def test_several_runs_stand_on_one_page_with_a_list(client: TestClient) -> None:
    answer = client.get("/run?profile=orders-3&profile=orders-0", headers=ADMIN)
    assert answer.text.count('<section class="table"') == 2
    assert 'id="index"' in answer.text
    assert client.get("/run?" + "&".join(["profile=orders-3"] * 21), headers=ADMIN).status_code == 422


def test_a_run_leads_to_the_runs_before(client: TestClient) -> None:
    assert 'href="run?profile=orders-1"' in client.get("/run?profile=orders-3", headers=ADMIN).text


def test_a_store_that_cannot_be_reached_is_told_and_asked_again() -> None:
    answers: list[Callable[[], ProfileStore]] = [_unreachable, MemoryStore]

    def opened() -> ProfileStore:
        return answers.pop(0)()

    client = TestClient(report_app(_readers, open_store=opened))
    refused = client.get("/", headers=ADMIN)
    assert refused.status_code == 503
    assert "The profile store cannot be opened" in refused.text
    assert "No profile is kept here yet." in client.get("/", headers=ADMIN).text
    assert client.get("/", headers=ADMIN).status_code == 200  # opened once, and kept
    assert answers == []


def test_no_other_file_is_an_asset(client: TestClient) -> None:
    assert client.get("/assets/pages.py", headers=ADMIN).status_code == 404


def test_the_library_for_charts_is_served_where_it_is_installed(client: TestClient) -> None:
    pytest.importorskip("vl_convert", reason="needs the extra [report]")
    answer = client.get("/assets/vega.js", headers=ADMIN)
    assert "window.vegaEmbed=" in answer.text
    assert answer.headers["content-type"].startswith("text/javascript")


def test_the_dag_of_a_run_is_the_first_part_of_its_origin() -> None:
    assert (dag_of("sales/group.task/manual__2026/-1"), dag_of(None), dag_of("")) == ("sales", None, None)


def _unreachable() -> ProfileStore:
    raise StoreUnreachable(store="postgresql://db/profiles", reason="refused")
