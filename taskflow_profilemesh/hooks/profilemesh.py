"""Opens what a profiling task works with: the database to profile and the store of profiles.

This is where Airflow's connections and settings end. What goes on from here is a `DatabaseSource` and a
`ProfileStore`, which know nothing of Airflow. Every secret is masked before any driver sees it, in its percent-encoded
form too, which Airflow does not do by itself.
"""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from airflow.providers.common.compat.sdk import AirflowNotFoundException, BaseHook, conf, mask_secret

from taskflow_profilemesh.hooks.profilemesh_connection import CONN_TYPE, FIELDS, FORM, said_by, settled

if TYPE_CHECKING:
    from collections.abc import Mapping

    from airflow.providers.common.compat.sdk import Connection

    from taskflow_profilemesh.config import ProfileOptions, Said
    from taskflow_profilemesh.reading import DatabaseAddress, DatabaseSource
    from taskflow_profilemesh.storage import ProfileStore

STORE_SECTION, STORE_KEY = "profilemesh", "store"
DEFAULT_FILE = "profilemesh.db"
DEFAULT_CONN_ID = "profilemesh_default"
_DISTRIBUTED = ("Celery", "Kubernetes", "Ecs", "Batch", "Edge", "Lambda")


class ProfileMeshHook(BaseHook):
    """Opens the source named by an Airflow connection, and the store.

    `conn_id`: an Airflow connection of type postgres, mysql, mssql, snowflake or sqlite, or one of type profilemesh,
    which names a source, a store and a config (`profilemesh_connection.py`). `store`: an SQLAlchemy URL or an Airflow
    connection id; None takes that of the connection, else the setting `[profilemesh] store`, and without it a SQLite
    file in the Airflow home. `storage`: what a config says under `storage:` of the store itself (`results_table`,
    `runs_table`, `keep_runs`, `keep_days`); for what it leaves out the settings `[profilemesh] keep_runs` and
    `keep_days` count. `source_url`: the database's own URL, in place of a connection; `conn_id` is then its name.
    """

    conn_name_attr = "conn_id"
    default_conn_name = DEFAULT_CONN_ID
    conn_type = CONN_TYPE
    hook_name = "ProfileMesh"

    def __init__(
        self,
        conn_id: str = DEFAULT_CONN_ID,
        *,
        store: str | None = None,
        storage: Mapping[str, Any] | None = None,
        source_url: str | None = None,
    ) -> None:
        """Remember the names; nothing is opened yet."""
        super().__init__()
        self.conn_id = conn_id
        self.store = store
        self.storage = storage
        self.source_url = source_url
        self._config: ProfileOptions | None = None

    @staticmethod
    def get_ui_field_behaviour() -> dict[str, Any]:
        """Return the form's labels for Airflow 2.11; 3 reads them from the provider's description."""
        return deepcopy(FORM)  # 2.11 renames the fields in what it is given

    @staticmethod
    def get_connection_form_widgets() -> dict[str, Any]:
        """Return the form's own fields for Airflow 2.11; 3 reads them from the provider's description."""
        from wtforms import StringField  # type: ignore[import-untyped] # of 2.11 only

        return {name: StringField(label) for name, label in FIELDS.items()}

    def get_config(self) -> ProfileOptions:
        """Return the options that the connection gives, with defaults for the others; they are read once.

        Raises `InvalidConfig` and `InvalidOption`.
        """
        if self._config is None:
            own: Said = {
                "conn_id": self.conn_id,
                "store": self.store,
                "storage": self.storage,
                "source_url": self.source_url,
            }
            self._config = settled(own)
        return self._config

    def names_source(self) -> bool:
        """Return whether there is a database to profile: a connection of type profilemesh may name none."""
        config = self.get_config()
        return config.source_url is not None or config.conn_id != self.conn_id or said_by(self.conn_id) is None

    def run_profiling(self, table_patterns: object = None, *, run_id: str = "manual") -> dict[str, Any]:
        """Profile tables as `ProfileMeshOperator` would, and return its result.

        `table_patterns`: what `tables=` of the operator takes; None: the tables of the config. What the config says
        of `on_drift` decides which profile becomes a baseline; drift, and tables that failed, are in the result and
        raise nothing here. Metrics are the operator's. Inside a task Airflow's lineage hears of the tables by name; the
        operator alone tells OpenLineage their numbers and drift, which the collector of hooks has no place for.
        """
        from dataclasses import replace

        from taskflow_profilemesh.hooks.profiling_run import profile
        from taskflow_profilemesh.table_requests import table_requests

        options = self.get_config()
        if table_patterns is not None:
            options = replace(options, tables=table_requests(table_patterns))
        return profile(self, options, run_id=run_id).as_result()

    def test_connection(self) -> tuple[bool, str]:
        """Try config, source and store; say which part failed, and where history lives."""
        from taskflow_profilemesh.hooks.profilemesh_checks import tested

        return tested(self)

    def get_source(
        self,
        *,
        memory_budget_bytes: int | None = None,
        statement_timeout_seconds: float | None = None,
        name: str | None = None,
    ) -> DatabaseSource:
        """Return the database behind `conn_id`; raises `InvalidOption` if the connection does not name one.

        `name`: the one under which its history is kept; None: `conn_id`.
        """
        from taskflow_profilemesh.reading import DatabaseSource

        config = self.get_config()
        conn_id = config.conn_id
        return DatabaseSource(
            url_address(config.source_url) if config.source_url else self._address(conn_id, option="conn_id"),
            name=name or conn_id,
            memory_budget_bytes=memory_budget_bytes,
            statement_timeout_seconds=statement_timeout_seconds,
        )

    def get_store(self) -> ProfileStore:
        """Open the store; raises `StoreNotShared` for a file that distributed workers would not share."""
        from taskflow_profilemesh.errors import StoreNotShared
        from taskflow_profilemesh.storage import Retention, TableNames, open_store

        said = _kept_by_default() | dict(self.get_config().storage)
        store = open_store(self._store_url(), names=TableNames.of(said), retention=Retention.of(said))
        executor = conf.get("core", "executor", fallback="")
        if store.is_file and any(name in executor for name in _DISTRIBUTED):
            where = store.name
            store.close()
            raise StoreNotShared(store=where, executor=executor)
        return store

    def _store_url(self) -> str:
        named = self.get_config().store or conf.get(STORE_SECTION, STORE_KEY, fallback=None)
        if named and "://" not in named and (said := said_by(named)) is not None:
            named = said.get("store") or named
        if not named:
            return f"sqlite:///{Path(_airflow_home()) / DEFAULT_FILE}"
        if "://" not in named:
            from taskflow_profilemesh.reading.sqlalchemy_url import sqlalchemy_url

            return sqlalchemy_url(self._address(named, option="store"))
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


