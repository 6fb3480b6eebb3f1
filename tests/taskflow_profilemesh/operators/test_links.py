"""Links on a task's page: they say what the task pushed, and where a result is seen."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from airflow.providers.common.compat.sdk import XCom, conf

from taskflow_profilemesh import AirbyteSyncOperator, ProfileMeshOperator, ProfileMeshTableOperator
from taskflow_profilemesh.operators import links


@dataclass
class Instance:
    dag_id: str = "shop"
    run_id: str = "manual__2026-01-01T00:00:00+00:00"
    task_id: str = "group.users"
    map_index: int = -1
    pushed: dict[str, Any] = field(default_factory=dict)

    def xcom_push(self, key: str, value: Any) -> None:
        self.pushed[key] = value


@pytest.fixture
def base_url(monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(links, "_IS_AIRFLOW_2", False)
    monkeypatch.setenv("AIRFLOW__API__BASE_URL", "https://airflow.example.com/team/")
    return "https://airflow.example.com/team"


def test_profiles_are_seen_in_their_report(base_url: str) -> None:
    instance = Instance()
    links.push_profile_link({"ti": instance}, ["abc", "d&f"])  # type: ignore[typeddict-item] # all that is asked of it
    assert instance.pushed == {"profile_url": f"{base_url}/profilemesh/reports/run?profile=abc&profile=d%26f"}


def test_a_link_names_no_more_profiles_than_a_page_shows() -> None:
    pytest.importorskip("fastapi", reason="Airflow 2: no plugin of it serves FastAPI, so there are no pages of reports")
    from taskflow_profilemesh.plugin.report_app import MOST_RUNS

    assert links.report_page([str(number) for number in range(100)]).count("profile=") == MOST_RUNS


def test_in_airflow_2_a_profile_is_seen_where_its_task_tells_its_id(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(links, "_IS_AIRFLOW_2", True)
    monkeypatch.setattr(conf, "get", lambda *_, **__: "http://old")
    instance = Instance()
    links.push_profile_link({"ti": instance}, ["abc"])  # type: ignore[typeddict-item] # as above
    assert instance.pushed == {"profile_url": links.xcom_page(instance)}


def test_without_a_base_url_the_page_is_beneath_the_one_that_is_open(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conf, "get", lambda *_, **__: None)
    assert links.report_page(["abc"]) == "/profilemesh/reports/run?profile=abc"
    assert links.xcom_page(Instance(run_id="r")).startswith("/dags/shop/grid?dag_run_id=r&")


def test_the_page_in_airflow_2_is_that_of_the_mapped_task_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conf, "get", lambda section, _, **__: "http://old/" if section == "webserver" else None)
    assert links.xcom_page(Instance(run_id="a+b", map_index=3)) == (
        "http://old/dags/shop/grid?dag_run_id=a%2Bb&task_id=group.users&map_index=3&tab=xcom"
    )


def test_outside_a_task_nothing_is_pushed() -> None:
    links.push_profile_link({}, ["abc"])


def test_airflow_3_is_told_the_page_without_asking_for_what_was_pushed(base_url: str) -> None:
    operator = ProfileMeshOperator(task_id="profile", tables="users")
    assert links.ProfileLink().get_link(operator, ti_key="this") == ""
    links.push_profile_link({"ti": Instance(), "task": operator}, ["abc"])  # type: ignore[typeddict-item] # as above
    assert links.ProfileLink().get_link(operator, ti_key="this") == f"{base_url}/profilemesh/reports/run?profile=abc"


@pytest.mark.parametrize(
    ("link", "key", "name"),
    [(links.AirbyteJobLink(), "job_url", "Airbyte job"), (links.ProfileLink(), "profile_url", "Stored profile")],
)
def test_a_link_is_the_xcom_of_its_key(link: Any, key: str, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(links, "_IS_AIRFLOW_2", True)  # Airflow 3 reads the XCom itself
    asked: list[tuple[str, Any]] = []

    def value(*, key: str, ti_key: Any) -> str | None:
        asked.append((key, ti_key))
        return "https://there" if len(asked) == 1 else None

    monkeypatch.setattr(XCom, "get_value", value)
    assert (link.xcom_key, link.name) == (key, name)
    assert link.get_link(None, ti_key="this") == "https://there"
    assert link.get_link(None, ti_key="that") == ""
    assert asked == [(key, "this"), (key, "that")]


def test_each_operator_has_its_link() -> None:
    assert [type(link) for link in AirbyteSyncOperator.operator_extra_links] == [links.AirbyteJobLink]
    assert [type(link) for link in ProfileMeshOperator.operator_extra_links] == [links.ProfileLink]
    assert ProfileMeshTableOperator.operator_extra_links == ProfileMeshOperator.operator_extra_links
