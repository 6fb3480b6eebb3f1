from __future__ import annotations

from typing import Any

import pytest

from taskflow_profilemesh.synced_tables import synced_tables
from taskflow_profilemesh.table_requests import table_requests
from taskflow_profilemesh.tables import Synced, TableRef, TableRequest


def _stream(table: str = "public.users", **facts: Any) -> dict[str, Any]:
    stream = {"name": "users", "namespace": None, "table": table, "sync_mode": "full_refresh_append"}
    return stream | {"rows_synced": 30, "bytes_synced": 900, "rows_last_attempt": 20} | facts


def _result(*streams: dict[str, Any], **facts: Any) -> dict[str, Any]:
    tables = list(dict.fromkeys(stream["table"] for stream in streams))
    result = {"job_id": 7, "status": "succeeded", "attempts": 2, "rows_synced": 50, "streams": list(streams)}
    return result | {"tables": tables} | facts


def test_each_table_knows_what_was_committed() -> None:
    expected = Synced(job_id=7, sync_mode="full_refresh_append", rows_committed=30, rows_last_attempt=20)
    assert synced_tables(_result(_stream())) == {"public.users": expected}


def test_tables_of_a_sync_are_requested_with_what_it_says() -> None:
    (request,) = table_requests(_result(_stream()))
    assert isinstance(request, TableRequest)
    assert request.synced is not None
    assert (request.table, request.synced.rows_committed) == (TableRef("users", "public"), 30)


def test_the_results_of_several_syncs_are_the_tables_of_all_of_them() -> None:
    shop, stock = _result(_stream("users"), _stream("orders")), _result(_stream("items"), job_id=8)
    requests = table_requests([shop, stock, "visits"])
    assert [
        (str(one.table), one.synced and one.synced.job_id) for one in requests if isinstance(one, TableRequest)
    ] == [
        ("users", 7),
        ("orders", 7),
        ("items", 8),
        ("visits", None),
    ]


def test_a_table_that_two_syncs_wrote_is_requested_once_and_held_against_neither() -> None:
    both = [_result(_stream("users")), _result(_stream("users"), job_id=8)]
    assert table_requests(both) == (TableRequest(TableRef("users")),)


def test_tables_alone_are_requested_without() -> None:
    (request,) = table_requests(_result(_stream())["tables"])
    assert request == TableRequest(TableRef("users", "public"))


def test_the_only_stream_has_the_rows_of_the_job() -> None:
    (synced,) = synced_tables(_result(_stream(rows_synced=None, rows_last_attempt=None))).values()
    assert (synced.rows_committed, synced.rows_last_attempt) == (50, None)


def test_of_one_attempt_the_last_is_all_of_it() -> None:
    (synced,) = synced_tables(_result(_stream(rows_last_attempt=None), attempts=1)).values()
    assert synced.rows_last_attempt == 30


def test_streams_that_are_appended_to_one_table_are_counted_together() -> None:
    (synced,) = synced_tables(_result(_stream(), _stream(rows_synced=12))).values()
    assert (synced.rows_committed, synced.rows_last_attempt) == (42, None)


@pytest.mark.parametrize("other", [{"sync_mode": "full_refresh_overwrite"}, {"rows_synced": None}])
def test_streams_that_replace_each_others_rows_say_nothing(other: dict[str, Any]) -> None:
    assert synced_tables(_result(_stream(), _stream(**other))) == {}


@pytest.mark.parametrize(
    "facts", [{"status": "failed"}, {"status": None}, {"job_id": None}, {"job_id": "7"}, {"streams": None}]
)
def test_what_is_no_sync_that_succeeded_says_nothing(facts: dict[str, Any]) -> None:
    assert synced_tables(_result(_stream(), **facts)) == {}


def test_streams_that_are_none_are_passed_over() -> None:
    assert synced_tables(_result(_stream()) | {"streams": [None, {"table": 5}]}) == {}
