"""`storage:` where profiles are kept: a URL, an Airflow connection, or the parts of an address."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self
from urllib.parse import quote

from pydantic import BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from taskflow_profilemesh.config.section import Digits, Section, Text, conn_id_of
from taskflow_profilemesh.errors import InvalidOption

_SCHEMES = {"postgres": "postgresql", "postgresql": "postgresql", "mysql": "mysql", "mariadb": "mysql"}

_MOST_DAYS = 365_000  # a thousand years: what Python's times can go back

# As `storage.names` has it, which this room cannot know: a test holds them together.
TABLE_NAME = r"[A-Za-z_][A-Za-z0-9_]{0,44}"


def _table_name(value: object) -> object:
    if value is not None and not (isinstance(value, str) and re.fullmatch(TABLE_NAME, value)):
        kind, message = "table_name", "Input should be 1 to 45 letters, digits and underscores, no digit first"
        raise PydanticCustomError(kind, message)
    return value


TableName = Annotated[str, BeforeValidator(_table_name)]


class StoreAddress(Section):
    """`storage.connection:` an Airflow connection, or the parts of an address; a `filepath` is SQLite's alone."""

    conn_id: Text | None = None
    type: Literal["postgres", "postgresql", "mysql", "mariadb", "sqlite"] | None = None
    host: Text | None = None
    port: Annotated[str | None, Digits] = None
    database: Text | None = None
    username: Text | None = None
    password: Annotated[str | None, Field(repr=False)] = None
    filepath: Text | None = None

    def store(self) -> str:
        """Return a connection's id, or a URL as SQLAlchemy reads it, password included: pass it on, never print it."""
        if self.conn_id is not None:
            return self.conn_id
        if self.type == "sqlite":
            return f"sqlite:///{self.filepath}"
        password = f":{quote(self.password, safe='')}" if self.password else ""
        user = f"{quote(self.username, safe='')}{password}@" if self.username else ""
        port = f":{self.port}" if self.port else ""
        return f"{_SCHEMES[self.type or '']}://{user}{self.host}{port}/{quote(self.database or '', safe='')}"

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        given = set(self.given())
        if "conn_id" in given:
            wanted, may = "no other key beside it", {"conn_id"}
        elif self.type == "sqlite":
            wanted, may = "type and filepath alone, for sqlite", {"type", "filepath"}
        else:
            wanted = "type, host and database, and maybe port, username and password"
            may = {"type", "host", "database", "port", "username", "password"} & (given | {"type", "host", "database"})
        if given != may:
            raise InvalidOption(option="type" if "conn_id" not in given else "conn_id", got="", expected=wanted)
        return self


def _address(value: object) -> object:
    if value is None or isinstance(value, Mapping):
        return value
    conn_id = conn_id_of(value)
    if conn_id is None:
        kind, message = (
            "connection_type",
            "Input should be '{{ conn.its_id }}', or a mapping of an address",
        )
        raise PydanticCustomError(kind, message)
    return {"conn_id": conn_id}


class Storage(Section):
    """`storage:` where profiles are kept, and how long; `store` and `connection` are two ways to say where."""

    store: Annotated[Text | None, Field(repr=False)] = None
    connection: Annotated[
        StoreAddress | None, BeforeValidator(_address, json_schema_input_type=StoreAddress | Text | None)
    ] = None
    results_table: TableName | None = None
    runs_table: TableName | None = None
    keep_runs: Annotated[int, Field(ge=1)] | None = None
    keep_days: Annotated[float, Field(gt=0, le=_MOST_DAYS, allow_inf_nan=False)] | None = None

    def named(self) -> str | None:
        """Return the store as the option `store` takes it; None where none is given."""
        return self.connection.store() if self.connection else self.store

    def settings(self) -> dict[str, Any]:
        """Return what is said of the store itself: how its tables are called, and how long runs are kept."""
        named = ("results_table", "runs_table", "keep_runs", "keep_days")
        return {name: value for name, value in self.given().items() if name in named}

    @model_validator(mode="after")
    def _names_one_store(self) -> Self:
        if self.store is not None and self.connection is not None:
            raise InvalidOption(option="connection", got="", expected="store or connection, not both")
        return self
