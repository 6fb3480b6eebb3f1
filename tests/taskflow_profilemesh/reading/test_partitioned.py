"""Tables whose rows lie in others: partitions of partitions, children, foreign tables, and who may read them."""

from __future__ import annotations

import secrets
from urllib.parse import urlsplit, urlunsplit

import polars as pl
import pytest

from taskflow_profilemesh.errors import ColumnNotFound, InvalidOption
from taskflow_profilemesh.profiling.scope import Scope
from taskflow_profilemesh.tables import Partition, TableRef, TableRequest
from tests.taskflow_profilemesh.reading.servers import in_postgres, rows_of, source_at, with_extension

pytestmark = pytest.mark.postgres


def _days(url: str, *, rows: int = 3000) -> None:
    """Rows of thirty days in a parent: January by itself, February in two halves (the second empty), the rest."""
    in_postgres(
        url,
        "create table days (id int, day date not null, note text) partition by range (day)",
        "create table january partition of days for values from ('2024-01-01') to ('2024-02-01')",
        "create table february partition of days for values from ('2024-02-01') to ('2024-03-01')"
        " partition by range (day)",
        'create table "Feb; 1" (note text, id int, day date not null)',
        "alter table february attach partition \"Feb; 1\" for values from ('2024-02-01') to ('2024-02-15')",
        "create table feb_2 partition of february for values from ('2024-02-15') to ('2024-03-01')",
        "create table other partition of days default",
        f"insert into days select n, date '2024-01-15' + n % 30, 'x' from generate_series(1, {rows}) n",
        "analyze",
    )


def test_partitions_are_read_by_their_own_pages_and_together_hold_every_row_once(postgres_url: str) -> None:
    _days(postgres_url)
    source = source_at(postgres_url, batch_rows=500)
    plan = source.plan(TableRequest(TableRef("days")))
    frame = pl.concat(source.batches(plan))
    assert len(plan.queries) > 3
    assert "4 tables that hold its rows" in plan.reason
    assert frame.columns == ["id", "day", "note"]
    assert frame["id"].sort().to_list() == list(range(1, 3001))
    assert set(frame["note"]) == {"x"}


def test_small_partitions_share_a_read(postgres_url: str) -> None:
    _days(postgres_url)
    plan = source_at(postgres_url).plan(TableRequest(TableRef("days")))
    assert len(plan.queries) == 1
    assert plan.queries[0].count("union all") == 3
    assert rows_of(source_at(postgres_url), "days").height == 3000


def test_a_condition_may_name_the_parent(postgres_url: str) -> None:
    _days(postgres_url)
    request = TableRequest(TableRef("days"), where="days.id <= 10 -- few")
    assert rows_of(source_at(postgres_url, batch_rows=500), request)["id"].sort().to_list() == list(range(1, 11))


def test_a_sample_takes_its_share_of_every_partition(postgres_url: str) -> None:
    _days(postgres_url)
    source = source_at(postgres_url, batch_rows=500)
    plan = source.plan(TableRequest(TableRef("days"), sample=0.5))
    frame = pl.concat(source.batches(plan))
    assert 1300 < frame.height < 1700
    assert frame["id"].n_unique() == frame.height
    assert frame["day"].dt.month().n_unique() == 2


def test_children_and_the_parents_own_rows_are_read_each_once(postgres_url: str) -> None:
    in_postgres(
        postgres_url,
        "create table t (id int)",
        "create table child (extra text) inherits (t)",
        "create table grandchild () inherits (child)",
        "insert into t select n from generate_series(1, 100) n",
        "insert into child select n from generate_series(101, 200) n",
        "insert into grandchild select n from generate_series(201, 300) n",
    )
    for batch_rows in (50, 131_072):
        frame = rows_of(source_at(postgres_url, batch_rows=batch_rows), "t")
        assert frame["id"].sort().to_list() == list(range(1, 301))
        assert frame.columns == ["id"]


def test_a_foreign_partition_is_read_as_a_whole(postgres_url: str) -> None:
    with_extension(postgres_url, "postgres_fdw")
    in_postgres(
        postgres_url,
        "create table far (id int)",
        "insert into far select n from generate_series(1, 10) n",
    )
    parts = urlsplit(postgres_url)
    in_postgres(
        postgres_url,
        "create server here foreign data wrapper postgres_fdw options"
        f" (dbname '{parts.path[1:]}', port '{parts.port or 5432}')",
        "create table t (id int) partition by range (id)",
        "create foreign table outside partition of t for values from (0) to (100) server here"
        " options (table_name 'far')",
        "create table inside partition of t default",
        "insert into t values (1000)",
    )
    schema = source_at(postgres_url).schema(TableRef("outside"))
    plan = source_at(postgres_url, batch_rows=5).plan(TableRequest(TableRef("t")))
    assert schema.size_bytes is None
    assert any('"outside"' in query for query in plan.queries)
    assert "a foreign table has no pages here" in source_at(postgres_url).plan(TableRequest(TableRef("outside"))).reason


