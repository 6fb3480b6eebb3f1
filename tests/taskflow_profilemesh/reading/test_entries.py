"""Planning many tables: the catalog is asked once, and each table has the plan, or the error, that it has by itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from taskflow_profilemesh.errors import ColumnNotFound, ConnectionLost, ProfileMeshError, ReadFailed, TableNotFound
from taskflow_profilemesh.reading import DatabaseSource, Dialect
from taskflow_profilemesh.reading.catalog import CATALOGS
from taskflow_profilemesh.reading.entries import Entries
from taskflow_profilemesh.reading.reads import Reader
from taskflow_profilemesh.reading.size import BatchSize
from taskflow_profilemesh.tables import TableRef, TableRequest
from tests.grown import DATABASES, Grown, grown
from tests.taskflow_profilemesh.reading.relay import relay_to
from tests.taskflow_profilemesh.reading.servers import in_postgres, source_at


@pytest.fixture(params=DATABASES)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Grown:
    return grown(request, tmp_path)


def plan_singly(source: DatabaseSource, requests: list[TableRequest]) -> list[object]:
    """Return what each request gets by itself: its plan, or its error's class and text."""
    planned: list[object] = []
    for request in requests:
        try:
            planned.append(source.plan(request))
        except ProfileMeshError as error:
            planned.append((type(error), str(error)))
    return planned


def plan_together(source: DatabaseSource, requests: list[TableRequest]) -> list[object]:
    return [(type(one), str(one)) if isinstance(one, ProfileMeshError) else one for one in source.plans(requests)]


def test_together_tables_get_the_plans_and_the_errors_that_they_get_singly(database: Grown) -> None:
    database.fill(range(10))
    database.run(
        "create table keyed (a int not null, b varchar(9) not null, c int unique, primary key (b, a))",
        "create unique index keyed_cb on keyed (c, b)",
        "create view seen as select id, name from t",
        'create table "Odd ""name" (x int)' if "mysql" not in database.url else 'create table `Odd "name` (x int)',
    )
    source = database.source
    schema = {table.name: table.schema for table in source.tables()}["t"] or "main"
    requests = [
        TableRequest(TableRef("t")),
        TableRequest(TableRef("missing")),
        TableRequest(TableRef("keyed"), columns=("b",)),
        TableRequest(TableRef("t"), columns=("nothing",)),
        TableRequest(TableRef("seen")),
        TableRequest(TableRef('Odd "name')),
        TableRequest(TableRef("t", schema), where="id > 3"),
        TableRequest(TableRef("t", "no_such_schema")),
        TableRequest(TableRef("t"), sample=0.5, incremental="id"),
    ]
    together = plan_together(source, requests)
    assert together == plan_singly(source, requests)
    assert [one[0] for one in together if isinstance(one, tuple)][:3] == [TableNotFound, ColumnNotFound, TableNotFound]


@pytest.mark.postgres
def test_a_name_without_a_schema_and_the_same_table_with_it_are_told_from_that_of_another_schema(
    postgres_url: str,
) -> None:
    in_postgres(postgres_url, "create schema other", "create table t (a int)", "create table other.t (b int)")
    names = [TableRef("t"), TableRef("t", "other"), TableRef("t", "public")]
    plans = plan_together(source_at(postgres_url), [TableRequest(name) for name in names])
    assert plans == plan_singly(source_at(postgres_url), [TableRequest(name) for name in names])


@pytest.mark.postgres
def test_partitions_of_many_tables_stay_with_their_table(postgres_url: str) -> None:
    made = [
        statement
        for name in ("p", "q")
        for statement in (
            f"create table {name} (day int, n int) partition by range (day)",
            f"create table {name}_1 partition of {name} for values from (1) to (2)",
            f"create table {name}_2 partition of {name} for values from (2) to (3)",
            f"insert into {name} select 1 + n % 2, n from generate_series(1, 3000) n",
        )
    ]
    in_postgres(postgres_url, "create domain whole as int", *made, "create table d (w whole, unique (w))", "analyze")
    requests = [TableRequest(TableRef(name)) for name in ("p", "d", "q", "p_1")]
    source = source_at(postgres_url, batch_rows=1_000)
    assert plan_together(source, requests) == plan_singly(source, requests)


@pytest.mark.postgres
@pytest.mark.parametrize("reader", ["connectorx", "adbc"])
def test_planning_201_tables_of_postgresql_asks_its_catalog_twice(postgres_url: str, reader: Reader) -> None:
    in_postgres(postgres_url, *(f"create table t{number} (a int, b text)" for number in range(201)))
    with relay_to(postgres_url) as (relay, url):
        source = source_at(f"{url}?sslmode=disable", reader=reader)
        plans = list(source.plans([TableRequest(TableRef(f"t{number}")) for number in range(201)]))
        source.close()
        asked = [text for text in relay.statements() if "wanted" in text]
    assert not [plan for plan in plans if isinstance(plan, ProfileMeshError)]
    assert len({text.removeprefix("COPY (").partition(") TO")[0] for text in asked}) == 2


class Refusing:
    """A catalog that takes no statement about more than one table."""

    def __init__(self, error: type[ReadFailed]) -> None:
        self._error = error

    def rows(self, query: str, *, about: str) -> list[dict[str, Any]]:
        raise self._error(source="w", table=about, reason="refused")


def entries(error: type[ReadFailed]) -> Entries:
    return Entries(Refusing(error), CATALOGS[Dialect.SQLITE], BatchSize(), source="w")


def test_where_the_statement_about_many_is_refused_nothing_is_known_of_any() -> None:
    assert entries(ReadFailed).entries([TableRef("a"), TableRef("b")]) == {}


def test_a_lost_connection_is_no_fault_of_a_table() -> None:
    with pytest.raises(ConnectionLost):
        entries(ConnectionLost).entries([TableRef("a"), TableRef("b")])


@pytest.mark.postgres
def test_a_name_that_the_server_cannot_take_costs_the_others_nothing(postgres_url: str) -> None:
    in_postgres(postgres_url, "create table a (x int)", "create table b (x int)")
    requests = [TableRequest(TableRef(name)) for name in ("a", "nul\0", "b")]
    a, nul, b = source_at(postgres_url).plans(requests)
    assert isinstance(nul, ProfileMeshError)
    assert not isinstance(a, ProfileMeshError)
    assert not isinstance(b, ProfileMeshError)
