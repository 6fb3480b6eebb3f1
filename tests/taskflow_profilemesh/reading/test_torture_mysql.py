"""Every type that MySQL and MariaDB have, their worst values, and names of any shape: nothing costs the table."""

from __future__ import annotations

import pymysql
import pytest

from taskflow_profilemesh.tables import TableRef
from tests.databases import mysql_connection
from tests.taskflow_profilemesh.reading.servers import in_mysql, source_at
from tests.taskflow_profilemesh.reading.torture import profile_of, unprofiled

pytestmark = pytest.mark.mysql

WORST: dict[str, tuple[str, ...]] = {
    "tinyint": ("-128", "127"),
    "tinyint(1)": ("2", "0"),
    "smallint unsigned": ("65535",),
    "mediumint": ("-8388608",),
    "int(5) zerofill": ("7", "4294967295"),
    "bigint": ("-9223372036854775808", "9223372036854775807"),
    "bigint unsigned": ("18446744073709551615", "0"),
    "decimal(65,30)": ("99999999999999999999999999999999999.999999999999999999999999999999", "-1e-30"),
    "decimal(65,0)": ("-" + "9" * 65,),
    "decimal(38,38)": ("0." + "9" * 38,),
    "decimal(5,2) unsigned": ("999.99",),
    "float": ("3.4e38", "-1e-38"),
    "double": ("1.7976931348623157e308", "-2.2e-308"),
    "float(7,3)": ("1.5",),
    "date": ("'0000-00-00'", "'2024-02-00'", "'9999-12-31'", "'1000-01-01'", "'2024-02-31'"),
    "datetime": ("'0000-00-00'", "'2024-00-00 00:00:00'", "'9999-12-31 23:59:59'", "'0001-01-01'"),
    "datetime(6)": ("'0000-00-00'", "'2024-01-02 03:04:05.000006'"),
    "timestamp null": ("'0000-00-00'", "'1970-01-01 12:00:01'", "'2038-01-18 03:14:07'"),
    "timestamp(6) null": ("'2024-01-02 03:04:05.999999'",),
    "time": ("'838:59:59'", "'-838:59:59'", "'24:00:00'", "'00:00:00'"),
    "time(6)": ("'-25:00:00.123456'",),
    "year": ("0", "1901", "2155"),
    "char(5)": ("''", "'ä  '"),
    "char(0)": ("''",),
    "varchar(200) character set latin1": ("'ä'", "' '"),
    "varchar(200) character set utf16": ("'ä😀'",),
    "text": ("''", "repeat('ä', 20000)"),
    "longtext": ("repeat('😀', 20000)",),
    "binary(4)": ("X'00ff'",),
    "varbinary(10)": ("''", "X'00ff'"),
    "longblob": ("repeat(X'00', 50000)",),
    "enum('','a''b','c,d')": ("''", "'a''b'", "'not one'"),
    "set('x','y')": ("''", "'x,y'"),
    "bit(1)": ("b'0'", "b'1'"),
    "bit(64)": ("18446744073709551615",),
    "json": ('\'{"a": 1, "a": 2}\'', "'[1e400]'", "'null'", "'\"ä\"'"),
    "geometry": ("st_geomfromtext('POINT(1 2)')", "st_geomfromtext('GEOMETRYCOLLECTION EMPTY')"),
    "polygon": ("st_geomfromtext('POLYGON((0 0,0 1,1 1,0 0))')",),
    "multipoint": ("st_geomfromtext('MULTIPOINT(0 0,1 1)')",),
    "inet6": ("'::1'",),
    "inet4": ("'10.0.0.1'",),
    "uuid": ("'00000000-0000-0000-0000-000000000001'",),
    "boolean": ("true",),
}


def _accepted(url: str, declared: str, values: tuple[str, ...]) -> tuple[str, ...] | None:
    """Return the values that this server takes for the type; None where no column can have it."""
    with mysql_connection(url) as connection, connection.cursor() as cursor:
        cursor.execute("set sql_mode = 'ALLOW_INVALID_DATES'")
        try:
            cursor.execute(f"create temporary table probe (x {declared})")
        except pymysql.MySQLError:
            return None
        taken = []
        for value in values:
            try:
                cursor.execute(f"insert into probe values ({value})")
                taken.append(value)
            except pymysql.MySQLError:
                continue
    return tuple(taken)


