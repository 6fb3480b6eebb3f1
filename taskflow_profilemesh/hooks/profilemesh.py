"""Opens what a profiling task works with: the database to profile and the store of profiles.

This is where Airflow's connections and settings end. What goes on from here is a `DatabaseSource` and a
`ProfileStore`, which know nothing of Airflow. Every secret is masked before any driver sees it, in its percent-encoded
form too, which Airflow does not do by itself.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from airflow.providers.common.compat.sdk import AirflowNotFoundException, BaseHook, conf, mask_secret

if TYPE_CHECKING:
    from airflow.providers.common.compat.sdk import Connection

    from taskflow_profilemesh.reading import DatabaseAddress, DatabaseSource
    from taskflow_profilemesh.storage import ProfileStore

STORE_SECTION, STORE_KEY = "profilemesh", "store"
DEFAULT_FILE = "profilemesh.db"
_DISTRIBUTED = ("Celery", "Kubernetes", "Ecs", "Batch", "Edge", "Lambda")


class ProfileMeshHook(BaseHook):
    """Opens the source named by an Airflow connection, and the store.

    `conn_id`: an Airflow connection of type postgres, mysql, snowflake or sqlite. `store`: an SQLAlchemy URL or an
    Airflow connection id; None takes the setting `[profilemesh] store`, and without it a SQLite file in the Airflow
    home.
    """

    hook_name = "ProfileMesh"

    def __init__(self, conn_id: str, *, store: str | None = None) -> None:
        """Remember the names; nothing is opened yet."""
        super().__init__()
        self.conn_id = conn_id
        self.store = store

    def get_source(
        self, *, memory_budget_bytes: int | None = None, statement_timeout_seconds: float | None = None
    ) -> DatabaseSource:
        """Return the database behind `conn_id`; raises `InvalidOption` if the connection does not name one."""
        from taskflow_profilemesh.reading import DatabaseSource

        return DatabaseSource(
            self._address(self.conn_id, option="conn_id"),
            name=self.conn_id,
            memory_budget_bytes=memory_budget_bytes,
            statement_timeout_seconds=statement_timeout_seconds,
        )

    def get_store(self) -> ProfileStore:
        """Open the store; raises `StoreNotShared` for a file that distributed workers would not share."""
        from taskflow_profilemesh.errors import StoreNotShared
        from taskflow_profilemesh.storage import open_store

        store = open_store(self._store_url())
        executor = conf.get("core", "executor", fallback="")
        if store.is_file and any(name in executor for name in _DISTRIBUTED):
            where = store.name
            store.close()
            raise StoreNotShared(store=where, executor=executor)
        return store

    def _store_url(self) -> str:
        named = self.store or conf.get(STORE_SECTION, STORE_KEY, fallback=None)
        if not named:
            return f"sqlite:///{Path(_airflow_home()) / DEFAULT_FILE}"
        if "://" not in named:
            return store_url(self._address(named, option="store"))
        mask_secret(named)
        return str(named)

    def _address(self, conn_id: str, *, option: str) -> DatabaseAddress:
        from taskflow_profilemesh.errors import InvalidOption

        try:
            connection = self.get_connection(conn_id)
        except AirflowNotFoundException as error:
            expected = "the id of an Airflow connection that exists"
            raise InvalidOption(option=option, got=conn_id, expected=expected) from error
        address = database_address(connection, option=option)
        mask_secret(address.uri())
        return address


def database_address(connection: Connection, *, option: str) -> DatabaseAddress:
    """Return where an Airflow connection of type postgres, mysql, snowflake or sqlite points to.

    Not its `get_uri()`: that is Airflow's own notation, whose scheme is the connection type, whose query holds every
    extra, and which mangles the path of a SQLite file. Raises `InvalidOption` for another type.
    """
    from taskflow_profilemesh.errors import InvalidOption
    from taskflow_profilemesh.reading.address import DatabaseAddress
    from taskflow_profilemesh.reading.dialect import Dialect
    from taskflow_profilemesh.reading.snowflake_account import SECRETS

    if connection.password:
        mask_secret(connection.password)
        mask_secret(quote(connection.password, safe=""))
    types = {"postgres": Dialect.POSTGRESQL, "mysql": Dialect.MYSQL, "sqlite": Dialect.SQLITE}
    dialect = (types | {"snowflake": Dialect.SNOWFLAKE}).get(connection.conn_type or "")
    if dialect is None:
        expected = "an Airflow connection of type postgres, mysql, snowflake or sqlite"
        raise InvalidOption(
            option=option, got=f"{connection.conn_id} of type {connection.conn_type}", expected=expected
        )
    file = _sqlite_file(connection) if dialect is Dialect.SQLITE else None
    if dialect is Dialect.SQLITE and (not file or file.endswith(":memory:")):  # each would be a new, empty database
        expected = "the path of the file as the connection's host"
        raise InvalidOption(option=option, got=f"{connection.conn_id} without a file", expected=expected)
    extra = dict(connection.extra_dejson)
    if "unix_socket" in extra:  # as Airflow's MySQL connections call it
        extra.setdefault("socket", extra["unix_socket"])
    for name in SECRETS & extra.keys():
        mask_secret(str(extra[name]))
    fields = {"host": connection.host, "port": connection.port, "database": file or connection.schema}
    fields |= {"user": connection.login, "password": connection.password}
    return DatabaseAddress.from_airflow(dialect, fields, extra)


def store_url(address: DatabaseAddress) -> str:
    """Write an address as SQLAlchemy reads it, password included: pass it on, never print it.

    SQLAlchemy has an absolute file after four slashes, and PyMySQL's own word for a socket.
    """
    from dataclasses import replace

    from taskflow_profilemesh.reading.dialect import Dialect

    if address.dialect is Dialect.SQLITE:
        return f"sqlite:///{address.file.absolute()}"
    own = dict(address.options)
    socket = own.pop("socket", None)
    url = replace(address, options=tuple(own.items()) if address.dialect is Dialect.POSTGRESQL else ()).uri()
    return f"{url}?unix_socket={quote(socket, safe='')}" if socket else url


def _sqlite_file(connection: Connection) -> str | None:
    """Return the file that Airflow's own SQLite hook would open.

    A URI such as `sqlite:///folder/file.db` has the path after its host, which is empty then, in the schema.
    """
    host, path = connection.host or "", (connection.schema or "").lstrip("/")
    if not path or host.startswith("/"):
        return host or None
    return f"{host}/{path}"


def _airflow_home() -> str:
    from airflow.configuration import AIRFLOW_HOME

    return str(AIRFLOW_HOME)
