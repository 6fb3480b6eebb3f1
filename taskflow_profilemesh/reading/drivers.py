"""The drivers that keep a connection open, made alike: ADBC, which streams Arrow, and psycopg.

One statement runs at a time. What goes wrong is raised as the driver's own.

ADBC is used through its C interface. Its DB-API module would bring in pandas: 60 MB, and a second of every cold start.
"""

from __future__ import annotations

import importlib
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa

ADBC: Final = "adbc_driver_postgresql"
PSYCOPG: Final = "psycopg"
SNOWFLAKE: Final = "adbc_driver_snowflake"
_BATCH_BYTES_OPTION: Final = "adbc.postgresql.batch_size_hint_bytes"
_BATCH_BYTES: Final = 32 << 20
_CANCEL_SECONDS: Final = 1.0


def has_adbc() -> bool:
    """Say whether the ADBC driver for PostgreSQL is installed."""
    return find_spec(ADBC) is not None


def has_snowflake() -> bool:
    """Say whether the ADBC driver for Snowflake is installed."""
    return find_spec(SNOWFLAKE) is not None


def has_psycopg() -> bool:
    """Say whether psycopg is installed."""
    return find_spec(PSYCOPG) is not None


class AdbcConnection:
    """A connection of an ADBC driver; it runs every statement as it comes, transactions are the caller's to begin."""

    def __init__(self, database: Any, options: Mapping[str, str]) -> None:  # noqa: ANN401 -- the driver's database
        """Connect to the driver's database, which is closed with the connection; `options` are each statement's."""
        manager = importlib.import_module("adbc_driver_manager")
        self._manager = manager
        self._database = database
        self._options = dict(options)
        self._statement: Any = None  # the last one, until it is closed
        try:
            self._connection = manager.AdbcConnection(database)
        except BaseException:
            database.close()
            raise

    @classmethod
    def to_postgresql(cls, uri: str) -> AdbcConnection:
        """Connect to a libpq URI; batches are of some 32 MB each."""
        return cls(importlib.import_module(ADBC).connect(uri), {_BATCH_BYTES_OPTION: str(_BATCH_BYTES)})

    def rows(self, query: str) -> list[dict[str, Any]]:
        """Return a small result's rows."""
        try:
            rows: list[dict[str, Any]] = self.stream(query).read_all().to_pylist()
        finally:
            self.end()
        return rows

    def tell(self, statement: str) -> None:
        """Run a statement that answers nothing."""
        try:
            self._prepared(statement).execute_update()
        finally:
            self.end()

    def stream(self, query: str) -> pa.RecordBatchReader:
        """Return the reader of a statement's batches; `end` must follow."""
        import pyarrow as pa

        handle, _ = self._prepared(query).execute_query()
        return pa.RecordBatchReader.from_stream(handle)

    def end(self) -> None:
        """Close the last statement. What is left of a stream is read to its end first, unless it was cancelled."""
        statement, self._statement = self._statement, None
        if statement is not None:
            statement.close()

    def cancel(self) -> None:
        """End the statement that is running."""
        statement = self._statement
        if statement is not None:
            statement.cancel()

    def close(self) -> None:
        """Close what is open, the innermost first."""
        self.end()
        self._connection.close()
        self._database.close()

    def _prepared(self, query: str) -> Any:  # noqa: ANN401 -- the driver's statement
        self.end()
        self._statement = self._manager.AdbcStatement(self._connection)
        self._statement.set_sql_query(query)
        self._statement.set_options(**self._options)
        return self._statement


class SnowflakeConnection(AdbcConnection):
    """A connection to Snowflake, which answers in capitals where a statement has a name without quotes."""

    def __init__(self, options: Mapping[str, str], statement_options: Mapping[str, str]) -> None:
        """Connect with the driver's options."""
        super().__init__(importlib.import_module(SNOWFLAKE).connect(db_kwargs=dict(options)), statement_options)

    def rows(self, query: str) -> list[dict[str, Any]]:
        """Return a small result's rows, by names in lower case."""
        return [{name.lower(): value for name, value in row.items()} for row in super().rows(query)]


class PsycopgConnection:
    """A connection of psycopg."""

    def __init__(self, uri: str) -> None:
        """Connect to a libpq URI."""
        self._connection = importlib.import_module(PSYCOPG).connect(uri, autocommit=True)

    def rows(self, query: str) -> list[dict[str, Any]]:
        """Return a small result's rows."""
        with self._connection.cursor() as cursor:
            cursor.execute(query)
            names = [column[0] for column in cursor.description]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def tell(self, statement: str) -> None:
        """Run a statement that answers nothing."""
        with self._connection.cursor() as cursor:
            cursor.execute(statement)

    def cancel(self) -> None:
        """End the statement that is running; `cancel` without `safe` would hold up every thread meanwhile."""
        self._connection.cancel_safe(timeout=_CANCEL_SECONDS)

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()
