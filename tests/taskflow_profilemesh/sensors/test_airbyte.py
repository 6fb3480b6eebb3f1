"""How the sensor fits into Airflow's own loop: each mode, each kind of failing, each option."""

from __future__ import annotations

import inspect
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from airflow.exceptions import AirflowRescheduleException
from airflow.providers.common.compat.sdk import AirflowSkipException, BaseSensorOperator, TaskDeferred
from werkzeug import Response

from taskflow_profilemesh.airbyte.client import AirbyteClient
from taskflow_profilemesh.errors import AirbyteUnavailable, InvalidOption
from taskflow_profilemesh.sensors.airbyte import AirbyteSyncSensor
from tests.airflow_versions import only_airflow_3
from tests.clocks import HandClock
from tests.taskflow_profilemesh.airbyte import answers
from tests.taskflow_profilemesh.airbyte.answers import CONFIG, PUBLIC, SHOP, Airbyte

README = (Path(__file__).parents[3] / "README.md").read_text(encoding="utf-8")
SECTION = README.partition("## `AirbyteSyncSensor`")[2].partition("\n## ")[0]
JOBS = f"{PUBLIC}/jobs"
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
NONE = answers.page()
LIST = "GET /jobs"
NAMES = "GET /connections"


class HandSensor(AirbyteSyncSensor):
    """A sensor on a clock that is moved by hand."""

    server: Airbyte
    clock: HandClock

    def _connect(self) -> AirbyteClient:
        return self.server.client(self.clock)


class FirstTime:
    """A task instance that was never rescheduled."""

    def get_first_reschedule_date(self, context: object) -> None:
        return None


@pytest.fixture
def shop(airbyte: Airbyte, clock: HandClock) -> Airbyte:
    airbyte.shop()
    airbyte.on("POST", f"{CONFIG}/jobs/get", (403, {}))
    HandSensor.server, HandSensor.clock = airbyte, clock
    return airbyte


def sensor(**options: Any) -> HandSensor:
    chosen: dict[str, Any] = {"task_id": "wait", "connection": "Shop", "since": NOON, "poke_interval": 0.01, **options}
    return HandSensor(**{"deferrable": False, **chosen})


def run(task: AirbyteSyncSensor) -> Any:
    return task.execute(cast("Any", {"ti": FirstTime()}))


@only_airflow_3("it looks its first try up in the metadata database; tests/flows run it there")
def test_a_sensor_in_reschedule_mode_keeps_nothing_between_two_looks(shop: Airbyte) -> None:
    shop.on("GET", JOBS, NONE, NONE, answers.page(answers.job()))
    with pytest.raises(AirflowRescheduleException):
        run(sensor(mode="reschedule"))
    assert run(sensor(mode="reschedule"))["job_id"] == 7  # a fresh instance, as on another worker


def test_a_sensor_that_pokes_finds_its_connection_once(shop: Airbyte) -> None:
    shop.on("GET", JOBS, *[NONE] * 6, answers.page(answers.job()))
    assert run(sensor())["job_id"] == 7
    found = shop.asked.index(LIST)
    assert NAMES in shop.asked[:found]
    assert shop.asked[found : found + 8] == [LIST] * 8


def test_a_success_costs_one_item_of_each_list(shop: Airbyte) -> None:
    shop.on("GET", JOBS, answers.page(answers.job()))
    run(sensor())
    asked = [request.args for request in shop.requests if request.path == JOBS]
    assert [(args["connectionId"], args["jobType"], args.get("status"), args["limit"]) for args in asked] == [
        (SHOP, "sync", "succeeded", "1"),
        (SHOP, "sync", None, "1"),
    ]
    assert {args["orderBy"] for args in asked} == {"createdAt|DESC"}


def test_the_log_says_what_is_waited_for(shop: Airbyte, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "taskflow_profilemesh")
    failed = answers.page(answers.job(6, "failed", lastUpdatedAt="2026-01-01T12:05:00Z"))
    shop.on("GET", JOBS, NONE, failed)
    assert sensor().poke({}) is False
    assert (
        "Shop: no sync has succeeded since 2026-01-01T12:00:00+00:00; the newest is job 6 (failed)." in caplog.messages
    )


