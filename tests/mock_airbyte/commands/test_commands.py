"""What each command does, prints and exits with."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from mock_airbyte import Auth, HandClock, MockAirbyte, by_clock
from tests.mock_airbyte.commands.conftest import Tell
from tests.mock_airbyte.shops import connected, select

_COMMANDS = [
    ("status",),
    ("workspaces", "list"),
    ("workspaces", "create"),
    *((kind, verb) for kind in ("sources", "destinations", "connections") for verb in ("list", "get", "add", "remove")),
    ("sync",),
    ("jobs",),
    ("logs",),
    ("cancel",),
    ("schedule", "list"),
    ("schedule", "set"),
]


@pytest.fixture
def shop(mock_airbyte: MockAirbyte, tmp_path: Path) -> str:
    return connected(mock_airbyte, tmp_path / "warehouse.db")


@pytest.mark.parametrize("command", _COMMANDS, ids=" ".join)
def test_the_help_of_each_has_an_example(tell: Tell, command: tuple[str, ...]) -> None:
    told = tell(*command, "--help")
    assert told.code == 0
    assert f"example:\n  mock-airbyte {' '.join(command)}" in told.output


def test_status_counts_what_there_is(tell: Tell, mock_airbyte: MockAirbyte, shop: str) -> None:
    mock_airbyte.sync(shop)
    counted = dict.fromkeys(("workspaces", "sources", "destinations", "connections", "jobs"), 1)
    assert tell("status", "--json").data == {"url": mock_airbyte.root_url, **counted, "running": 0}
    assert "connections   1" in tell("status").output


def test_workspaces_are_created_and_listed(tell: Tell) -> None:
    made = tell("workspaces", "create", "Analytics").output.strip()
    listed = tell("workspaces", "list").output.splitlines()
    assert listed[0].split() == ["ID", "NAME"]
    assert listed[2].split() == [made, "Analytics"]


def test_what_files_list_is_added_synced_and_removed(
    tell: Tell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLACE", str(tmp_path / "w.db"))
    file = tmp_path / "all.yml"
    file.write_text("""
