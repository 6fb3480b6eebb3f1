"""SQL Server without a server: addresses, statements and the catalog's reader, by their texts and recorded rows."""

from __future__ import annotations

import socket
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from taskflow_profilemesh.commands.sources import connection_address
from taskflow_profilemesh.errors import InvalidOption
from taskflow_profilemesh.events.dataset_names import table_dataset
from taskflow_profilemesh.profiling.schema import Kind
from taskflow_profilemesh.reading import DatabaseAddress
from taskflow_profilemesh.reading.catalog import Key, Whole, mssql
from taskflow_profilemesh.reading.convert import frame_from
from taskflow_profilemesh.reading.counting import countings
from taskflow_profilemesh.reading.dialect import Dialect
from taskflow_profilemesh.reading.failures import Trouble, recognise
from taskflow_profilemesh.reading.plan import Bounds, Planner, check_possible
from taskflow_profilemesh.reading.query import Statements
from taskflow_profilemesh.reading.reachability import is_reachable
from taskflow_profilemesh.tables import Partition, TableRef, TableRequest

ORDERS = Statements(Dialect.MSSQL, TableRef("or]ders", "dbo"), where="id > 5 -- late")


def _row(data_type: str = "int", **said: Any) -> dict[str, Any]:
    row = {
        "is_unnamed": 1,
        "schema_name": "dbo",
        "table_name": "t",
        "table_type": "U ",
        "column_name": "a",
        "data_type": data_type,
        "type_name": data_type,
        "max_length": 4,
        "digits": 10,
        "scale": 0,
        "is_nullable": 1,
        "key_position": None,
        "key_places": None,
        "row_estimate": 1000,
        "size_bytes": 8192,
        "table_comment": "what came in",
        "column_comment": None,
    }
    return row | said


def _table(*rows: dict[str, Any]) -> Any:
    return mssql.table_from(TableRef("t"), rows, batch_rows=10, batch_bytes=10)


@pytest.mark.parametrize(
    ("url", "uri"),
    [
        ("mssql://sa:p%40w@db:1434/shop", "mssql://sa:p%40w@db:1434/shop?encrypt=true"),
        ("mssql+pyodbc://sa:x@db/shop?driver=ODBC+Driver+18", "mssql://sa:x@db:1433/shop?encrypt=true"),
        (
            "sqlserver://sa:x@db/shop?Encrypt=no&TrustServerCertificate=yes",
            "mssql://sa:x@db:1433/shop?encrypt=false&trust_server_certificate=true",
        ),
        (
            "mssql://db/shop?trusted_connection=true&trust_server_certificate_ca=/ca.crt",
            "mssql://db:1433/shop?encrypt=true&trusted_connection=true&trust_server_certificate_ca=%2Fca.crt",
        ),
    ],
)
def test_an_address_is_written_as_connectorx_takes_it_and_encrypted_unless_it_says_not(url: str, uri: str) -> None:
    address = DatabaseAddress.from_url(url)
    assert address.uri() == uri
    assert str(address) == uri.partition("?")[0].replace("sa:p%40w@", "").replace("sa:x@", "")


@pytest.mark.parametrize(("query", "got"), [("encrypt=banana", "another word"), ("instance=x", "instance")])
def test_a_parameter_that_the_driver_would_pass_over_is_refused(query: str, got: str) -> None:
    with pytest.raises(InvalidOption, match=got) as caught:
        DatabaseAddress.from_url(f"mssql://sa:x@db/shop?{query}")
    assert "banana" not in str(caught.value)


def test_an_airflow_connection_of_type_mssql_is_an_address() -> None:
    said = (
        '{"conn_type": "mssql", "host": "db", "login": "sa", "password": "x", "schema": "shop",'
        ' "extra": {"Encrypt": "yes", "TrustServerCertificate": "yes", "charset": "utf8", "other": 1}}'
    )
    address = connection_address("w", {"AIRFLOW_CONN_W": said})
    assert address.uri() == "mssql://sa:x@db:1433/shop?encrypt=true&trust_server_certificate=true"
    assert table_dataset(address, TableRef("t", "dbo")) == ("mssql://db:1433", "shop.dbo.t")


