from __future__ import annotations

import pytest

from taskflow_profilemesh.reading import Dialect
from taskflow_profilemesh.tables import TableRef


@pytest.mark.parametrize(
    ("dialect", "quoted"),
    [(Dialect.POSTGRESQL, '"a""b`c"'), (Dialect.MYSQL, '`a"b``c`'), (Dialect.SQLITE, '"a""b`c"')],
)
def test_a_name_cannot_end_its_own_quotes(dialect: Dialect, quoted: str) -> None:
    assert dialect.quoted('a"b`c') == quoted


def test_a_table_is_written_with_its_schema_where_it_has_one() -> None:
    assert Dialect.POSTGRESQL.relation(TableRef("t", "s")) == '"s"."t"'
    assert Dialect.SQLITE.relation(TableRef("t")) == '"t"'


def test_postgres_literals_mean_the_same_whatever_the_server_thinks_of_backslashes() -> None:
    assert Dialect.POSTGRESQL.literal("it's") == "'it''s'"
    assert Dialect.POSTGRESQL.literal("a\\'") == "E'a\\\\'''"


def test_mysql_literals_are_written_as_bytes() -> None:
    assert Dialect.MYSQL.literal("it's") == "_utf8mb4 X'69742773'"


def test_sqlite_literals_hold_whatever_a_text_may_hold() -> None:
    assert Dialect.SQLITE.literal("it's ä\\") == "('it''s ä\\')"
    assert Dialect.SQLITE.literal("a\x00b") == "('a' || char(0) || 'b')"
