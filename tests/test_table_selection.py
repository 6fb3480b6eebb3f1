from __future__ import annotations

import pytest

from taskflow_profilemesh.errors import InvalidOption, NoTableMatches
from taskflow_profilemesh.table_requests import table_requests, table_rule, with_rules
from taskflow_profilemesh.table_selection import expand
from taskflow_profilemesh.tables import TableRef, TableRequest

KNOWN = [
    TableRef("Fact_Old", "public"),
    TableRef("fact_orders", "public"),
    TableRef("fact_users", "public"),
    TableRef("a*b", "shop"),
    TableRef("fact_orders", "shop"),
    TableRef("orders", "shop"),
    TableRef("tmp_1", "shop"),
    TableRef("tmp_2", "shop"),
]


def _chosen(value: object) -> list[str]:
    return [str(request.table) for request in _expanded(value)]


def _expanded(value: object) -> list[TableRequest]:
    unnamed = [table for table in KNOWN if table.schema == "public"]
    return expand(table_requests(value), tables=lambda only: unnamed if only else KNOWN, source="warehouse")


@pytest.mark.parametrize(
    ("value", "tables"),
    [
        ("fact_*", ["public.fact_orders", "public.fact_users"]),
        ("fact_????s", ["public.fact_users"]),
        ("*", ["public.Fact_Old", "public.fact_orders", "public.fact_users"]),
        ("*.fact_orders", ["public.fact_orders", "shop.fact_orders"]),
        ("shop.*", ['shop."a*b"', "shop.fact_orders", "shop.orders", "shop.tmp_1", "shop.tmp_2"]),
        ("sh?p.o*", ["shop.orders"]),
        ('shop."a*b"', ['shop."a*b"']),
        ({"schema": "shop", "exclude": ["tmp_*", '"a*b"']}, ["shop.fact_orders", "shop.orders"]),
        ({"schema": "shop", "exclude": "tmp_*"}, ['shop."a*b"', "shop.fact_orders", "shop.orders"]),
        ({"schema": "shop", "exclude": [{"pattern": r"\w+_\d"}, "a?b"]}, ["shop.fact_orders", "shop.orders"]),
        ({"schema": "*", "table": "*orders", "exclude": ["public.*"]}, ["shop.fact_orders", "shop.orders"]),
        ({"table": "shop.tmp_*", "sample": 0.1}, ["shop.tmp_1", "shop.tmp_2"]),
        ({"pattern": "fact_(orders|users)"}, ["public.fact_orders", "public.fact_users"]),
        ({"pattern": r"shop\.tmp_\d"}, ["shop.tmp_1", "shop.tmp_2"]),
        ({"pattern": r"tmp_\d", "schema": "shop"}, ["shop.tmp_1", "shop.tmp_2"]),
        ({"pattern": "(?i)FACT_old"}, ["public.Fact_Old"]),
        (
            ["shop.tmp_2", "shop.tmp_*", "fact_*"],
            ["shop.tmp_2", "shop.tmp_1", "public.fact_orders", "public.fact_users"],
        ),
        (["fact_*", "*.fact_orders"], ["public.fact_orders", "public.fact_users", "shop.fact_orders"]),
        ("nowhere.no_table", ["nowhere.no_table"]),
    ],
)
def test_tables_are_chosen_by_what_they_are_called(value: object, tables: list[str]) -> None:
    assert _chosen(value) == tables


def test_what_is_said_of_a_choice_holds_for_each_of_its_tables() -> None:
    requests = _expanded({"schema": "shop", "exclude": ["a?b", "*o*"], "sample": 5, "exclude_columns": ["id"]})
    assert requests == [
        TableRequest(TableRef(name, "shop"), exclude_columns=("id",), sample=5) for name in ("tmp_1", "tmp_2")
    ]


@pytest.mark.parametrize("written", ["fact_orders", "public.fact_orders"])
def test_a_table_that_is_named_by_itself_is_read_as_it_is_said_there(written: str) -> None:
    requests = _expanded([{"table": "fact_*", "sample": 5}, {"table": written, "where": "id > 5"}])
    assert [str(request.table) for request in requests] == ["public.fact_users", written]
    assert [request.where for request in requests] == [None, "id > 5"]


def test_without_a_pattern_the_database_is_not_asked_for_its_tables() -> None:
    def never(_: bool) -> list[TableRef]:  # noqa: FBT001 -- the shape of the callback
        raise AssertionError

    assert len(expand(table_requests(["a", "b"]), tables=never, source="w")) == 2


@pytest.mark.parametrize(
    ("value", "nearest"),
    [
        ("fcat_orders*", "public.fact_orders"),
        ("shop.order_*", "shop.orders"),
        ({"pattern": r"tmp\d"}, "shop.tmp_1"),
        ({"schema": "shp"}, "known="),
        ("FACT_*", "known="),
    ],
)
def test_a_pattern_that_nothing_fits_is_an_error_that_shows_the_nearest_names(value: object, nearest: str) -> None:
    with pytest.raises(NoTableMatches, match=nearest):
        _chosen(value)


def test_a_choice_of_which_all_is_excluded_is_an_error_that_says_so() -> None:
    with pytest.raises(NoTableMatches, match=r"excluded_tables=2\). All that match are excluded"):
        _chosen({"table": "shop.tmp_*", "exclude": ["tmp_?"]})


@pytest.mark.parametrize(
    ("value", "complaint"),
    [
        ({"pattern": "(open"}, "a regular expression"),
        ({"pattern": 5}, "not blank"),
        ({"table": "t", "pattern": "p"}, "both 'table' and 'pattern'"),
        ({"schema": "a.b"}, "one schema"),
        ({"table": "t", "exclude": ["id"]}, "exclude_columns"),
        ({"schema": "s", "exclude": 5}, "a list of table names"),
        ({"schema": "s", "exclude": [5]}, "not blank"),
        ("a.b.*", r"table or schema\.table"),
    ],
)
def test_what_chooses_nothing_is_refused(value: object, complaint: str) -> None:
    with pytest.raises(InvalidOption, match=complaint):
        table_requests(value)


def test_a_limit_of_rows_holds_for_all_that_say_none_of_their_own() -> None:
    named = table_requests(["a", {"table": "b", "max_rows": 7}, "fact_users*"])
    wanted = with_rules(named, [table_rule(None, {"max_rows": 9})])
    assert [one.max_rows for one in expand(wanted, tables=lambda _: KNOWN, source="warehouse")] == [9, 7, 9]


def test_an_exclusion_that_leaves_nothing_out_is_warned_of(caplog: pytest.LogCaptureFixture) -> None:
    _chosen([{"schema": "shop", "exclude": ["tmp_*", "nope"]}, {"table": "fact_*", "exclude": ["nope", "*_users"]}])
    assert caplog.messages == ["The exclusion 'nope' leaves out none of the tables that were chosen."]
