"""A request's `where` is looked at before the first row is read, by the database that will evaluate it."""

from __future__ import annotations

from pathlib import Path

import pytest

from taskflow_profilemesh.errors import ConditionRefused
from taskflow_profilemesh.reading import DatabaseSource
from taskflow_profilemesh.tables import TableRef, TableRequest
from tests.taskflow_profilemesh.reading.servers import in_mysql, in_postgres, in_sqlite, rows_of, source_at

STATEMENTS = ("create table people (id integer, name varchar(20))", "insert into people values (1, 'secret'), (2, 'b')")
WRONG = [
    ("id >> > 1", "syntax error"),
    ("id < 2;", "syntax error"),
    ("id < 2 /*", "syntax error"),
    ("idd > 1", "names a column"),
    ("count(*) > 1", "aggregates"),
    ("nothing_of_that_name(id) > 1", "exist"),
    ("id < 9) or (id < 9", "parentheses"),
]
RIGHT = ["id < 2", "id < 2 -- the first", "name like '%ecre%'", "id in (select min(id) from people)"]


@pytest.fixture(
    params=[
        "sqlite",
        pytest.param("postgres", marks=pytest.mark.postgres),
        pytest.param("mysql", marks=pytest.mark.mysql),
    ]
)
def source(request: pytest.FixtureRequest, tmp_path: Path) -> DatabaseSource:
    if request.param == "sqlite":
        return source_at(in_sqlite(tmp_path / "people.db", *STATEMENTS))
    url: str = request.getfixturevalue(f"{request.param}_url")
    (in_postgres if request.param == "postgres" else in_mysql)(url, *STATEMENTS)
    return source_at(url)


def test_a_condition_that_cannot_be_evaluated_is_refused_in_words_of_ours(source: DatabaseSource) -> None:
    for where, word in WRONG:
        with pytest.raises(ConditionRefused, match=word) as caught:
            source.plan(TableRequest(TableRef("people"), where=where))
        assert "secret" not in str(caught.value)
        assert not caught.value.retryable


def test_a_condition_that_can_be_evaluated_is_not_touched(source: DatabaseSource) -> None:
    for where in RIGHT:
        assert rows_of(source, TableRequest(TableRef("people"), where=where))["id"].to_list() == [1]
