"""The sensor and its trigger against the mock: somebody else's syncs, on a clock that is moved by hand."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from airflow.providers.common.compat.sdk import (
    AirflowFailException,
    AirflowSensorTimeout,
    AirflowSkipException,
    TaskDeferred,
    dag,
)

from mock_airbyte.clock import HandClock
from mock_airbyte.failures import Failure
from mock_airbyte.lifecycle import MANUAL
from mock_airbyte.mock import MockAirbyte
from taskflow_profilemesh.errors import InvalidOption, SyncFailed
from taskflow_profilemesh.sensors.airbyte import AirbyteSyncSensor
from taskflow_profilemesh.triggers.airbyte_awaited import AirbyteAwaitedTrigger
from tests.flows.running import run_dag
from tests.taskflow_profilemesh.airflow_connections import connect

USERS: dict[str, Any] = {"name": "users", "rows": [{"id": 1, "name": "Ada"}, {"id": 2, "name": "Bob"}]}
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
SECRET = "canary-client-secret"


@dataclass
class Somebody:
    """Runs syncs of the connection `Shop`; none of them is the sensor's."""

    airbyte: MockAirbyte
    connection_id: str

    def syncs(self, status: str = "succeeded", *, failure: Failure | None = None) -> int:
        """Run a sync of a minute to its end and return its job's id."""
        job_id = self.airbyte.sync(self.connection_id)
        self.airbyte.transition(job_id, "running")
        self.airbyte.advance(60)
        self.airbyte.transition(job_id, status, failure=failure)
        return job_id

    def advance(self, minutes: float) -> None:
        self.airbyte.advance(minutes * 60)


@pytest.fixture
def somebody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Somebody]:
    from mock_airbyte.auth import Auth

    auth = Auth(client_id="sensor", client_secret=SECRET)
    with MockAirbyte(clock=HandClock(NOON), timeline=MANUAL, auth=auth) as airbyte:
        source = airbyte.create_source("Shop", "mock-inline", streams=[USERS])
        destination = airbyte.create_destination("W", "sqlite", destination_path=str(tmp_path / "warehouse.db"))
        connection_id = airbyte.create_connection(source, destination, name="Shop")
        connect(monkeypatch, "airbyte_default", host=airbyte.root_url, login="sensor", password=SECRET)
        yield Somebody(airbyte, connection_id)


def sensor(**options: Any) -> AirbyteSyncSensor:
    chosen = {"task_id": "wait", "connection": "Shop", "since": NOON, "timeout": 0, "poke_interval": 0.01, **options}
    return AirbyteSyncSensor(**{"deferrable": False, **chosen})


def run(task: AirbyteSyncSensor, **context: Any) -> Any:
    return task.execute(cast("Any", {"ti": None, **context}))


def deferred(task: AirbyteSyncSensor) -> AirbyteAwaitedTrigger:
    with pytest.raises(TaskDeferred) as caught:
        run(task)
    assert caught.value.method_name == "execute_complete"
    assert not caught.value.kwargs
    assert isinstance(caught.value.trigger, AirbyteAwaitedTrigger)
    return caught.value.trigger


def event_of(trigger: AirbyteAwaitedTrigger) -> Any:
    """Run the trigger as a triggerer does that has been restarted: made again of what was written down."""
    _, kwargs = trigger.serialize()

    async def first() -> Any:
        return (await anext(AirbyteAwaitedTrigger(**json.loads(json.dumps(kwargs))).run())).payload

    return asyncio.run(first())


def woken(event: Any, **options: Any) -> Any:
    return sensor(deferrable=True, **options).execute_complete({}, json.loads(json.dumps(event)))


def waits(task: AirbyteSyncSensor) -> bool:
    """Return whether the sensor would go on waiting after a look."""
    return task.poke({}) is False