def test_every_type_and_its_worst_values_are_profiled(mysql_url: str) -> None:
    columns = {
        name: taken for name, values in WORST.items() if (taken := _accepted(mysql_url, name, values)) is not None
    }
    assert len(columns) > 35
    names = {name: f"c{place}" for place, name in enumerate(columns)}
    in_mysql(
        mysql_url,
        "set sql_mode = 'ALLOW_INVALID_DATES'",
        f"create table t ({', '.join(f'{names[name]} {name}' for name in columns)}) character set utf8mb4",
        f"insert into t ({names['tinyint']}) values (null)",
        *(f"insert into t ({names[name]}) values ({value})" for name, values in columns.items() for value in values),
    )
    source = source_at(mysql_url)
    profile = profile_of(source)
    assert unprofiled(profile) == {}
    found = {column.schema.name: column for column in profile.columns}
    no_dates = {"date": 2, "datetime": 2, "datetime(6)": 1, "timestamp null": 1}  # they read as null
    for name, values in columns.items():
        assert (name, found[names[name]].value_count) == (name, len(values) - no_dates.get(name, 0) - (name == "date"))
    assert found[names["bigint unsigned"]].maximum == 18446744073709551615
    assert str(found[names["decimal(65,30)"]].maximum) == WORST["decimal(65,30)"][0]
    assert unprofiled(profile_of(source, sample=3)) == {}


def test_generated_and_invisible_columns_are_read(mysql_url: str) -> None:
    in_mysql(
        mysql_url,
        "create table t (id int auto_increment primary key, n int, twice int generated always as (n * 2) virtual,"
        " thrice int generated always as (n * 3) stored)",
        "insert into t (n) values (1), (2)",
    )
    profile = profile_of(source_at(mysql_url))
    assert [column.maximum for column in profile.columns] == [2, 2, 4, 6]


NAMES = [
    "a`b; drop table x; -- 'ä\\ %s .\"",
    "Select",
    "MiXeD",
    "tab\there",
    "日本語テーブル",
    "%%s",
    "{}",
    "?",
    "a.b",
    "*",
    "c0",
    "q",
    "x" * 64,
    "/* */",
    "--",
]


def test_identifiers_of_any_shape_are_safe_everywhere(mysql_url: str) -> None:
    quoted = ["`" + name.replace("`", "``") + "`" for name in NAMES]
    in_mysql(mysql_url, "create table x (a int)")
    columns = ", ".join(f"{name} int comment 'it''s'" for name in quoted)
    for written in quoted:
        in_mysql(
            mysql_url,
            f"create table {written} ({columns}) comment 'why; \\'so\\''",
            f"insert into {written} values ({', '.join('9' for _ in NAMES)})",
        )
    source = source_at(mysql_url)
    known = {table.name for table in source.tables()}
    for name in NAMES:
        assert name in known
        profile = profile_of(source, TableRef.parse(str(TableRef(name, mysql_url.rpartition("/")[2]))))
        assert [column.schema.name for column in profile.columns] == NAMES
        assert {column.maximum for column in profile.columns} == {9}
        assert (profile.schema.comment, profile.schema.columns[0].comment) == ("why; 'so'", "it's")
    assert "x" in known


def test_decimals_that_share_a_double_are_counted_each(mysql_url: str) -> None:
    values = ", ".join(f"({1234567890123456789 + n}, 12345678901234567890.5)" for n in range(100))
    in_mysql(mysql_url, "create table t (id decimal(19,0), same decimal(38,10))", f"insert into t values {values}")
    profile = profile_of(source_at(mysql_url), "t")
    told = [column.distinct and (column.distinct.count, column.distinct.is_exact) for column in profile.columns]
    assert told == [(100, True), (1, True)]
    assert profile.columns[0].is_key_candidate is not None
    assert profile.duplicates is not None
    assert (profile.duplicates.duplicate_count, profile.duplicates.is_exact) == (0, True)
