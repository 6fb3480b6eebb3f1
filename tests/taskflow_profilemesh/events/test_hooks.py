from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from taskflow_profilemesh.errors import InvalidOption, TableNotFound
from taskflow_profilemesh.events.hooks import Hook, emit_profiling_event, hooks_named, log_event
from taskflow_profilemesh.events.profiling_events import EventKind, ProfilingEvent, failed, started
from taskflow_profilemesh.storage import MemoryStore
from taskflow_profilemesh.tables import TableRef

ORDERS = TableRef("orders", "shop")
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
WHERE: dict[str, Any] = {"source": "warehouse", "table": ORDERS, "run_id": "r1", "at": NOON}


def test_every_hook_hears_of_an_event_in_order() -> None:
    heard: list[tuple[str, ProfilingEvent]] = []
    event = started(**WHERE)
    emit_profiling_event(event, [lambda one: heard.append(("a", one)), lambda one: heard.append(("b", one))])
    assert heard == [("a", event), ("b", event)]


def test_a_hook_that_fails_costs_nothing_but_a_line_without_what_it_said(caplog: pytest.LogCaptureFixture) -> None:
    def refuse(_: ProfilingEvent) -> None:
        message = "canary"
        raise ValueError(message)

    heard: list[ProfilingEvent] = []
    emit_profiling_event(started(**WHERE), [refuse, heard.append])
    assert len(heard) == 1
    assert "was not told of profiling_started of shop.orders (ValueError)" in caplog.text
    assert "canary" not in caplog.text


def test_the_log_says_what_somebody_should_look_at_as_a_warning(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    log_event(started(**WHERE))
    log_event(failed(TableNotFound(source="warehouse", table="shop.orders"), **WHERE))
    assert [record.levelname for record in caplog.records] == ["INFO", "WARNING"]
    assert caplog.messages[0] == "shop.orders (warehouse): profiling started."


def test_the_store_keeps_events_unless_another_hook_is_named() -> None:
    store = MemoryStore()
    for hook in hooks_named(None, store):
        hook(started(**WHERE))
    (kept,) = store.events("warehouse", ORDERS)
    assert (kept.kind, kept.at, kept.payload) == ("profiling_started", NOON, {"run_id": "r1"})
    emit_profiling_event(started(**WHERE), hooks_named(["log"], store))
    emit_profiling_event(started(**WHERE), hooks_named([], store))
    assert len(store.events("warehouse", ORDERS)) == 1


HEARD: list[ProfilingEvent] = []


def hear(event: ProfilingEvent) -> None:
    HEARD.append(event)


def test_a_hook_may_be_ones_own_function_or_its_dotted_path() -> None:
    HEARD.clear()
    store = MemoryStore()
    emit_profiling_event(started(**WHERE), hooks_named([hear], store))
    (by_path,) = hooks_named([f"{__name__}.hear"], store)
    assert callable(by_path)
    assert len(HEARD) == 1


@pytest.mark.parametrize("wrong", ["slack", "no.such.module", "logging.nothing", f"{__name__}.NOON", ""])
def test_what_is_no_hook_is_refused_by_name(wrong: str) -> None:
    with pytest.raises(InvalidOption, match="event_hooks"):
        hooks_named([wrong], MemoryStore())


def test_a_failure_says_why_and_whether_a_retry_may_help() -> None:
    event = failed(TableNotFound(source="warehouse", table="shop.orders"), **WHERE)
    assert event.kind is EventKind.FAILED
    assert (event.payload["error_type"], event.payload["retryable"]) == ("TableNotFound", False)
    assert "shop.orders" in str(event)


def test_a_mapping_says_which_events_of_which_tables_a_hook_hears() -> None:
    HEARD.clear()
    store = MemoryStore()
    said = {"call": hear, "events": ["drift_detected", "profiling_failed"], "severity": "high", "tables": "shop.*"}
    high, low = (_drifted(severity) for severity in ("high", "low"))
    lost = failed(TableNotFound(source="warehouse", table="shop.orders"), **WHERE)
    for event in (started(**WHERE), low, high, lost):
        emit_profiling_event(event, hooks_named([said], store))
    assert list(HEARD) == [high, lost]
    emit_profiling_event(high, hooks_named([said | {"tables": ["other.*"]}], store))
    emit_profiling_event(high, hooks_named([said | {"tables": ["orders"]}], store))
    assert list(HEARD) == [high, lost, high]


def test_a_webhook_hears_what_is_worth_a_message() -> None:
    heard: list[ProfilingEvent] = []
    opened: list[object] = []

    def open_webhook(said: Mapping[str, Any]) -> Hook:
        opened.append(said)
        return heard.append

    hooks = hooks_named([{"webhook": "alerts"}], MemoryStore(), webhook=open_webhook)
    for event in (started(**WHERE), _drifted("low")):
        emit_profiling_event(event, hooks)
    assert opened == [{"conn_id": "alerts"}]
    assert heard == [_drifted("low")]


@pytest.mark.parametrize(
    "wrong",
    [
        {"cal": "log"},
        {},
        {"call": "log", "webhook": "alerts"},
        {"call": "log", "events": ["explosion"]},
        {"call": "log", "severity": "bad"},
        {"webhook": {}},
        {"webhook": "alerts"},
    ],
)
def test_a_mapping_that_is_no_hook_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidOption, match="event_hooks"):
        hooks_named([wrong], MemoryStore(), webhook=None if wrong.get("webhook") == "alerts" else lambda _: hear)


def _drifted(severity: str) -> ProfilingEvent:
    return ProfilingEvent(kind=EventKind.DRIFT_DETECTED, **WHERE, payload={"severity": severity, "summary": "Drift."})