def test_a_success_before_since_does_not_count_and_one_after_does(somebody: Somebody) -> None:
    yesterdays = somebody.syncs()
    somebody.advance(24 * 60)
    since = NOON + timedelta(days=1)
    assert waits(sensor(since=since))
    todays = somebody.syncs()
    result = run(sensor(since=since))
    assert (result["job_id"], result["status"], result["tables"]) == (todays, "succeeded", ["users"])
    assert result["rows_synced"] == 2
    assert result["finished_at"] == "2026-01-02T12:02:00+00:00"
    assert run(sensor(since=NOON))["job_id"] == todays != yesterdays
    assert len(somebody.airbyte.jobs()) == 2  # the sensor has started none


@pytest.mark.parametrize("since", ["2026-01-01T13:01:30+01:00", "2026-01-01T12:01:30", "2026-01-01T07:01:30-05:00"])
def test_since_is_a_moment_in_any_time_zone(somebody: Somebody, since: str) -> None:
    somebody.syncs()  # ended at 12:01:00 UTC
    assert waits(sensor(since=since))
    somebody.syncs()  # ended at 12:02:00 UTC
    assert run(sensor(since=since))["job_id"] == 2


def test_the_default_is_the_end_of_the_runs_interval(somebody: Somebody) -> None:
    somebody.syncs()  # ended at 12:01
    task = sensor(since=None)
    with pytest.raises(AirflowSensorTimeout):
        run(task, data_interval_end=NOON + timedelta(minutes=2))
    assert run(sensor(since=" "), data_interval_end=NOON)["job_id"] == 1
    rendered = sensor(since="{{ prev_data_interval_end_success }}")
    rendered.since = "None"  # in the first run, as a template makes a text of it
    assert run(rendered, data_interval_end=NOON)["job_id"] == 1


def test_a_run_without_an_interval_counts_from_when_it_was_created(somebody: Somebody) -> None:
    @dataclass
    class Run:
        run_after: datetime | None
        start_date: datetime

    somebody.syncs()  # ended at 12:01
    later = NOON + timedelta(hours=1)
    assert run(sensor(since=None), data_interval_end=None, dag_run=Run(NOON, later))["job_id"] == 1
    with pytest.raises(AirflowSensorTimeout):
        run(sensor(since=None), dag_run=Run(None, later))


def test_nothing_to_count_from_is_an_error_and_not_any_success(somebody: Somebody) -> None:
    somebody.syncs()
    with pytest.raises(AirflowFailException, match="option='since'"):
        run(sensor(since=None))


@pytest.mark.parametrize("status", ["failed", "cancelled"])
def test_a_failed_sync_is_waited_through_until_one_succeeds(somebody: Somebody, status: str) -> None:
    somebody.syncs(status)
    assert waits(sensor())
    good = somebody.syncs()
    assert run(sensor())["job_id"] == good
    somebody.syncs(status)
    assert run(sensor())["job_id"] == good


@pytest.mark.parametrize("deferrable", [False, True])
def test_a_failed_sync_fails_the_task_with_airbytes_reason_where_that_is_wanted(
    somebody: Somebody, *, deferrable: bool
) -> None:
    lost = Failure(f"The source is gone; it said {SECRET}.", "source", "transient_error")
    somebody.syncs("failed", failure=lost)
    with pytest.raises(SyncFailed, match="The source is gone") as caught:
        run(sensor(fail_on_failed_sync=True, deferrable=deferrable))
    assert SECRET not in str(caught.value)
    somebody.syncs("failed", failure=Failure("Wrong password.", "source", "config_error"))
    with pytest.raises(AirflowFailException, match=r"(?s)Wrong password\..*a retry cannot help"):
        run(sensor(fail_on_failed_sync=True, deferrable=deferrable))
    somebody.syncs("cancelled")
    with pytest.raises(AirflowFailException, match="was cancelled"):
        run(sensor(fail_on_failed_sync=True, deferrable=deferrable))
    with pytest.raises(AirflowSkipException):
        run(sensor(fail_on_failed_sync=True, deferrable=deferrable, soft_fail=True))