@pytest.mark.parametrize(
    ("row", "kind", "declared", "expression", "digits"),
    [
        (_row("bigint"), Kind.INTEGER, "bigint", "[a]", None),
        (_row("bit"), Kind.BOOLEAN, "bit", "[a]", None),
        (_row("real"), Kind.FLOAT, "real", "[a]", None),
        (
            _row("decimal", digits=38, scale=10),
            Kind.DECIMAL,
            "decimal(38,10)",
            "cast(cast([a] as decimal(38,10)) as varchar(41))",
            (38, 10),
        ),
        (_row("money"), Kind.DECIMAL, "money", "cast(cast([a] as decimal(19,4)) as varchar(41))", (19, 4)),
        (_row("nvarchar", max_length=40), Kind.TEXT, "nvarchar(20)", "cast([a] as nvarchar(max))", None),
        (_row("varchar", max_length=-1), Kind.TEXT, "varchar(max)", "cast([a] as nvarchar(max))", None),
        (_row("nvarchar", type_name="sysname"), Kind.TEXT, "sysname", "cast([a] as nvarchar(max))", None),
        (_row("ntext"), Kind.TEXT, "ntext", "cast([a] as nvarchar(max))", None),
        (_row("date"), Kind.DATE, "date", "convert(varchar(10), [a], 23)", None),
        (
            _row("smalldatetime"),
            Kind.DATETIME,
            "smalldatetime",
            "convert(varchar(27), cast([a] as datetime2(7)), 121)",
            None,
        ),
        (
            _row("datetimeoffset", scale=7),
            Kind.DATETIME,
            "datetimeoffset(7)",
            "convert(varchar(27), cast(switchoffset([a], '+00:00') as datetime2(7)), 121)",
            None,
        ),
        (_row("time", scale=3), Kind.TIME, "time(3)", "convert(varchar(16), [a], 121)", None),
        (_row("uniqueidentifier"), Kind.OTHER, "uniqueidentifier", "lower(cast([a] as varchar(36)))", None),
        (_row("timestamp"), Kind.BINARY, "timestamp", "cast([a] as varbinary(max))", None),
        (_row("geography"), Kind.OTHER, "geography", "[a].STAsText()", None),
        (_row("hierarchyid"), Kind.OTHER, "hierarchyid", "[a].ToString()", None),
        (_row("sql_variant"), Kind.OTHER, "sql_variant", "cast([a] as nvarchar(4000))", None),
        (_row("xml"), Kind.OTHER, "xml", "cast([a] as nvarchar(max))", None),
        (_row("json"), Kind.JSON, "json", "cast([a] as nvarchar(max))", None),
    ],
)
def test_a_column_is_read_in_a_form_that_the_driver_takes(
    row: dict[str, Any], kind: Kind, declared: str, expression: str, digits: tuple[int, int] | None
) -> None:
    (column,) = _table(row).columns
    assert (column.schema.kind, column.schema.declared_type) == (kind, declared)
    assert (column.expression, column.digits) == (expression, digits)


def test_the_catalog_knows_keys_sizes_and_comments() -> None:
    table = _table(
        _row(column_name="id", is_nullable=0, key_position=1, key_places="3 2"),
        _row("nvarchar", column_name="code", key_places="2 1,3 1", column_comment="short"),
        _row(table_name="T", column_name="of another table"),
    )
    schema = table.schema
    assert (str(schema.table), schema.primary_key, schema.unique_keys) == (
        "dbo.t",
        ("id",),
        (("code",), ("code", "id")),
    )
    assert (schema.row_estimate, schema.size_bytes, schema.comment) == (1000, 8192, "what came in")
    assert [(column.comment, column.nullable) for column in schema.columns] == [(None, False), ("short", True)]
    assert table.cut == Key("[id]", nullable=False)
    assert _table() is None


def test_what_has_no_unique_whole_number_is_read_at_once() -> None:
    assert _table(_row("nvarchar", key_position=1)).cut == Whole("it has no unique whole number to cut it by")
    assert isinstance(_table(_row(table_type="V ", key_position=1)).cut, Whole)
    assert _table(_row("bigint", key_places="2 1")).cut == Key("[a]", nullable=True)


def test_tables_are_listed_with_and_without_their_schema() -> None:
    rows = [_row(), _row(schema_name="other", is_unnamed=0)]
    assert mssql.tables_from(rows) == [TableRef("t", "dbo"), TableRef("t", "other")]
    assert mssql.tables_from(rows, unnamed_only=True) == [TableRef("t", "dbo")]


def test_names_in_the_catalogs_query_are_texts() -> None:
    query = mssql.entries_query([TableRef("it's"), TableRef("b", "dbo")])
    assert "(s.schema_id = schema_id() and o.name in (N'it''s')" in query
    assert "or s.schema_id = schema_id(N'dbo') and o.name in (N'b'))" in query


