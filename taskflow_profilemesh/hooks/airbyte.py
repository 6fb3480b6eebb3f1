"""`AirbyteHook`: from the Airflow connection of type `airbyte` to a client, and an honest connection test.

Where the default connection does not exist, the Airflow Variables `airbyte_url`, `airbyte_username` and
`airbyte_password` are read, then the environment's `AIRBYTE_API_URL` and its companions. A connection that was named
and does not exist is an error: falling back would hide a misspelt name.
"""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from airflow.providers.common.compat.sdk import AirflowNotFoundException, BaseHook

if TYPE_CHECKING:
    from airflow.providers.common.compat.sdk import Connection

    from taskflow_profilemesh.airbyte.client import AirbyteClient
    from taskflow_profilemesh.airbyte.settings import AirbyteSettings

DEFAULT_CONN_ID = "airbyte_default"
_CONNECTION_TYPES = ("airbyte", "http", "https", "generic")  # the last three: connections that are written as a URL
_SHORTEST_MASKED = 5  # Airflow masks no shorter ones: they would blank out half a log


class AirbyteHook(BaseHook):
    """Makes clients from an Airflow connection.

    Host: the server's address in any form. Login and password: client id and secret. Schema: a token endpoint other
    than the server's own. Extra: see `AirbyteSettings.of`.
    """

    conn_name_attr = "conn_id"
    default_conn_name = DEFAULT_CONN_ID
    conn_type = "airbyte"
    hook_name = "Airbyte"

    def __init__(self, conn_id: str = DEFAULT_CONN_ID, **kwargs: Any) -> None:  # noqa: ANN401 -- whatever BaseHook takes
        """Keep the connection's id; it is looked up when it is needed."""
        super().__init__(**kwargs)
        self.conn_id = conn_id

    def get_conn(self) -> AirbyteClient:
        """Return a client for this connection."""
        from taskflow_profilemesh.airbyte.client import AirbyteClient

        return AirbyteClient.from_settings(self.settings())

    def settings(self) -> AirbyteSettings:
        """Return where the server is and who asks, with the secrets made known to Airflow's masking."""
        try:
            return _masked(settings_of(self.get_connection(self.conn_id)))
        except AirflowNotFoundException:
            found = _elsewhere() if self.conn_id == DEFAULT_CONN_ID else None
            if found is None:
                raise
            return _masked(found)

    async def async_settings(self) -> AirbyteSettings:
        """Return the settings without blocking the event loop."""
        look_up = getattr(self, "aget_connection", None)  # Airflow 3.1 and later
        if look_up is None:
            return await asyncio.to_thread(self.settings)
        try:
            return _masked(settings_of(await look_up(self.conn_id)))
        except AirflowNotFoundException:
            return await asyncio.to_thread(self.settings)

    def default_connection(self) -> str | None:
        """Return the Airbyte connection to sync where nobody names one: of the settings, or `AIRBYTE_CONNECTION_ID`."""
        from taskflow_profilemesh.airbyte.settings import CONNECTION_VARIABLE

        return self.settings().connection or os.environ.get(CONNECTION_VARIABLE) or None

    def test_connection(self) -> tuple[bool, str]:
        """Get a token and a workspace; say which part failed."""
        from taskflow_profilemesh.errors import ProfileMeshError

        part = "address"
        try:
            settings = self.settings()
            with self.get_conn() as client:
                part = f"credentials ({settings.auth.kind})"
                client.sender.fetch_token()
                part = "workspaces"
                workspaces = client.workspaces()
        except (ProfileMeshError, AirflowNotFoundException) as error:
            return False, f"The {part} failed: {error}"
        if not workspaces:
            return False, f"The workspaces failed: {settings.auth.kind} is accepted but may see no workspace."
        names = ", ".join(workspace.name for workspace in workspaces[:3])
        return True, f"Logged in ({settings.auth.kind}) at {settings.address.public_base}; workspaces: {names}."


def settings_of(connection: Connection) -> AirbyteSettings:
    """Read an Airflow connection; raises `InvalidOption` for what cannot be."""
    from taskflow_profilemesh.airbyte.settings import AirbyteSettings
    from taskflow_profilemesh.errors import InvalidOption

    if connection.conn_type not in _CONNECTION_TYPES:  # a database's password must not be sent to where it points
        expected = "an Airflow connection of type airbyte"
        raise InvalidOption(option="conn_id", got=str(connection.conn_type), expected=expected)
    return AirbyteSettings.of(
        host=_host_and_port(connection.host or "", connection.port),
        login=connection.login,
        password=connection.password,
        token_url=connection.schema,
        extra=connection.extra_dejson,
    )


def _host_and_port(host: str, port: int | None) -> str:
    """Put a port that is given apart into the address, unless the address has one."""
    written = host if "://" in host else f"//{host}"
    try:
        parts = urlsplit(written)
    except ValueError:  # no URL at all: whoever reads the address says so
        return host
    if port is None or not parts.netloc or parts.netloc.rpartition(":")[2].isdecimal():
        return host
    return parts._replace(netloc=f"{parts.netloc}:{port}").geturl().removeprefix("//")


def _elsewhere() -> AirbyteSettings | None:
    from airflow.providers.common.compat.sdk import Variable

    from taskflow_profilemesh.airbyte.settings import AirbyteSettings

    url = Variable.get("airbyte_url", None)
    if not url:
        return AirbyteSettings.from_environment(os.environ)
    login, password = Variable.get("airbyte_username", None), Variable.get("airbyte_password", None)
    return AirbyteSettings.of(host=url, login=login, password=password, extra={"auth": "basic"} if login else None)


def _masked(settings: AirbyteSettings) -> AirbyteSettings:
    """Make the secrets known to Airflow's log masking, percent-encoded ones too (which it would miss)."""
    from airflow.providers.common.compat.sdk import mask_secret

    for secret in settings.auth.secrets:
        for form in {secret, quote(secret, safe=""), quote(secret)}:
            if len(form) >= _SHORTEST_MASKED:
                mask_secret(form)
    return settings