def url_address(url: str) -> DatabaseAddress:
    """Return where a URL points to, its secrets masked; raises `InvalidOption`, which never repeats it."""
    from taskflow_profilemesh.reading.address import DatabaseAddress

    address = DatabaseAddress.from_url(url)
    mask_secret(url)
    mask_secret(address.uri())
    if address.password:
        mask_secret(address.password)
        mask_secret(quote(address.password, safe=""))
    return address


def database_address(connection: Connection, *, option: str) -> DatabaseAddress:
    """Return where an Airflow connection of type postgres, mysql, mssql, snowflake or sqlite points to.

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
    dialect = (types | {"snowflake": Dialect.SNOWFLAKE, "mssql": Dialect.MSSQL}).get(connection.conn_type or "")
    if dialect is None:
        expected = "an Airflow connection of type postgres, mysql, mssql, snowflake or sqlite"
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


def _sqlite_file(connection: Connection) -> str | None:
    """Return the file that Airflow's own SQLite hook would open.

    A URI such as `sqlite:///folder/file.db` has the path after its host, which is empty then, in the schema.
    """
    host, path = connection.host or "", (connection.schema or "").lstrip("/")
    if not path or host.startswith("/"):
        return host or None
    return f"{host}/{path}"


def _kept_by_default() -> dict[str, Any]:
    """Return how long runs are kept by Airflow's settings; an empty one says nothing."""
    readers = {"keep_runs": conf.getint, "keep_days": conf.getfloat}
    return {
        name: read(STORE_SECTION, name) for name, read in readers.items() if conf.get(STORE_SECTION, name, fallback="")
    }


def _airflow_home() -> str:
    from airflow.configuration import AIRFLOW_HOME

    return str(AIRFLOW_HOME)