def _as_user(url: str, name: str) -> str:
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=f"{name}@{parts.netloc.rpartition('@')[2]}"))


@pytest.mark.parametrize("rule", ["may not read all of its partitions", "rules about rows"])
def test_who_would_see_other_rows_in_the_parts_reads_the_whole(postgres_url: str, rule: str) -> None:
    user = f"reader_{secrets.token_hex(6)}"
    _days(postgres_url)
    in_postgres(postgres_url, f"create user {user}", f"grant select on days to {user}")
    if rule == "rules about rows":
        in_postgres(
            postgres_url,
            f"grant select on all tables in schema public to {user}",
            "alter table days enable row level security",
            "create policy few on days using (id <= 7)",
        )
    try:
        source = source_at(_as_user(postgres_url, user), batch_rows=500)
        plan = source.plan(TableRequest(TableRef("days")))
        assert rule in plan.reason
        assert len(plan.queries) == 1
        assert sum(batch.height for batch in source.batches(plan)) == (7 if rule == "rules about rows" else 3000)
    finally:
        in_postgres(postgres_url, f"drop owned by {user}", f"drop user {user}")


@pytest.mark.parametrize(
    ("partition", "days"),
    [
        (Partition("day", recent=1), ["2024-02-13"]),
        (Partition("day", recent=2), ["2024-02-12", "2024-02-13"]),
        (Partition("day", values=("2024-01-20", "2024-02-01", "1999-01-01")), ["2024-01-20", "2024-02-01"]),
        (Partition("day", values=("1999-01-01",)), []),
    ],
)
def test_only_the_partitions_with_the_wanted_values_are_read(
    postgres_url: str, partition: Partition, days: list[str]
) -> None:
    _days(postgres_url)
    source = source_at(postgres_url, batch_rows=50)
    plan = source.plan(TableRequest(TableRef("days"), partition=partition))
    batches = list(source.batches(plan))
    found = pl.concat(batches)["day"] if batches else pl.Series(dtype=pl.Date)
    assert sorted(map(str, found.unique())) == days
    assert found.len() == 100 * len(days) == plan.row_count == source.row_count(plan)
    assert not any('"january"' in query for query in plan.queries) or any(day < "2024-02" for day in days)
    assert plan.scope is not None
    assert plan.scope.partition_column == "day"
    if partition.recent:
        assert sorted(plan.scope.partition_values) == days


def test_a_plain_table_is_read_by_its_partition_column_too(postgres_url: str) -> None:
    in_postgres(
        postgres_url,
        "create table t (id int, region text)",
        "insert into t select n, 'it''s ' || n % 4 from generate_series(1, 4000) n",
        "insert into t values (0, null)",
    )
    source = source_at(postgres_url, batch_rows=1500)
    request = TableRequest(TableRef("t"), where="id > 2000 -- late", partition=Partition("region", recent=1))
    plan = source.plan(request)
    assert plan.reason == "One read, because the rows of these partitions fit one batch."
    assert plan.scope == Scope(where="id > 2000 -- late", partition_column="region", partition_values=("it's 3",))
    assert pl.concat(source.batches(plan))["id"].sort().to_list() == list(range(2003, 4001, 4))
    two = source.plan(TableRequest(TableRef("t"), partition=Partition("region", recent=2)))
    assert len(two.queries) > 1
    assert sum(batch.height for batch in source.batches(two)) == 2000


@pytest.mark.parametrize(
    ("partition", "error"),
    [
        (Partition("dya", recent=1), ColumnNotFound),
        (Partition("day", values=("no day",)), InvalidOption),
    ],
)
def test_a_partition_that_cannot_be_is_refused(postgres_url: str, partition: Partition, error: type[Exception]) -> None:
    _days(postgres_url)
    with pytest.raises(error, match="day"):
        source_at(postgres_url).plan(TableRequest(TableRef("days"), partition=partition))


@pytest.mark.parametrize("declared", ["real", "float8", "numeric", "numeric(10,2)"])
def test_nan_is_no_latest_partition(postgres_url: str, declared: str) -> None:
    in_postgres(postgres_url, f"create table t (f {declared})", "insert into t values ('NaN'), (1.5), (2.5), (null)")
    request = TableRequest(TableRef("t"), partition=Partition("f", recent=1))
    assert [float(value) for value in rows_of(source_at(postgres_url), request)["f"]] == [2.5]
