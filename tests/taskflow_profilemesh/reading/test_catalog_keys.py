from __future__ import annotations

from typing import Any

from taskflow_profilemesh.reading.catalog.keys import primary_key
from taskflow_profilemesh.reading.catalog.names import names_by_schema
from taskflow_profilemesh.reading.dialect import Dialect
from taskflow_profilemesh.tables import TableRef


def rows(**positions: object) -> list[dict[str, Any]]:
    return [{"column_name": name, "key_position": position} for name, position in positions.items()]


def test_a_primary_key_has_its_own_order_and_not_that_of_the_columns() -> None:
    assert primary_key(rows(a=2, b=None, c=1)) == ("c", "a")


def test_positions_that_come_as_texts_are_numbers() -> None:
    assert primary_key(rows(**{f"c{n}": str(12 - n) for n in range(12)}))[:3] == ("c11", "c10", "c9")


def test_a_table_without_a_primary_key_has_none() -> None:
    assert primary_key(rows(a=None, b=0)) == ()


def test_tables_are_asked_for_by_schema_and_their_names_are_literals() -> None:
    wanted = [TableRef("orders", "shop"), TableRef("users"), TableRef("o'clock", "shop")]
    assert names_by_schema(wanted, Dialect.MSSQL) == {"shop": "N'orders', N'o''clock'", None: "N'users'"}
