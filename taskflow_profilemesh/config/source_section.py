"""`source:` the database that is profiled: an Airflow connection, a URL, or the parts of an address."""

from __future__ import annotations

from typing import Annotated, Final, Literal, Self
from urllib.parse import quote, urlencode

from pydantic import Field, model_validator

from taskflow_profilemesh.config.section import ConnectionId, ConnectionReference, Digits, Section, Text, conn_id_of
from taskflow_profilemesh.errors import InvalidOption

SourceType = Literal["postgres", "postgresql", "mysql", "mariadb", "sqlite", "snowflake", "mssql"]
_SCHEMES: Final = {"postgres": "postgresql", "mariadb": "mysql"}
_OF_A_SERVER: Final = frozenset({"host", "port", "database", "username", "password", "options"})
_OF_SNOWFLAKE: Final = frozenset({"account", "warehouse", "role", "database", "db_schema", "username", "password"})
_MAY: Final = {"sqlite": frozenset({"filepath"}), "snowflake": _OF_SNOWFLAKE | {"options"}}
_MUST: Final = {"sqlite": {"filepath"}, "snowflake": {"account", "database"}}
_WAYS: Final = ("conn_id", "connection", "url")


class Source(Section):
    """`source:` the database that is profiled: `conn_id`, `connection`, `url`, or the parts of an address."""

    conn_id: ConnectionId | None = None
    connection: ConnectionReference | None = None
    url: Annotated[Text | None, Field(repr=False)] = None
    type: SourceType | None = None
    name: Text | None = None
    host: Text | None = None
    port: Annotated[str | None, Digits] = None
    database: Text | None = None
    db_schema: Annotated[Text | None, Field(alias="schema")] = None  # pydantic has an attribute of that name
    username: Text | None = None
    password: Annotated[str | None, Field(repr=False)] = None
    filepath: Text | None = None
    account: Text | None = None
    warehouse: Text | None = None
    role: Text | None = None
    options: Annotated[dict[Text, Annotated[str, Digits]] | None, Field(repr=False)] = None

    def address(self) -> str | None:
        """Return the URL, password included: pass it on, never print it. None where a connection is named, or none."""
        if self.url is not None:
            return self.url
        if not self._parts():
            return None
        if self.type == "sqlite":
            return f"sqlite:///{self.filepath}"
        password = f":{quote(self.password, safe='')}" if self.password else ""
        user = f"{quote(self.username, safe='')}{password}@" if self.username else ""
        own = {"warehouse": self.warehouse, "role": self.role} | (self.options or {})
        query = urlencode({name: value for name, value in own.items() if value is not None}, quote_via=quote)
        path = "/".join(quote(part, safe="") for part in (self.database, self.db_schema) if part)
        return f"{self._scheme()}://{user}{self._place()}/{path}{query and '?' + query}"

    def named(self) -> str | None:
        """Return the name under which history is kept: a connection's id, `name`, or where the address leads to."""
        if (conn_id := self.conn_id or conn_id_of(self.connection)) is not None or self.address() is None:
            return conn_id
        if self.name is not None:
            return self.name
        if self.url is not None:
            return _without_login(self.url)
        return self.filepath or f"{self._scheme()}://{self._place()}/{self.database}"

    def _scheme(self) -> str:
        return _SCHEMES.get(self.type or "", self.type or "")

    def _place(self) -> str:
        host = self.account or self.host or ""
        host = f"[{host}]" if ":" in host else quote(host, safe="")
        return f"{host}:{self.port}" if self.port else host

    def _parts(self) -> set[str]:
        return set(self.given()) - {*_WAYS, "type", "name"}

    @model_validator(mode="after")
    def _names_one_database(self) -> Self:
        ways = [way for way in _WAYS if getattr(self, way) is not None]
        parts = self._parts()
        if len(ways) > 1:
            raise InvalidOption(option=ways[1], got="", expected=f"{' or '.join(ways)}, not both")
        if ways and parts:
            key = min(parts)
            raise InvalidOption(option=_written(key), got="", expected=f"no part of an address beside {ways[0]}")
        if self.name is not None and not parts and self.url is None:
            raise InvalidOption(option="name", got="", expected="a name beside url or the parts of an address only")
        if parts:
            self._check_parts(parts)
        return self

    def _check_parts(self, parts: set[str]) -> None:
        if self.type is None:
            raise InvalidOption(option="type", got="", expected="the type of the database beside its address")
        may = _MAY.get(self.type, _OF_A_SERVER)
        if wrong := sorted(parts - may):
            keys = ", ".join(sorted(_written(key) for key in may))
            raise InvalidOption(option=_written(wrong[0]), got="", expected=f"for {self.type} one of {keys}")
        for key in sorted(_MUST.get(self.type, {"host", "database"}) - parts):
            raise InvalidOption(option=key, got="", expected=f"a value, for {self.type}")


def _written(key: str) -> str:
    return "schema" if key == "db_schema" else key


def _without_login(url: str) -> str:
    scheme, separator, rest = url.partition("://")
    place = rest.partition("?")[0]
    authority, slash, path = place.partition("/")
    return f"{scheme.partition('+')[0]}{separator}{authority.rpartition('@')[2]}{slash}{path}"
