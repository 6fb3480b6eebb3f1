"""Rows that were there before and are others now: noticed, and the table is read whole."""

from __future__ import annotations

import pytest

from tests.grown import Grown
from tests.incremental.runs import Runs, same, told, whole


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ("delete from t where id % 100 = 7", "20 rows at or below the mark went"),
        ("update t set at = '2026-01-01 05:00:00' where id % 100 = 7", "20 rows at or below the mark went"),
        ("insert into t values (9001, '2026-01-01 00:00:00', 1, 'late')", "1 row came late"),
        ("insert into t values (9001, '2025-01-01 00:00:00', 1, 'late')", "1 row came late"),
        ("insert into t values (9001, null, 1, 'n')", "rows without a value in the cursor went from 0 to 1"),
        ("update t set id = 9001 where id = 1", "other rows are at or below the mark"),
        ("delete from t where id > 1000", "1,000 rows at or below the mark went"),
    ],
)
def test_what_happens_to_rows_up_to_the_mark_is_noticed_and_the_table_is_read_whole(
    table: Grown, statement: str, reason: str
) -> None:
    runs = Runs()
    runs.profile(table)
    table.run(statement)
    table.fill(range(3_001, 3_021), sync=6)
    profiled = runs.profile(table)
    assert f"Read whole, because {reason}" in told(profiled)
    same(profiled.stored.profile, whole(table))
    table.fill(range(4_001, 4_011), sync=7)
    assert "Only the 10 rows" in told(runs.profile(table))


def test_rows_without_a_cursor_value_are_part_of_the_mark(table: Grown) -> None:
    table.run("insert into t values (0, null, 1, 'n')")
    runs = Runs()
    runs.profile(table)
    table.fill(range(2_001, 2_011), sync=1)
    profiled = runs.profile(table)
    assert "Only the 10 rows" in told(profiled)
    same(profiled.stored.profile, whole(table))


def test_a_table_that_was_emptied_and_filled_again_is_read_whole(table: Grown) -> None:
    runs = Runs()
    runs.profile(table)
    table.run("delete from t")
    assert "it is small (0 rows)" in told(runs.profile(table))
    table.fill(range(5_001, 7_001), sync=1)  # as many, other keys, all above the mark
    assert "Read whole" in told(runs.profile(table))


def test_a_cursor_that_goes_backwards_is_noticed(table: Grown) -> None:
    runs = Runs()
    runs.profile(table, cursor="id")
    table.run(
        "delete from t",
    )
    table.fill(range(-2_500, -500))
    profiled = runs.profile(table, cursor="id")
    assert "other rows are at or below the mark, though as many" in told(profiled)
    same(profiled.stored.profile, whole(table))


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ("alter table t add column note varchar(9)", "columns changed since it was saved: note"),
        ("alter table t rename column name to label", "columns changed since it was saved: label, name"),
    ],
)
def test_a_changed_column_is_noticed_by_name(table: Grown, statement: str, reason: str) -> None:
    runs = Runs()
    runs.profile(table)
    table.run(statement)
    assert reason in told(runs.profile(table))


@pytest.mark.postgres
def test_a_column_of_another_type_is_noticed_by_name(postgres_table: Grown) -> None:
    runs = Runs()
    runs.profile(postgres_table)
    postgres_table.run("alter table t alter column amount type numeric(14, 2)")
    assert "columns changed since it was saved: amount" in told(runs.profile(postgres_table))


@pytest.mark.postgres
@pytest.mark.parametrize(
    "statement",
    ["update t set name = 'x' where id = 5", "cluster t using t_pkey", "truncate t; insert into t select * from copy"],
)
def test_postgresql_tells_of_updates_in_place_and_of_a_table_that_was_written_anew(
    postgres_table: Grown, statement: str
) -> None:
    postgres_table.run("create table copy as select * from t")
    runs = Runs()
    runs.profile(postgres_table, cursor="id")
    postgres_table.run(*statement.split("; "))
    assert "the database counts updates or deletes in the table, or wrote it anew" in told(
        runs.profile(postgres_table, cursor="id")
    )


@pytest.fixture
def partitioned(postgres_url: str) -> Grown:
    """A table of two partitions, without any key, whose rows are of two hours."""
    filled = Grown(postgres_url)
    filled.run(
        "create table t (id bigint, at timestamptz, amount decimal(12, 2), name varchar(40)) partition by range (at)",
        "create table t_1 partition of t for values from ('2026-01-01 00:00') to ('2026-01-01 01:00')",
        "create table t_2 partition of t for values from ('2026-01-01 01:00') to ('2026-01-01 02:00')",
    )
    filled.fill(range(1, 1_001), sync=0)
    filled.fill(range(1_001, 2_001), sync=1)
    return filled


@pytest.mark.postgres
def test_updates_in_place_are_noticed_in_any_partition(partitioned: Grown) -> None:
    runs = Runs()
    runs.profile(partitioned)
    partitioned.run("update t set name = 'x' where id = 5")
    profiled = runs.profile(partitioned)
    assert "the database counts updates or deletes in the table, or wrote it anew" in told(profiled)
    same(profiled.stored.profile, whole(partitioned))


@pytest.mark.postgres
def test_a_partition_that_is_new_costs_no_whole_profile(partitioned: Grown) -> None:
    runs = Runs()
    runs.profile(partitioned)
    partitioned.run("create table t_3 partition of t for values from ('2026-01-01 02:00') to ('2026-01-01 03:00')")
    partitioned.fill(range(2_001, 2_101), sync=2)
    profiled = runs.profile(partitioned)
    assert told(profiled).startswith("Only the 100 rows whose at is above the mark of the last profile. One read")
    same(profiled.stored.profile, whole(partitioned))


@pytest.mark.postgres
def test_a_partition_that_another_one_replaced_is_noticed(partitioned: Grown) -> None:
    runs = Runs()
    runs.profile(partitioned)
    partitioned.run(
        "alter table t detach partition t_1",
        "create table t_0 as select id, at, amount + 1 as amount, name from t_1",
        "alter table t_0 alter column amount type decimal(12, 2)",
        "alter table t attach partition t_0 for values from ('2026-01-01 00:00') to ('2026-01-01 01:00')",
    )
    assert "or wrote it anew" in told(runs.profile(partitioned))


@pytest.mark.postgres
def test_other_rows_of_a_view_are_noticed_by_their_moments_and_changes_in_place_are_disclaimed(
    postgres_table: Grown,
) -> None:
    postgres_table.run(
        "alter table t rename to kept", "update kept set at = at + id * interval '1 s'", "create view t as table kept"
    )
    runs = Runs()
    runs.profile(postgres_table)
    postgres_table.run("update kept set name = 'x' where id = 5")
    assert "Values changed in place since then are not in it: nothing here counts such changes." in told(
        runs.profile(postgres_table)
    )
    postgres_table.run("update kept set at = at + interval '1 ms' where id = 5")
    assert "other rows are at or below the mark, though as many" in told(runs.profile(postgres_table))


def test_where_the_database_counts_no_changes_the_plan_says_that_they_go_unseen(table: Grown) -> None:
    runs = Runs()
    runs.profile(table)
    disclaimed = "Values changed in place since then are not in it" in told(runs.profile(table))
    assert disclaimed is not table.url.startswith("postgres")
