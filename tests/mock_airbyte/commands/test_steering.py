"""The commands that steer a running mock: scenarios, faults, its journal, its clock, its figures, webhooks."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import requests

from mock_airbyte import HandClock, MockAirbyte
from mock_airbyte.faults import Change, Delay, Drop, ExpireTokens, Remove, Reset, Respond, Trickle, Truncate, html
from mock_airbyte.scenarios import SCENARIOS
from tests.mock_airbyte.commands.conftest import Tell
from tests.mock_airbyte.shops import connected

_COMMANDS = [
    *(("webhook", verb) for verb in ("register", "list", "remove")),
    *(("scenario", verb) for verb in ("list", "play", "stop")),
    *(("fault", verb) for verb in ("add", "list", "clear")),
    *(("clock", verb) for verb in ("show", "advance")),
    *(("workspaces", verb) for verb in ("export", "import")),
    ("requests",),
    ("metrics",),
    ("reset",),
]


@pytest.fixture
def shop(mock_airbyte: MockAirbyte, tmp_path: Path) -> str:
    return connected(mock_airbyte, tmp_path / "warehouse.db")


@pytest.mark.parametrize("command", _COMMANDS, ids=" ".join)
def test_the_help_of_each_has_an_example(tell: Tell, command: tuple[str, ...]) -> None:
    told = tell(*command, "--help")
    assert told.code == 0
    assert f"example:\n  mock-airbyte {' '.join(command)}" in told.output


def test_scenarios_are_listed_played_and_stopped(tell: Tell, mock_airbyte: MockAirbyte, shop: str) -> None:
    assert [one["name"] for one in tell("scenario", "list", "--json").data["scenarios"]] == list(SCENARIOS)
    assert tell("scenario", "play", "flaky-5xx").output == "Playing flaky-5xx.\n"
    assert [row.split()[:2] for row in tell("scenario", "list").output.splitlines() if row[0] == "*"] == [
        ["*", "flaky-5xx"]
    ]
    assert mock_airbyte.app.exchange.faults.faults == SCENARIOS["flaky-5xx"].faults
    assert tell("scenario", "stop", "--json").data == {"stopped": "flaky-5xx"}
    assert (mock_airbyte.app.exchange.faults.faults, mock_airbyte.control.scenario) == ((), None)
    assert tell("scenario", "stop").output == "No scenario was playing.\n"
    assert tell("sync", shop, "--wait", "--poll", "0.01").code == 0


def test_a_scenario_is_played_to_the_connection_of_a_name(tell: Tell, mock_airbyte: MockAirbyte, shop: str) -> None:
    assert tell("scenario", "play", "already-running", "--connection", "Shop → Warehouse").code == 0
    assert [job.job.connection_id for job in mock_airbyte.jobs()] == [shop]
    told = tell("scenario", "play", "stuck", "--connection", "Teapot")
    assert (told.code, "There are: 'Shop → Warehouse'." in told.errors) == (1, True)
    told = tell("scenario", "play", "teapot")
    assert (told.code, "There are: happy, " in told.errors) == (1, True)


@pytest.mark.parametrize(
    ("options", "effects"),
    [
        (("--status", "503"), (Respond(503),)),
        (
            ("--status", "429", "--retry-after", "7", "--body", '{"message": "slow"}', "--header", "X-A: b"),
            (Respond(429, {"message": "slow"}, {"X-A": "b", "Retry-After": "7"}),),
        ),
        (("--status", "504", "--answer-after", "--body", "no JSON"), (Respond(504, "no JSON", after=True),)),
        (("--html",), (html(),)),
        (("--html", "403"), (html(403),)),
        (("--delay-before", "1", "--delay-after", "6"), (Delay(1), Delay(6, after=True))),
        (("--drop",), (Drop(),)),
        (("--reset", "after"), (Reset(after=True),)),
        (("--truncate", "0.25", "--breaks"), (Truncate(0.25, breaks=True),)),
        (("--trickle", "0.5", "--chunk-bytes", "4"), (Trickle(4, 0.5),)),
        (("--change", "status=hibernating", "--change", "jobId=7"), (Change({"status": "hibernating", "jobId": 7}),)),
        (("--remove", "rowsSynced", "--remove", "duration"), (Remove(("rowsSynced", "duration")),)),
        (("--expire-tokens", "--drop", "after"), (ExpireTokens(), Drop(after=True))),
    ],
    ids=lambda value: value[0] if isinstance(value[0], str) else "",
)
def test_a_fault_is_made_of_its_parts(
    tell: Tell, mock_airbyte: MockAirbyte, options: tuple[str, ...], effects: tuple[object, ...]
) -> None:
    assert tell("fault", "add", *options).code == 0
    (made,) = mock_airbyte.app.exchange.faults.faults
    assert made.effects == effects
    assert (made.method, made.path, made.calls, made.probability) == (None, "*", None, 1.0)


def test_a_fault_is_for_some_requests_is_listed_and_taken_back(tell: Tell, mock_airbyte: MockAirbyte) -> None:
    which = ("--method", "get", "--path", "/health", "--calls", "1,3-4", "--probability", "0.5")
    told = tell("fault", "add", "--status", "502", *which)
    assert told.output == "Fault 1 is set: respond(status=502).\n"
    (made,) = mock_airbyte.app.exchange.faults.faults
    assert (made.method, made.path, made.calls, made.probability) == ("GET", "/health", (1, 3, 4), 0.5)
    row = tell("fault", "list").output.splitlines()[1]
    assert row.split() == ["1", "GET", "/health", "1,", "3,", "4", "0.5", "respond(status=502)"]
    assert tell("fault", "clear").output == "Cleared 1.\n"
    assert mock_airbyte.app.exchange.faults.faults == ()


def test_a_fault_happens(tell: Tell, mock_airbyte: MockAirbyte) -> None:
    assert tell("fault", "add", "--path", "/health", "--status", "503", "--calls", "1").code == 0
    assert [requests.get(f"{mock_airbyte.url}/health", timeout=10).status_code for _ in range(2)] == [503, 200]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ((), "needs an effect"),
        (("--body", "{}"), "need a --status"),
        (("--drop", "--calls", "0"), "like 1 or 1,3-5"),
        (("--drop", "--calls", "x"), "like 1 or 1,3-5"),
        (("--drop", "--probability", "2"), "at most 1"),
        (("--change", "status"), "like NAME=VALUE"),
        (("--drop", "sometimes"), "invalid choice"),
    ],
)
def test_a_fault_that_makes_no_sense_is_wrong_usage(
    tell: Tell, mock_airbyte: MockAirbyte, options: tuple[str, ...], said: str
) -> None:
    told = tell("fault", "add", *options)
    assert (told.code, said in told.errors) == (2, True)
    assert mock_airbyte.app.exchange.faults.faults == ()


def test_requests_are_listed_filtered_and_exported(tell: Tell, mock_airbyte: MockAirbyte, tmp_path: Path) -> None:
    for path in ("/health", "/nowhere", "/health"):
        requests.get(mock_airbyte.url + path, timeout=10)
    rows = [row.split() for row in tell("requests").output.splitlines()]
    assert [row[2:4] for row in rows[1:]] == [
        [f"/api/public/v1{p}", s] for p, s in (("/health", "200"), ("/nowhere", "404"), ("/health", "200"))
    ]
    assert len(tell("requests", "--path", "/health", "--method", "get", "--json").data) == 2
    assert tell("requests", "--limit", "2", "--json").data[0]["path"].endswith("/nowhere")
    assert tell("requests", "--method", "POST", "--json").data == []
    file = tmp_path / "requests.jsonl"
    assert tell("requests", "--export", file).output == f"3 requests in {file}\n"
    assert [json.loads(line)["status"] for line in file.read_text().splitlines()] == [200, 404, 200]
    assert len(tell("requests", "--export", "-").output.splitlines()) == 3
    told = tell("requests", "--export", tmp_path / "missing" / "file")
    assert (told.code, "cannot be written" in told.errors) == (1, True)
    assert tell("requests", "--limit", "0").code == 2
    assert tell("requests", "--clear").code == 0
    assert mock_airbyte.requests == ()


def test_checks_of_the_requests_fail_the_command_and_say_why(tell: Tell, mock_airbyte: MockAirbyte, shop: str) -> None:
    assert tell("sync", shop, "--wait", "--poll", "0.01").code == 0
    fine = tell("requests", "--assert-no-duplicate-jobs", "--assert-no-orphan-jobs")
    assert (fine.code, fine.output) == (0, "As expected.\n")
    assert tell("sync", shop).code == 0
    doubled = tell("requests", "--assert-no-duplicate-jobs", "--json")
    assert (doubled.code, doubled.data["passed"]) == (1, False)
    assert shop in doubled.data["explanations"][0]
    orphan = tell("requests", "--assert-no-orphan-jobs")
    assert (orphan.code, "job 2" in orphan.output) == (1, True)
    which = ("requests", "--method", "POST", "--path", "/jobs", "--assert-count")
    assert tell(*which, "2").code == 0
    told = tell(*which, "1")
    assert (told.code, told.output) == (1, "1 requests were expected and 2 came (POST /jobs).\n")


def test_control_leaves_no_trace_in_what_it_looks_at(tell: Tell, mock_airbyte: MockAirbyte) -> None:
    for command in (("requests",), ("metrics",), ("fault", "list"), ("scenario", "list"), ("clock", "show")):
        assert tell(*command).code == 0
    assert mock_airbyte.requests == ()


def test_figures_are_shown(tell: Tell, mock_airbyte: MockAirbyte) -> None:
    requests.get(f"{mock_airbyte.url}/health", timeout=10)
    assert 'mock_airbyte_requests_total  method="GET",status="200"  1' in tell("metrics").output
    assert tell("metrics", "--prometheus").output.startswith("# HELP mock_airbyte_requests_total")
    shown = tell("metrics", "--json").data
    labels = {"method": "GET", "status": "200"}
    assert {"name": "mock_airbyte_requests_total", "labels": labels, "value": 1.0} in shown


def test_a_reset_begins_again(tell: Tell, mock_airbyte: MockAirbyte, shop: str) -> None:
    mock_airbyte.sync(shop)
    assert tell("reset").output == "Begun again, with 0 connections.\n"
    assert (mock_airbyte.jobs(), len(mock_airbyte.world.workspaces())) == ((), 1)


def test_a_clock_is_shown_and_advanced(tell: Tell) -> None:
    with MockAirbyte(clock=HandClock()) as mock:
        where = ("--url", mock.root_url)
        assert tell("clock", "show", *where).output.splitlines()[1].split() == ["can", "be", "moved", "true"]
        for duration, now in (("90", "12:01:30"), ("1.5m", "12:03:00"), ("2h", "14:03:00")):
            assert tell("clock", "advance", duration, *where).output == f"2026-01-01T{now}+00:00\n"
        assert tell("clock", "advance", "1d", "--json", *where).data["now"] == "2026-01-02T14:03:00+00:00"
        told = tell("clock", "advance", "soon", *where)
        assert (told.code, "with s, m, h or d" in told.errors) == (2, True)


def test_the_machines_own_clock_cannot_be_advanced(tell: Tell) -> None:
    told = tell("clock", "advance", "1")
    assert (told.code, "--clock hand" in told.errors) == (1, True)


def test_webhooks_are_registered_listed_and_removed(tell: Tell, mock_airbyte: MockAirbyte) -> None:
    url = "http://user:canary@127.0.0.1:9/services/canarycanarycanary?key=canary"
    assert tell("webhook", "register", url, "--on", "success,failure").output == "1\n"
    told = tell("webhook", "register", "http://127.0.0.1:9/x", "--workspace", "Default Workspace", "--json")
    assert told.data["workspaceId"] == mock_airbyte.workspace_id
    listed = tell("webhook", "list").output
    assert "canary" not in listed + str(tell("webhook", "list", "--json").data)
    assert [row.split()[0] for row in listed.splitlines()] == ["ID", "1", "2"]
    assert "success, failure" in listed.splitlines()[1]
    assert tell("webhook", "remove", url).output == "Removed webhook 1.\n"
    assert tell("webhook", "remove", "2").code == 0
    assert mock_airbyte.app.courier.urls == ()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("register", "ftp://canary"), "an http or https URL"),
        (("register", "http://h", "--on", "teapot"), "success, failure, queued, schema_change"),
        (("register", "http://h", "--workspace", "Nowhere"), "no such workspace"),
        (("remove", "7"), "no such webhook"),
    ],
)
def test_a_webhook_that_cannot_be_is_said(tell: Tell, arguments: tuple[str, ...], said: str) -> None:
    told = tell("webhook", *arguments)
    assert (told.code, said in told.errors, "canary" in told.errors) == (1, True, False)


def test_a_mock_with_a_control_token_asks_for_it(tell: Tell, monkeypatch: pytest.MonkeyPatch) -> None:
    with MockAirbyte(control_token="the-token-of-control") as mock:
        told = tell("fault", "list", "--url", mock.root_url)
        assert (told.code, "Give --control-token" in told.errors) == (1, True)
        monkeypatch.setenv("MOCK_AIRBYTE_CONTROL_TOKEN", "the-token-of-control")
        assert tell("fault", "list", "--url", mock.root_url).code == 0
