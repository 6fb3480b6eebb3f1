"""Jobs that schedules start, by a clock that is moved by hand."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from mock_airbyte import MANUAL, HandClock, MockAirbyte, by_clock
from mock_airbyte.lifecycle import Stage
from tests.mock_airbyte.api import CONFIG, Api, Json
from tests.mock_airbyte.shops import connected, people, select

HOUR, DAY = 3600, 86_400
HOURLY = "0 0 * * * ?"  # the clock begins on 1 January 2026 at 12:00
_FAILS = (Stage("pending", 0), Stage("running", 0), Stage("failed"))


def _created(mock: MockAirbyte, connection_id: str | None = None) -> list[str]:
    return [f"{state.job.created_at:%H:%M:%S}" for state in mock.jobs(connection_id)]


@pytest.fixture
def hourly(mock: MockAirbyte, warehouse: Path) -> str:
    connection_id = connected(mock, warehouse)
    mock.schedule(connection_id, cron=HOURLY)
    return connection_id


def test_cron_starts_a_job_at_each_due_time_and_none_before(mock: MockAirbyte, hourly: str) -> None:
    mock.advance(HOUR - 1)
    assert _created(mock) == []
    mock.advance(2 * HOUR + 1)
    assert _created(mock) == ["13:00:00", "14:00:00", "15:00:00"]
    assert [(state.status, state.rows_committed, state.updated_at) for state in mock.jobs()] == [
        ("succeeded", 2, state.job.created_at) for state in mock.jobs()
    ]


def test_a_job_of_a_schedule_is_created_at_the_due_time_whenever_somebody_looks(warehouse: Path) -> None:
    clock = HandClock()
    mock = MockAirbyte(clock=clock, patience_seconds=30)
    mock.schedule(connected(mock, warehouse), cron="0 30 12 * * ?")
    clock.advance(1811.5)  # behind the mock's back
    (job,) = Api(mock).get("/jobs")["data"]
    assert job["startTime"] == "2026-01-01T12:30Z"
    mock.stop()


def test_an_interval_begins_at_once_and_counts_from_creation_to_creation(mock: MockAirbyte, warehouse: Path) -> None:
    connected(mock, warehouse, schedule={"scheduleType": "basic", "basicTiming": "Every 2 HOURS"})
    mock.advance(5 * HOUR)
    assert _created(mock) == ["12:00:00", "14:00:00", "16:00:00"]


def test_a_sync_by_hand_puts_an_interval_off_and_leaves_cron_alone(mock: MockAirbyte, tmp_path: Path) -> None:
    every, cron = connected(mock, tmp_path / "1.db"), connected(mock, tmp_path / "2.db")
    mock.schedule(every, every="1 hour")
    mock.schedule(cron, cron=HOURLY)
    mock.advance(HOUR / 2)
    for connection_id in (every, cron):
        mock.sync(connection_id)
    mock.advance(HOUR)
    assert _created(mock, every) == ["12:00:00", "12:30:00", "13:30:00"]
    assert _created(mock, cron) == ["12:30:00", "13:00:00"]


def test_what_comes_due_while_a_job_runs_is_one_job_after_it(warehouse: Path) -> None:
    mock = MockAirbyte(clock=HandClock(), timeline=by_clock(pending_seconds=0, running_seconds=2.5 * HOUR))
    mock.schedule(connected(mock, warehouse), cron=HOURLY)
    mock.advance(8 * HOUR)
    assert _created(mock) == ["13:00:00", "15:30:00", "18:00:00"]
    assert [state.status for state in mock.jobs()] == ["succeeded", "succeeded", "running"]
    mock.stop()


def test_a_job_that_never_ends_lets_no_other_start(mock: MockAirbyte, hourly: str) -> None:
    mock.play("stuck")
    mock.advance(DAY)
    assert _created(mock) == ["13:00:00"]
    mock.cancel(1)
    mock.play("happy")
    mock.advance(HOUR)
    assert [state.status for state in mock.jobs()] == ["cancelled", "succeeded", "pending"]
    assert _created(mock) == ["13:00:00", "12:00:00", "13:00:00"]


def test_the_request_that_comes_while_a_scheduled_job_runs_is_a_conflict(
    slow_mock: MockAirbyte, slow_api: Api, warehouse: Path
) -> None:
    connection_id = connected(slow_mock, warehouse)
    slow_mock.schedule(connection_id, cron=HOURLY)
    slow_mock.advance(HOUR)
    refused = slow_api.post("/jobs", {"connectionId": connection_id, "jobType": "sync"}, expect=409)
    assert "already running" in refused["data"]["message"]


def test_jobs_of_schedules_are_no_duplicates_of_those_that_were_asked_for(
    mock: MockAirbyte, api: Api, hourly: str
) -> None:
    mock.advance(3 * HOUR)
    job = api.post("/jobs", {"connectionId": hourly, "jobType": "sync"})
    assert job["jobId"] == 4
    mock.advance(2 * HOUR)
    mock.journal.assert_no_duplicate_jobs()


def test_a_connection_that_is_off_or_gone_starts_nothing(mock: MockAirbyte, tmp_path: Path) -> None:
    off, gone = connected(mock, tmp_path / "1.db"), connected(mock, tmp_path / "2.db")
    for connection_id in (off, gone):
        mock.schedule(connection_id, every="1 hour")
    mock.advance(0)
    mock.deactivate(off)
    mock.world.delete_connection(gone)
    mock.advance(DAY)
    assert _created(mock) == ["12:00:00", "12:00:00"]


def test_switched_on_again_it_starts_one_job_and_goes_on(mock: MockAirbyte, hourly: str) -> None:
    mock.advance(HOUR)
    mock.deactivate(hourly)
    mock.advance(5.5 * HOUR)
    Api(mock).patch(f"/connections/{hourly}", {"status": "active"})
    mock.advance(HOUR)
    assert _created(mock) == ["13:00:00", "18:30:00", "19:00:00"]


def test_cron_that_was_never_due_counts_from_when_it_was_switched_on(mock: MockAirbyte, warehouse: Path) -> None:
    connection_id = connected(mock, warehouse, status="inactive")
    mock.schedule(connection_id, cron=HOURLY)
    mock.advance(2.5 * HOUR)
    Api(mock).patch(f"/connections/{connection_id}", {"status": "active"})
    mock.advance(HOUR)
    assert _created(mock) == ["15:00:00"]


def test_a_new_schedule_replaces_the_old_one_and_manual_ends_it(mock: MockAirbyte, hourly: str) -> None:
    mock.advance(HOUR)
    mock.schedule(hourly, cron="0 15 * * * ?")
    mock.advance(HOUR)
    mock.schedule(hourly)
    mock.advance(DAY)
    assert _created(mock) == ["13:00:00", "13:15:00"]


def test_another_name_does_not_move_the_schedule(mock: MockAirbyte, api: Api, warehouse: Path) -> None:
    connection_id = connected(mock, warehouse)
    mock.schedule(connection_id, cron="0 0 14 * * ?")
    mock.advance(HOUR)
    api.patch(f"/connections/{connection_id}", {"name": "Another"})
    mock.advance(DAY)
    assert _created(mock) == ["14:00:00"]


def test_a_failed_job_does_not_end_the_schedule(warehouse: Path) -> None:
    mock = MockAirbyte(clock=HandClock(), timeline=_FAILS)
    mock.schedule(connected(mock, warehouse), cron=HOURLY)
    mock.advance(3 * HOUR)
    assert [state.status for state in mock.jobs()] == ["failed", "failed", "failed"]
    mock.stop()


def test_each_scheduled_sync_reads_on_from_where_the_one_before_ended(mock: MockAirbyte, warehouse: Path) -> None:
    from mock_airbyte import StreamConfig, SyncMode

    append = StreamConfig("people", sync_mode=SyncMode.INCREMENTAL_APPEND, cursor_field=("id",))
    mock.schedule(connected(mock, warehouse, streams=[append]), cron=HOURLY)
    mock.advance(3 * HOUR)
    rows = select(warehouse, "select id, substr(_airbyte_extracted_at, 12, 5) from people order by 2, 1")
    assert rows == [(1, "13:00"), (2, "13:00"), (2, "14:00"), (2, "15:00")]


def test_jobs_of_several_connections_come_in_the_order_of_time(mock: MockAirbyte, tmp_path: Path) -> None:
    first, second = connected(mock, tmp_path / "1.db"), connected(mock, tmp_path / "2.db")
    mock.schedule(first, cron="0 0,30 * * * ?")
    mock.schedule(second, cron="0 0,45 * * * ?")
    mock.advance(HOUR)
    assert _created(mock) == ["12:30:00", "12:45:00", "13:00:00", "13:00:00"]
    assert [state.job.connection_id for state in mock.jobs()] == [first, second, first, second]


def _week(tmp_path: Path, *, at_once: bool) -> list[tuple[int, str, str]]:
    mock = MockAirbyte(clock=HandClock(), seed=7, timeline=by_clock(pending_seconds=60, running_seconds=900))
    for number, schedule in enumerate(("0 0 */6 * * ?", "0 0 3 ? * MON-FRI Europe/Berlin")):
        told = {"scheduleType": "cron", "cronExpression": schedule}
        connected(mock, tmp_path / f"{at_once}{number}.db", schedule=told)
    connected(mock, tmp_path / f"{at_once}.db", schedule={"scheduleType": "basic", "basicTiming": "Every 1 DAYS"})
    for seconds in [7 * DAY] if at_once else [HOUR] * (7 * 24):
        mock.advance(seconds)
    found = [(one.job.job_id, one.job.connection_id, one.job.created_at.isoformat()) for one in mock.jobs()]
    mock.stop()
    return found


def test_the_same_week_in_one_step_and_in_many_has_the_same_jobs(tmp_path: Path) -> None:
    at_once = _week(tmp_path, at_once=True)
    assert at_once == _week(tmp_path, at_once=False)
    assert len(at_once) == 28 + 5 + 8  # four a day; Friday and Monday to Thursday; one a day, at both ends


def test_a_reset_forgets_schedules_that_the_beginning_had_not(mock: MockAirbyte, hourly: str) -> None:
    mock.reset()
    mock.advance(DAY)
    assert mock.jobs() == ()


def test_stages_that_only_a_hand_moves_do_not_stop_the_clock(mock: MockAirbyte, hourly: str) -> None:
    mock.book.plan(MANUAL)
    mock.advance(DAY)
    assert [state.status for state in mock.jobs()] == ["pending"]
    assert mock.world.clock.now() - mock.jobs()[0].job.created_at == timedelta(hours=23)


def test_a_clock_does_not_go_back(mock: MockAirbyte, hourly: str) -> None:
    with pytest.raises(ValueError, match="does not go back"):
        mock.advance(-1)


def test_a_served_mock_starts_what_is_due_without_being_asked(warehouse: Path) -> None:
    with MockAirbyte() as mock:
        connection_id = connected(mock, warehouse)
        mock.schedule(connection_id, every="1 hour")
        (job,) = mock.jobs(connection_id)
        assert job.job.created_at == mock.world.connection(connection_id).scheduled_since


# What the APIs say


def test_the_public_api_shows_a_schedule_with_its_time_zone(mock: MockAirbyte, api: Api, warehouse: Path) -> None:
    path = f"/connections/{connected(mock, warehouse)}"
    for given, shown in (("0 0 12 * * ?", "0 0 12 * * ? UTC"), ("0 0 12 * * ? America/New_York",) * 2):
        changed = api.patch(path, {"schedule": {"scheduleType": "cron", "cronExpression": given}})
        assert changed["schedule"] == {"scheduleType": "cron", "cronExpression": shown}
        assert api.patch(path, {"schedule": changed["schedule"]}) == changed


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        ("0 12 * * *", "is not valid. Error: Cron expression contains 5 parts but we expect one of [6, 7]"),
        ("0 0 12 * * 1", "Both, a day-of-week AND a day-of-month parameter, are not supported."),
        ("* 0 12 * * ?", "is less than the one hour minimum. The seconds and minutes values cannot be `*`."),
        ("0 * 12 * * ? *", "is less than the one hour minimum. The seconds and minutes values cannot be `*`."),
        ("0,30 0 12 * * ?", "is less than the one hour minimum."),
    ],
)
def test_the_public_api_refuses_what_is_no_schedule(
    mock: MockAirbyte, api: Api, warehouse: Path, expression: str, said: str
) -> None:
    made = mock.world.connection(connected(mock, warehouse))
    schedule = {"schedule": {"scheduleType": "cron", "cronExpression": expression}}
    ends = {"sourceId": made.source_id, "destinationId": made.destination_id}
    for refused in (
        api.patch(f"/connections/{made.connection_id}", schedule, expect=400),
        api.post("/connections", ends | schedule, expect=400),
    ):
        assert refused["title"] == "bad-request"
        assert refused["data"]["message"].startswith(f"The cron expression {expression} is not valid")
        assert said in refused["data"]["message"]
    assert len(mock.world.connections()) == 1


def test_the_public_api_refuses_a_time_zone_that_is_none(mock: MockAirbyte, api: Api, warehouse: Path) -> None:
    schedule = {"scheduleType": "cron", "cronExpression": "0 0 12 * * ? Mars/Olympus"}
    refused = api.patch(f"/connections/{connected(mock, warehouse)}", {"schedule": schedule}, expect=400)
    assert (refused["type"], refused["data"]["cronTimezone"]) == (
        "error:cron-validation/invalid-timezone",
        "Mars/Olympus",
    )


@pytest.mark.parametrize(
    ("change", "status", "said"),
    [
        ({"scheduleType": "cron"}, 400, "error:cron-validation/missing-cron-data"),
        ({"cron": {"cronExpression": HOURLY}}, 400, "error:cron-validation/missing-component"),
        ({"cron": {"cronExpression": "0 0", "cronTimeZone": "UTC"}}, 400, "error:cron-validation/invalid-expression"),
        ({"cron": {"cronExpression": "* 0 0 * * ?", "cronTimeZone": "UTC"}}, 400, "more than 1 minute apart"),
        (
            {"cron": {"cronExpression": HOURLY, "cronTimeZone": "Etc/UTC"}},
            400,
            "error:cron-validation/invalid-timezone",
        ),
        ({"scheduleType": "basic"}, 422, "scheduleData.basic must be populated"),
        ({"scheduleType": "basic", "basicSchedule": {"timeUnit": "hours", "units": -1}}, 422, "no interval"),
    ],
)
def test_the_config_api_refuses_what_is_no_schedule(
    config_api: Api, warehouse: Path, change: Json, status: int, said: str
) -> None:
    data = {name: value for name, value in change.items() if name != "scheduleType"}
    body = {"scheduleType": change.get("scheduleType", "cron")} | ({"scheduleData": data} if data else {})
    made = config_api.mock.world.connection(connected(config_api.mock, warehouse))
    ends = {"sourceId": made.source_id, "destinationId": made.destination_id}
    for path, more in (("create", ends), ("update", {"connectionId": made.connection_id})):
        assert said in str(config_api.post(f"/connections/{path}", body | more, expect=status))


def test_the_config_api_says_when_the_next_sync_starts(slow_mock: MockAirbyte, warehouse: Path) -> None:
    config_api = Api(slow_mock, CONFIG)
    connection_id = connected(slow_mock, warehouse)
    same = {"connectionIds": [connection_id]}
    assert config_api.post("/connections/status", same) == [
        {"connectionId": connection_id, "connectionSyncStatus": "pending"}
    ]
    slow_mock.schedule(connection_id, cron=HOURLY, time_zone="Europe/Berlin")
    (status,) = config_api.post("/connections/status", same)
    assert status["nextSync"] == 1_767_272_400  # 13:00
    assert status["scheduleData"] == {"cron": {"cronExpression": HOURLY, "cronTimeZone": "Europe/Berlin"}}
    slow_mock.advance(HOUR + 30)
    (status,) = config_api.post("/connections/status", same)
    assert (status["connectionSyncStatus"], status["activeJob"]["id"]) == ("running", 1)
    slow_mock.advance(30)
    (status,) = config_api.post("/connections/status", same)
    assert (status["connectionSyncStatus"], status["lastSyncJobId"], status["lastSyncAttemptNumber"]) == (
        "synced",
        1,
        0,
    )
    assert (status["lastSuccessfulSync"], status["nextSync"]) == (1_767_272_460, 1_767_276_000)
    assert status["lastSyncJobCreatedAt"] == 1_767_272_400


@pytest.mark.parametrize(
    ("scenario", "status"), [("failed-config", "failed"), ("failed-transient", "incomplete"), ("stuck", "running")]
)
def test_the_config_api_says_what_came_of_the_last_job(
    mock: MockAirbyte, config_api: Api, warehouse: Path, scenario: str, status: str
) -> None:
    connection_id = connected(mock, warehouse)
    mock.play(scenario)
    mock.sync(connection_id)
    mock.advance(DAY)

    def shown() -> str:
        (found,) = config_api.post("/connections/status", {"connectionIds": [connection_id]})
        return str(found["connectionSyncStatus"])

    assert shown() == status
    if status == "running":
        mock.cancel(1)
        assert shown() == "incomplete"
    mock.deactivate(connection_id)
    assert shown() == ("failed" if status == "failed" else "paused")


def test_the_config_api_tells_what_an_expression_means(config_api: Api) -> None:
    told = config_api.post("/web_backend/describe_cron_expression", {"cronExpression": "0 0 0 ? * MON"})
    assert told == {
        "cronExpression": "0 0 0 ? * MON",
        "description": "At 00:00, only on Monday",
        "nextExecutions": [1_767_571_200, 1_768_176_000, 1_768_780_800],
    }
    refused = config_api.post("/web_backend/describe_cron_expression", {"cronExpression": "0 0"}, expect=400)
    assert "contains 2 parts" in refused["data"]["validationErrorMessage"]


# In Python


def test_what_is_no_schedule_is_refused_in_python_too(mock: MockAirbyte, warehouse: Path) -> None:
    connection_id = connected(mock, warehouse)
    for wrong in ({"cron": "0 12 * * *"}, {"every": "sometimes"}, {"cron": HOURLY, "time_zone": "Mars"}):
        with pytest.raises(ValueError, match=r"parts|interval|time zone"):
            mock.schedule(connection_id, **wrong)
    with pytest.raises(ValueError, match="not both"):
        mock.schedule(connection_id, cron=HOURLY, every="1 hour")
    source = mock.create_source("Another", "mock-inline", streams=people())
    with pytest.raises(ValueError, match="parts"):
        mock.create_connection(
            source,
            mock.world.actors("destination")[0].actor_id,
            schedule={"scheduleType": "cron", "cronExpression": "0 12 * * *"},
        )