def test_a_failure_before_since_and_one_that_is_tried_again_fail_nothing(somebody: Somebody) -> None:
    somebody.syncs("failed")
    somebody.advance(10)
    since = NOON + timedelta(minutes=10)
    assert waits(sensor(since=since, fail_on_failed_sync=True))
    somebody.syncs("failed")
    somebody.airbyte.sync(somebody.connection_id)
    assert waits(sensor(since=since, fail_on_failed_sync=True))


def test_neither_a_reset_nor_another_connections_sync_counts(somebody: Somebody) -> None:
    source = somebody.airbyte.create_source("Other", "mock-inline", streams=[USERS])
    destination = somebody.airbyte.world.connection(somebody.connection_id).destination_id
    other = somebody.airbyte.create_connection(source, destination, name="Other")
    Somebody(somebody.airbyte, other).syncs()
    reset = somebody.airbyte.book.start(somebody.connection_id, "reset").job.job_id
    somebody.airbyte.transition(reset, "running")
    somebody.airbyte.transition(reset, "succeeded")
    assert waits(sensor())


@pytest.mark.parametrize("mode", ["poke", "reschedule"])
@pytest.mark.parametrize("deferrable", [False, True])
def test_an_unknown_connection_is_a_clear_error_at_once(somebody: Somebody, mode: str, *, deferrable: bool) -> None:
    with pytest.raises(AirflowFailException, match="Did you mean 'Shop'"):
        sensor(connection="Shp", mode=mode, deferrable=deferrable, timeout=3600).poke({})


def test_a_connection_that_is_switched_off_is_not_waited_for(somebody: Somebody) -> None:
    somebody.airbyte.deactivate(somebody.connection_id)
    with pytest.raises(AirflowFailException, match="not active"):
        sensor().poke({})


def test_a_connection_that_was_switched_off_after_its_success_is_good(somebody: Somebody) -> None:
    somebody.syncs()
    somebody.airbyte.deactivate(somebody.connection_id)
    assert run(sensor())["status"] == "succeeded"