sources: [{name: Shop, type: source-faker, configuration: {count: 10}}]
destinations: [{name: W, type: destination-sqlite, configuration: {destination_path: "${PLACE}"}}]
connections: [{name: Shop to W, source: Shop, destination: W, prefix: raw_}]
""")
    for kind in ("sources", "destinations", "connections"):
        assert tell(kind, "add", "--config", file).code == 0
    row = tell("connections", "list").output.splitlines()[1]
    assert row.endswith("  Shop to W  Shop    W            active")
    shown = tell("connections", "get", "Shop to W", "--json").data
    assert shown["prefix"] == "raw_"
    made = datetime.fromtimestamp(shown["createdAt"], UTC)
    assert f"{made:%Y-%m-%d %H:%M:%S} UTC" in tell("connections", "get", "Shop to W").output
    told = tell("sync", "Shop to W", "--wait", "--poll", "0.01")
    assert (told.code, told.output) == (0, "job 1 succeeded, 120 rows\n")
    assert select(tmp_path / "w.db", "select count(*) from raw_users") == [(10,)]
    assert tell("connections", "remove", "Shop to W").output == "Removed connection Shop to W.\n"
    assert tell("connections", "list", "--json").data == []


def test_one_entry_is_a_file_too(tell: Tell, tmp_path: Path) -> None:
    tell("workspaces", "create", "Other")
    file = tmp_path / "source.json"
    file.write_text('{"name": "S", "type": "faker", "workspace": "Other", "configuration": {"count": 1}}')
    assert tell("sources", "add", "--config", file).code == 0
    assert tell("sources", "list").output.splitlines()[1].split()[1:] == ["S", "faker"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("[", "cannot be read"),
        ("name: ${NOT_SET_ANYWHERE}", "NOT_SET_ANYWHERE"),
        ("just words", "a list of entries"),
        ("{name: S}", "lacks 'type'"),
    ],
)
def test_a_file_that_makes_no_sense_is_wrong_usage(tell: Tell, tmp_path: Path, content: str, said: str) -> None:
    file = tmp_path / "file.yml"
    file.write_text(content)
    told = tell("sources", "add", "--config", file)
    assert (told.code, told.output) == (2, "")
    assert said in told.errors
    assert tell("sources", "add", "--config", tmp_path / "missing.yml").code == 2


def test_what_the_mock_refuses_is_said_in_its_words(tell: Tell, tmp_path: Path) -> None:
    file = tmp_path / "file.yml"
    file.write_text("{name: S, type: faker, workspace: Nowhere}")
    told = tell("sources", "add", "--config", file)
    assert (told.code, "There is no such workspace (name='Nowhere')" in told.errors) == (1, True)
    file.write_text("{name: S, type: destination-postgres, configuration: {host: h}}")
    told = tell("destinations", "add", "--config", file)
    assert (told.code, "required property 'database' not found" in told.errors) == (1, True)
    assert "(status=422)" in told.errors


def test_a_failed_sync_fails_the_command_and_its_log_says_why(
    tell: Tell, mock_airbyte: MockAirbyte, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("no folder")
    connected(mock_airbyte, tmp_path / "file" / "x.db")
    told = tell("sync", "Shop → Warehouse", "--wait", "--poll", "0.01", "--json")
    assert (told.code, told.data["status"]) == (1, "failed")
    log = tell("logs", 1)
    assert log.code == 0
    assert log.output.startswith("job 1: failed\nattempt 1: failed, ")
    assert "\n  destination " in log.output


def test_a_sync_that_is_not_waited_for_is_fine(tell: Tell, shop: str) -> None:
    assert tell("sync", shop).code == 0


def test_a_reset_empties_the_tables(tell: Tell, shop: str, tmp_path: Path) -> None:
    assert tell("sync", shop, "--wait", "--poll", "0.01").code == 0
    assert tell("sync", shop, "--wait", "--poll", "0.01", "--reset").code == 0
    assert select(tmp_path / "warehouse.db", "select count(*) from people") == [(0,)]
    assert [row.split()[:3] for row in tell("jobs").output.splitlines()] == [
        ["JOB", "TYPE", "STATUS"],
        ["2", "reset", "succeeded"],
        ["1", "sync", "succeeded"],
    ]


def test_jobs_are_filtered(tell: Tell, mock_airbyte: MockAirbyte, shop: str) -> None:
    mock_airbyte.sync(shop)
    assert [job["jobId"] for job in tell("jobs", "--connection", "Shop → Warehouse", "--json").data] == [1]
    assert tell("jobs", "--status", "failed", "--json").data == []
    assert tell("jobs", "--status", "magic").code == 1


def test_names_must_be_known_and_mean_one_thing(tell: Tell, mock_airbyte: MockAirbyte, shop: str) -> None:
    told = tell("sync", "Teapot")
    assert (told.code, "There are: 'Shop → Warehouse'." in told.errors) == (1, True)
    connection = mock_airbyte.world.connection(shop)
    other = mock_airbyte.create_connection(connection.source_id, connection.destination_id)
    told = tell("connections", "get", "Shop → Warehouse")
    assert (told.code, shop in told.errors, other in told.errors) == (1, True, True)
    assert tell("connections", "get", other).code == 0


@pytest.mark.parametrize("command", ["logs", "cancel"])
def test_a_job_that_there_is_not_is_named(tell: Tell, command: str) -> None:
    told = tell(command, 9)
    assert (told.code, "There is no such job (id=9)." in told.errors) == (1, True)


def test_a_slow_sync_is_not_waited_for_forever_and_can_be_cancelled(tell: Tell, tmp_path: Path) -> None:
    auth = Auth(mode="basic", username="me", password="mine")
    with MockAirbyte(clock=HandClock(), timeline=by_clock(running_seconds=3600), auth=auth) as slow:
        connected(slow, tmp_path / "w.db")
        where = ("--url", slow.url, "--username", "me", "--password", "mine")
        told = tell("sync", "Shop → Warehouse", "--wait", "--timeout", "0", *where)
        assert (told.code, "Job 1 is not over after 0 s (status=pending)" in told.errors) == (1, True)
        assert "already running" in tell("sync", "Shop → Warehouse", *where).errors
        assert tell("cancel", 1, *where).output == "job 1 cancelled\n"
        told = tell("cancel", 1, *where)
        assert (told.code, "is over already (status=cancelled)" in told.errors) == (1, True)


def test_a_bearer_token_gets_in(tell: Tell) -> None:
    with MockAirbyte(auth=Auth(mode="bearer", token="let-me-in")) as mock:
        assert tell("status", "--url", mock.config_url, "--token", "let-me-in").code == 0
        told = tell("status", "--url", mock.root_url, "--token", "no")
        assert (told.code, "Give its credentials" in told.errors) == (1, True)


def test_wrong_credentials_and_a_mock_that_is_not_there_are_errors(tell: Tell) -> None:
    told = tell("status", "--client-secret", "canary-secret")
    assert (told.code, "Invalid client id or token" in told.errors) == (1, True)
    assert "canary-secret" not in told.errors
    told = tell("status", "--url", "127.0.0.1:9")
    assert (told.code, "Start one with 'mock-airbyte serve'" in told.errors) == (1, True)


@pytest.mark.parametrize("arguments", [(), ("teapot",), ("sources",), ("logs", "x"), ("sources", "add")])
def test_wrong_usage_is_told_apart(tell: Tell, arguments: tuple[str, ...]) -> None:
    assert tell(*arguments).code == 2


def test_a_name_cannot_steer_the_terminal(tell: Tell, mock_airbyte: MockAirbyte) -> None:
    mock_airbyte.create_workspace("\x1b[31mred\nnext")
    assert "\x1b" not in tell("workspaces", "list").output
    assert len(tell("workspaces", "list").output.splitlines()) == 3


def test_schedules_are_set_and_listed(tell: Tell, mock_airbyte: MockAirbyte, shop: str) -> None:
    weekdays = ("--cron", "0 0 12 ? * MON-FRI", "--time-zone", "Europe/Berlin")
    told = tell("schedule", "set", "Shop → Warehouse", *weekdays, "--json")
    schedule = {"scheduleType": "cron", "cronExpression": "0 0 12 ? * MON-FRI Europe/Berlin"}
    at = mock_airbyte.book.timetable.next_run(mock_airbyte.world.connection(shop))
    assert at is not None
    shown = {"connectionId": shop, "name": "Shop → Warehouse", "schedule": schedule}
    assert told.data == {**shown, "nextSync": f"{at:%Y-%m-%dT%H:%M:%SZ}"}
    titles, row = tell("schedule", "list").output.splitlines()
    assert titles.split() == ["CONNECTION", "SCHEDULE", "NEXT", "SYNC", "STATUS"]
    words = "At 12:00, Monday through Friday (Europe/Berlin)"
    assert row.split("  ") == ["Shop → Warehouse", words, f"{at:%Y-%m-%dT%H:%M:%SZ}", "active"]
    assert tell("schedule", "list", "--json").data == [{**told.data, "status": "active"}]


def test_an_interval_starts_a_sync_at_once_and_manual_ends_it(tell: Tell, mock_airbyte: MockAirbyte, shop: str) -> None:
    assert tell("schedule", "set", shop, "--every", "24 hours").output.startswith(
        "Shop → Warehouse: Every 24 hours, next"
    )
    assert len(mock_airbyte.jobs(shop)) == 1
    assert tell("schedule", "set", shop, "--manual").output == "Shop → Warehouse: Manual\n"
    assert tell("schedule", "list", "--json").data[0]["nextSync"] is None


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        (("--cron", "0 12 * * *"), 1, "The cron expression is invalid: Cron expression contains 5 parts"),
        (("--cron", "0 0 12 * * ?", "--time-zone", "Mars"), 1, "The specified cron timezone is invalid"),
        (("--every", "sometimes"), 2, "It is a number and a unit: '30 minutes'"),
        (("--manual", "--every", "1 hour"), 2, "not allowed with argument"),
        ((), 2, "one of the arguments --cron --every --manual is required"),
    ],
)
def test_what_is_no_schedule_is_refused(tell: Tell, shop: str, options: tuple[str, ...], code: int, said: str) -> None:
    told = tell("schedule", "set", shop, *options)
    assert told.code == code
    assert said in told.errors
