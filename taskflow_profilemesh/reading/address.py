"""Where a database is and who asks: one value that can be printed without giving anything away.

SQLAlchemy's URLs and libpq's differ in what ConnectorX takes (`postgresql+psycopg2://` is refused, an unknown
parameter too), so a URL is taken apart here and written anew.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from taskflow_profilemesh.errors import InvalidOption
from taskflow_profilemesh.reading import mssql_address, snowflake_account
from taskflow_profilemesh.reading.dialect import Dialect

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from urllib.parse import SplitResult

_SCHEMES = {
    "postgresql": Dialect.POSTGRESQL,
    "postgres": Dialect.POSTGRESQL,
    "mysql": Dialect.MYSQL,
    "mariadb": Dialect.MYSQL,
    "sqlite": Dialect.SQLITE,
    "snowflake": Dialect.SNOWFLAKE,
    "mssql": Dialect.MSSQL,
    "sqlserver": Dialect.MSSQL,
}
PASSED_ON = {  # what the driver understands
    Dialect.POSTGRESQL: frozenset(
        {"sslmode", "sslrootcert", "application_name", "connect_timeout", "keepalives", "options"}
        | {"keepalives_idle", "target_session_attrs", "channel_binding"}
    ),
    Dialect.MYSQL: frozenset({"socket", "prefer_socket", "compress", "tcp_connect_timeout_ms", "stmt_cache_size"}),
    Dialect.SQLITE: frozenset[str](),
    Dialect.SNOWFLAKE: snowflake_account.PASSED_ON,
    Dialect.MSSQL: mssql_address.PASSED_ON,
}
_LEFT_OUT = {  # settings of other drivers that change nothing about what is read
    Dialect.POSTGRESQL: frozenset({"client_encoding", "gssencmode", "fallback_application_name"}),
    Dialect.MYSQL: frozenset({"charset", "use_unicode", "local_infile", "autocommit", "connect_timeout"}),
    Dialect.SQLITE: frozenset({"check_same_thread", "timeout", "isolation_level"}),
    Dialect.SNOWFLAKE: snowflake_account.LEFT_OUT,
    Dialect.MSSQL: mssql_address.LEFT_OUT,
}


@dataclass(frozen=True, slots=True)
class DatabaseAddress:
    """A database, and the user who reads it.

    `host` is a name, a number or, for PostgreSQL, the folder of a unix socket. `database` is SQLite's file. Account and
    schema of Snowflake are among the options.
    `options` go to the driver; one it does not know raises `InvalidOption`.
    """

    dialect: Dialect
    host: str | None = None
    port: int | None = None  # None: the dialect's own
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    database: str | None = None
    options: tuple[tuple[str, str], ...] = field(default=(), repr=False)  # may hold a secret

    def __post_init__(self) -> None:
        """Refuse options that the driver would refuse later, with a message that quotes the URL."""
        for name, _ in self.options:
            if name not in PASSED_ON[self.dialect]:
                known = tuple(sorted(PASSED_ON[self.dialect]))
                expected = "one of " + ", ".join(known) if known else "no options"
                raise InvalidOption(option="url parameter", got=name, expected=expected, known=known)
        if self.dialect is Dialect.SQLITE and not self.database:
            raise InvalidOption(option="url", got="sqlite without a file", expected="sqlite:///path/to/file.db")
        if self.dialect is Dialect.SNOWFLAKE:
            snowflake_account.check(self)

    @classmethod
    def from_url(cls, url: str) -> DatabaseAddress:
        """Take a URL apart, SQLAlchemy's or libpq's; raises `InvalidOption`, which never repeats the URL."""
        scheme, separator, _ = url.partition("://")
        dialect = _SCHEMES.get(scheme.partition("+")[0].casefold()) if separator else None
        if dialect is None:
            known = tuple(_SCHEMES)
            got = scheme if separator else "no scheme"
            raise InvalidOption(option="url", got=got, expected="one of " + ", ".join(known), known=known)
        parts = urlsplit(url)
        options = dict(parse_qsl(parts.query, keep_blank_values=True))
        path = unquote(parts.path[1:])
        if dialect is Dialect.SQLITE:
            return cls(dialect=dialect, database=path, options=_kept(dialect, options))
        return cls._from_fields(dialect, url_fields(parts), _kept(dialect, options))

    @classmethod
    def from_airflow(cls, dialect: Dialect, fields: Mapping[str, Any], extra: Mapping[str, Any]) -> DatabaseAddress:
        """Put together what an Airflow connection says of a server, whose extras may say things for others too.

        `fields`: `host`, `port`, `user`, `password` and `database`, which is what Airflow calls the schema.
        """
        wanted = PASSED_ON[dialect]
        if dialect is Dialect.SNOWFLAKE:
            wanted |= {"region", "host"}
            fields, extra = snowflake_account.from_airflow(fields, extra)
        options = tuple((name, str(extra[name])) for name in sorted(wanted & extra.keys()))
        if dialect is Dialect.MSSQL:
            known = mssql_address.named((name, str(value)) for name, value in extra.items())
            options = tuple((name, value) for name, value in known if name in wanted)
        return cls._from_fields(dialect, fields, options)

    @classmethod
    def _from_fields(
        cls, dialect: Dialect, fields: Mapping[str, Any], options: Sequence[tuple[str, str]]
    ) -> DatabaseAddress:
        named = dict(options)
        host, database = fields["host"], fields["database"]
        port = fields["port"]
        if dialect is Dialect.SNOWFLAKE:
            port = port or _port(named.pop("port", ""))
            host, database, named = snowflake_account.placed(host, database, named)
        return cls(
            dialect=dialect,
            host=host or named.pop("host", None),
            port=port,
            user=fields["user"] or None,
            password=fields["password"] or None,
            database=database or None,
            options=tuple(named.items()),
        )

    def uri(self) -> str:
        """Write the URL for ConnectorX, password included: pass it on, never print it."""
        if self.dialect is Dialect.SQLITE:
            return "sqlite://" + quote(str(self.file.absolute()))
        login = quote(self.user or "", safe="")
        if self.password is not None:
            login += ":" + quote(self.password, safe="")
        place = f"{self._written_host()}:{self.effective_port}"
        query = "?" + urlencode(self.options, quote_via=quote) if self.options else ""
        return f"{self.dialect}://{login and login + '@'}{place}/{quote(self.database or '', safe='')}{query}"

    def __str__(self) -> str:
        """Write where the database is, without user, password and options."""
        if self.dialect is Dialect.SQLITE:
            return f"sqlite:///{self.database}"
        return f"{self.dialect}://{self._written_host()}:{self.effective_port}/{quote(self.database or '', safe='')}"

    @property
    def file(self) -> Path:
        """The SQLite file."""
        return Path(self.database or "")

    @property
    def effective_port(self) -> int:
        """The port, the dialect's own where none is named; 0 for a file."""
        return self.port or self.dialect.default_port or 0

    @property
    def socket_file(self) -> Path | None:
        """The unix socket that the server listens on, or None when it is reached by TCP."""
        if self.dialect is Dialect.POSTGRESQL and self.host and self.host.startswith("/"):
            return Path(self.host) / f".s.PGSQL.{self.effective_port}"
        named = dict(self.options).get("socket")
        return Path(named) if named else None

    def _written_host(self) -> str:
        host = self.host or "127.0.0.1"
        return f"[{host}]" if ":" in host else quote(host, safe="")


def url_fields(parts: SplitResult) -> dict[str, Any]:
    """Return a URL's `host`, `port`, `user`, `password` and `database`, decoded; raises `InvalidOption`."""
    login, _, place = parts.netloc.rpartition("@")
    user, _, password = login.partition(":")
    host, port = _host_and_port(place)
    named = {"user": unquote(user), "password": unquote(password), "database": unquote(parts.path[1:])}
    return named | {"host": host, "port": port}


def _host_and_port(place: str) -> tuple[str | None, int | None]:
    host, colon, port = place.rpartition(":")
    if not colon or port.endswith("]"):  # no port; an IPv6 address has colons of its own
        host, port = place, ""
    return unquote(host).removeprefix("[").removesuffix("]") or None, _port(port)


def _port(text: str) -> int | None:
    if text and not text.isdecimal():
        raise InvalidOption(option="url", got="a port that is not a number", expected="host:port")
    return int(text) if text else None


def _kept(dialect: Dialect, options: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    if dialect is Dialect.MSSQL:
        return mssql_address.named(options.items())
    return tuple((name, value) for name, value in options.items() if name not in _LEFT_OUT[dialect])