def test_wrong_credentials_end_the_task_and_show_no_secret(
    somebody: Somebody, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    connect(monkeypatch, "wrong", host=somebody.airbyte.root_url, login="sensor", password="wrong-canary")
    with pytest.raises(AirflowFailException, match="refused the credentials") as caught:
        run(sensor(airbyte_conn_id="wrong"))
    assert "canary" not in str(caught.value) + caplog.text


# Deferrable


def test_both_modes_return_the_same(somebody: Somebody) -> None:
    trigger = deferred(sensor(deferrable=True, timeout=3600))
    somebody.syncs("failed")
    somebody.syncs()
    event = event_of(trigger)
    assert event == {"version": 1, "why": "succeeded", "conn_id": "airbyte_default", "awaited": trigger.awaited}
    assert woken(event, since=None, connection="a fresh instance asks the event") == run(sensor())


def test_what_is_there_already_is_not_deferred_for(somebody: Somebody) -> None:
    somebody.syncs()
    assert run(sensor(deferrable=True))["job_id"] == 1


def test_the_trigger_carries_moments_and_no_secret(somebody: Somebody) -> None:
    trigger = deferred(sensor(deferrable=True, timeout=3600, compare="started_at", fail_on_failed_sync=True))
    name, kwargs = trigger.serialize()
    assert name == "taskflow_profilemesh.triggers.airbyte_awaited.AirbyteAwaitedTrigger"
    assert kwargs["awaited"]["since"] == NOON.timestamp()
    assert kwargs["awaited"]["connection_id"] == somebody.connection_id
    assert (kwargs["awaited"]["compare"], kwargs["awaited"]["fail_on_failed_sync"]) == ("started_at", True)
    assert SECRET not in json.dumps(kwargs)
    assert AirbyteAwaitedTrigger(**json.loads(json.dumps(kwargs))).serialize() == (name, kwargs)


def test_a_failure_wakes_the_task_which_fails_with_the_reason(somebody: Somebody) -> None:
    trigger = deferred(sensor(deferrable=True, timeout=3600, fail_on_failed_sync=True))
    somebody.syncs("failed", failure=Failure("The source is gone.", "source", "transient_error"))
    event = event_of(trigger)
    assert event["why"] == "failed"
    with pytest.raises(SyncFailed, match="The source is gone"):
        woken(event)


def test_the_deadline_is_a_moment_and_ends_in_airflows_sensor_timeout(somebody: Somebody) -> None:
    trigger = deferred(sensor(deferrable=True, timeout=3600))
    trigger.awaited["deadline"] = NOON.timestamp()  # long past, by the machine's clock
    event = event_of(trigger)
    assert event["why"] == "timed_out"
    with pytest.raises(AirflowSensorTimeout):
        woken(event)
    with pytest.raises(AirflowSkipException):
        woken(event, soft_fail=True)
    somebody.syncs()  # in the last moment: a success is a success
    assert woken(event)["job_id"] == 1


def test_an_event_that_claims_success_is_not_believed(somebody: Somebody) -> None:
    trigger = deferred(sensor(deferrable=True, timeout=3600))
    with pytest.raises(TaskDeferred) as caught:
        woken({"version": 1, "why": "succeeded", "conn_id": "airbyte_default", "awaited": trigger.awaited})
    assert isinstance(caught.value.trigger, AirbyteAwaitedTrigger)
    assert caught.value.trigger.awaited == trigger.awaited


def test_a_triggerer_that_cannot_look_leaves_the_waiting_to_the_worker(
    somebody: Somebody, monkeypatch: pytest.MonkeyPatch
) -> None:
    trigger = deferred(sensor(deferrable=True, timeout=3600))
    event = event_of(AirbyteAwaitedTrigger("known_to_workers_only", trigger.awaited))
    assert event["why"] == "unknown"
    monkeypatch.setattr("time.sleep", lambda _: somebody.syncs())  # it happens while the worker waits
    assert woken(event)["job_id"] == 1


@pytest.mark.parametrize("event", [None, "done", {}, {"awaited": {"since": 7}}, {"awaited": None, "why": "succeeded"}])
def test_an_event_that_is_none_of_ours_ends_the_task(somebody: Somebody, event: Any) -> None:
    with pytest.raises(AirflowFailException, match=r"awaited\."):
        woken(event)


# Options


@pytest.mark.parametrize(
    "options", [{"since": "yesterday"}, {"compare": "created_at"}, {"fail_on_failed_sync": "maybe"}]
)
def test_a_wrong_option_is_an_error_while_the_file_is_parsed(options: dict[str, Any]) -> None:
    with pytest.raises(InvalidOption):
        sensor(**options)


# In the real Airflow


@pytest.mark.airflow_db
@pytest.mark.parametrize(
    "how", [{"deferrable": True}, {"mode": "reschedule"}, {}], ids=["deferrable", "reschedule", "poke"]
)
def test_a_dag_waits_for_a_sync_after_its_own_moment(
    somebody: Somebody, monkeypatch: pytest.MonkeyPatch, how: dict[str, Any]
) -> None:
    def waiting(dag_id: str, **more: Any) -> Any:
        @dag(schedule="@hourly", start_date=NOON, dag_id=f"{dag_id}_{len(how)}_{how.get('mode')}", catchup=False)
        def waits_for_sync() -> None:
            sensor(**{"since": None, "poke_interval": 0.05, "timeout": 0.1} | how | more)

        return waits_for_sync()

    somebody.syncs()  # in the past of any run of today
    late = run_dag(waiting("late"))
    assert (late.state, late.states) == ("failed", {"wait": "failed"})
    templated = run_dag(waiting("templated", since="{{ params.since }}", params={"since": NOON.isoformat()}))
    assert templated.returned["wait"]["tables"] == ["users"]
    today = datetime.now(UTC) + timedelta(hours=1)
    somebody.airbyte.advance((today - somebody.airbyte.world.clock.now()).total_seconds())
    somebody.syncs()
    early = run_dag(waiting("early"))
    assert early.state == "success"
    assert early.returned["wait"]["job_id"] == 2