def test_statements_are_in_its_own_words() -> None:
    assert ORDERS.count() == "select count_big(*) as row_count from [dbo].[or]]ders] where (\nid > 5 -- late\n)"
    columns = _table(_row(column_name="id"), _row("date", column_name="d;"))
    throw = Dialect.MSSQL.chance(0.25)
    assert ORDERS.select(columns.columns, "[id] < 7", throw) == (
        "select [id] as c0, convert(varchar(10), [d;], 23) as c1 from [dbo].[or]]ders] where (\nid > 5 -- late\n)"
        " and ([id] < 7) and (abs(cast(checksum(newid()) as bigint)) < 536870912)"
    )
    money = _table(_row("money")).columns
    assert "cast(sum(cast([a] as decimal(19,4))) as varchar(41)) as s0" in ORDERS.decimal_totals(money)[0]


def test_a_large_table_is_read_in_ranges_of_its_key() -> None:
    entry = _table(_row(column_name="id", is_nullable=0, key_position=1, row_estimate=40))
    statements = Statements(Dialect.MSSQL, TableRef("t", "dbo"))
    assert statements.bounds(entry, entry.columns) == (
        "select (select coalesce(min([id]), 0) from [dbo].[t]) as low,"
        " (select coalesce(max([id]), 0) from [dbo].[t]) as high"
    )
    plan = Planner(statements, 10, 1 << 20, ()).plan(entry, entry.columns, bounds=Bounds(low=1, high=40), sampling=None)
    assert len(plan.queries) > 1
    assert plan.queries[0].startswith("select [id] as c0 from [dbo].[t] where ([id] < ")


def test_counts_beside_a_sample_use_what_its_older_types_allow() -> None:
    columns = _table(_row("ntext"), _row("float", column_name="f")).columns
    (counting,) = countings(Statements(Dialect.MSSQL, TableRef("t")), columns)
    query = counting.query()
    assert "count_big(*) as qn" in query
    assert "count_big(case when [a] is not null then 1 end) as qv0" in query
    assert "min(cast([a] as nvarchar(max)) collate Latin1_General_100_BIN2) as qa0" in query
    assert "filter" not in query


def test_texts_of_moments_and_decimals_become_what_they_are() -> None:
    columns = _table(
        _row("datetime2", column_name="m"),
        _row("datetimeoffset", column_name="o"),
        _row("date", column_name="d"),
        _row("time", column_name="t"),
        _row("decimal", digits=38, scale=2, column_name="n"),
    ).columns
    texts = ("2024-01-02 03:04:05.1234567", "9999-12-31 23:59:59.0000000", "0001-01-01", "23:59:59.9999999", "-1.50")
    table = pa.table({f"c{place}": [None, text] for place, text in enumerate(texts)})
    assert frame_from(table, columns).row(1) == (
        datetime(2024, 1, 2, 3, 4, 5, 123456, tzinfo=UTC).replace(tzinfo=None),
        datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC),
        date(1, 1, 1),
        time(23, 59, 59, 999999),
        Decimal("-1.50"),
    )


@pytest.mark.parametrize(
    "request_",
    [TableRequest(TableRef("t"), incremental="id"), TableRequest(TableRef("t"), partition=Partition("d", 1))],
)
def test_what_was_never_tried_there_is_refused(request_: TableRequest) -> None:
    with pytest.raises(InvalidOption, match="SQL Server"):
        check_possible(request_, Dialect.MSSQL)


@pytest.mark.parametrize(
    ("message", "connecting", "trouble"),
    [
        ("Token error: 'Login failed for user 'sa'.' on server", True, Trouble.LOGIN),
        ('Cannot open database "nope" requested by the login. The login failed.', True, Trouble.DATABASE),
        ("Token error: 'Invalid object name 't'.'", False, Trouble.QUERY),
        ("Token error: 'Invalid column name 'x'.'", False, Trouble.QUERY),
        ("Token error: 'Incorrect syntax near 'x'.'", False, Trouble.QUERY),
        ("The SELECT permission was denied on the object 't'", False, Trouble.READING),
    ],
)
def test_its_messages_are_understood(message: str, connecting: bool, trouble: Trouble) -> None:  # noqa: FBT001
    assert recognise(message, connecting=connecting).trouble is trouble


@pytest.mark.parametrize(("answer", "is_there"), [(b"\x04\x01\x00\x1a", True), (b"HTTP/1.1 400", False)])
def test_a_server_is_told_from_others_by_its_answer_to_a_prelogin(answer: bytes, *, is_there: bool) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener, ThreadPoolExecutor(1) as pool:
        address = DatabaseAddress.from_url(f"mssql://sa:x@127.0.0.1:{listener.getsockname()[1]}/shop")
        asked = pool.submit(is_reachable, address, timeout_seconds=3)
        caller, _ = listener.accept()
        with caller:
            sent = caller.recv(100)
            caller.sendall(answer)
            assert asked.result() is is_there
    assert (sent[0], int.from_bytes(sent[2:4], "big")) == (0x12, len(sent))
