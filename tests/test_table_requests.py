from __future__ import annotations

import json
from datetime import date

import pytest

from taskflow_profilemesh.errors import InvalidOption
from taskflow_profilemesh.table_requests import as_mapping, table_requests
from taskflow_profilemesh.tables import Partition, Synced, TableRef, TableRequest

FLIGHTS = TableRequest(TableRef("flights"))


@pytest.mark.parametrize(
    "value",
    [
        "flights",
        ["flights"],
        ("flights", "flights"),
        TableRef("flights"),
        [TableRef("flights")],
        FLIGHTS,
        {"table": "flights"},
        {"table": TableRef("flights"), "columns": None},
        {"schema_version": 1, "job_id": 7, "tables": ["flights"]},
    ],
)
def test_every_way_to_name_a_table_means_the_same(value: object) -> None:
    assert table_requests(value) == (FLIGHTS,)


@pytest.mark.parametrize(
    "request_",
    [
        FLIGHTS,
        TableRequest(TableRef("t", "s"), ("a", "b"), ("b",), "a > 1", 0.25, sample_method="pages"),
        TableRequest(TableRef("a.b"), incremental="id", partition=Partition("day", recent=3)),
        TableRequest(TableRef("t"), max_rows=9, partition=Partition("day", values=("2026-01-01",))),
        TableRequest(
            TableRef("t"),
            synced=Synced(job_id=7, sync_mode="incremental_append", rows_committed=0, rows_last_attempt=None),
        ),
    ],
)
def test_a_request_is_read_back_from_plain_json(request_: TableRequest) -> None:
    assert table_requests(json.loads(json.dumps(as_mapping(request_)))) == (request_,)


def test_a_lone_string_is_one_table_and_never_letters() -> None:
    assert table_requests("public.flights") == (TableRequest(TableRef("flights", "public")),)


def test_a_mapping_says_what_of_the_table_is_profiled() -> None:
    value = {
        "table": "s.t",
        "columns": ["a", "b"],
        "exclude_columns": "b",
        "where": "a > 1",
        "sample": 0.25,
    }
    assert table_requests([value]) == (TableRequest(TableRef("t", "s"), ("a", "b"), ("b",), "a > 1", 0.25),)


@pytest.mark.parametrize(
    ("said", "partition"),
    [
        ({"column": "day", "latest": True}, Partition("day", recent=1)),
        ({"column": "day", "recent": 3, "latest": False}, Partition("day", recent=3)),
        (
            {"column": "day", "values": [date(2024, 1, 2), 7, "x", "x"]},
            Partition("day", values=("2024-01-02", "7", "x")),
        ),
        ({"column": "day", "values": "2024-01-02"}, Partition("day", values=("2024-01-02",))),
        (Partition("day", recent=2), Partition("day", recent=2)),
    ],
)
def test_partitions_are_the_latest_ones_or_those_with_given_values(said: object, partition: Partition) -> None:
    assert table_requests({"table": "t", "partition": said}) == (TableRequest(TableRef("t"), partition=partition),)


@pytest.mark.parametrize(
    ("value", "complaint"),
    [
        (7, "got='int'"),
        (None, "got='NoneType'"),
        ([], "no table"),
        ([["a"]], "got='list'"),
        ({"tables": []}, "no table"),
        ({"columns": ["a"]}, "without 'table'"),
        ({"table": "t", "colums": ["a"]}, "Did you mean 'columns'"),
        ({"table": "t", "columns": 3}, "a list of column names"),
        ({"table": "t", "where": " "}, "not blank"),
        ({"table": "t", "sample": 0}, "a number of rows"),
        ({"table": "t", "sample": True}, "a number of rows"),
        ({"table": "t", "sample": 1.5}, "a number of rows"),
        ({"table": "t", "sample_method": "row"}, "rows or pages"),
        ({"table": "t", "max_rows": 0}, "max_rows"),
        ({"table": "t", "max_rows": True}, "max_rows"),
        ({"table": "t", "partition": "day"}, "'column'"),
        ({"table": "t", "partition": {"column": "day"}}, "one of 'latest'"),
        ({"table": "t", "partition": {"recent": 3}}, "one of 'latest'"),
        ({"table": "t", "partition": {"column": "day", "recent": 0}}, "a number"),
        ({"table": "t", "partition": {"column": "day", "latest": True, "recent": 2}}, "one of 'latest'"),
        ({"table": "t", "partition": {"column": "day", "latest": "yes"}}, "not True"),
        ({"table": "t", "partition": {"column": "day", "values": []}}, "none of them null"),
        ({"table": "t", "partition": {"column": "day", "values": [None]}}, "none of them null"),
        ({"table": "t", "partition": {"colum": "day", "recent": 3}}, "Did you mean 'column'"),
    ],
)
def test_what_names_no_table_is_refused_with_what_would_have_worked(value: object, complaint: str) -> None:
    with pytest.raises(InvalidOption, match=complaint):
        table_requests(value)