def test_nobody_to_ask_is_left_to_the_tasks_retries(shop: Airbyte) -> None:
    shop.on("GET", JOBS, answers.problem(503, "service-unavailable"))
    with pytest.raises(AirbyteUnavailable):
        run(sensor())


def woken(**options: Any) -> Any:
    """Defer a sensor and wake it, on a task that Airflow lets nobody but itself call."""
    with pytest.raises(TaskDeferred) as caught:
        run(sensor(deferrable=True))
    _, kwargs = caught.value.trigger.serialize()
    event = {"version": 1, "why": "succeeded", **kwargs}
    task = sensor(deferrable=True, allow_nested_operators=False, **options)
    return task.execute_complete(cast("Any", {"ti": FirstTime()}), event)


def test_a_woken_sensor_runs_in_airflows_own_loop(shop: Airbyte) -> None:
    shop.on("GET", JOBS, NONE, NONE, answers.page(answers.job()))
    assert woken(mode="reschedule")["job_id"] == 7


def test_never_fail_skips_what_a_woken_sensor_raises(shop: Airbyte) -> None:
    shop.on("GET", JOBS, NONE, NONE, answers.problem(503, "service-unavailable"))
    with pytest.raises(AirflowSkipException):
        woken(never_fail=True)


def test_silent_fail_looks_again_after_what_may_pass(shop: Airbyte, clock: HandClock) -> None:
    def now(_: object) -> Response:
        if shop.asked.count(LIST) <= 2:  # the look before deferring
            return answers.respond(NONE)
        down = clock.now() < NOON + timedelta(minutes=4)  # longer than one look is patient
        return answers.respond(answers.problem(503, "service-unavailable") if down else answers.page(answers.job()))

    shop.on("GET", JOBS, now)
    assert woken(silent_fail=True)["job_id"] == 7


def test_a_deferred_sensor_has_as_long_as_its_timeout_says(shop: Airbyte, clock: HandClock) -> None:
    shop.on("GET", JOBS, NONE)
    with pytest.raises(TaskDeferred) as caught:
        run(sensor(deferrable=True, timeout=timedelta(minutes=5), poke_interval=timedelta(seconds=20)))
    awaited = caught.value.trigger.serialize()[1]["awaited"]
    assert awaited["deadline"] == clock.now().timestamp() + 300
    assert awaited["poll_interval_seconds"] == 20


def test_the_airflow_connection_goes_by_either_name_and_not_by_both() -> None:
    assert sensor().conn_id == "airbyte_default"
    assert sensor(conn_id="prod").conn_id == sensor(airbyte_conn_id="prod").conn_id == "prod"
    with pytest.raises(InvalidOption, match="names of one option"):
        sensor(conn_id="prod", airbyte_conn_id="test")


def test_the_connection_goes_by_either_name_and_one_is_needed() -> None:
    assert AirbyteSyncSensor(task_id="wait", connection_id=SHOP).connection == SHOP
    with pytest.raises(InvalidOption, match="names of one option"):
        sensor(connection_id=SHOP)
    with pytest.raises(InvalidOption, match="a name or an id"):
        AirbyteSyncSensor(task_id="wait")


def test_every_option_is_explained_in_the_docstring_and_in_the_readme() -> None:
    added = inspect.signature(AirbyteSyncSensor.__init__).parameters
    options = {name for name in added if name not in {"self", "kwargs"}}
    assert {"connection", "conn_id", "airbyte_conn_id", "since"} <= options
    assert [name for name in options if f"`{name}`" not in SECTION] == []
    assert [name for name in options if f"`{name}`" not in (AirbyteSyncSensor.__doc__ or "")] == []
    assert set(AirbyteSyncSensor.template_fields) <= options
    assert issubclass(AirbyteSyncSensor, BaseSensorOperator)
