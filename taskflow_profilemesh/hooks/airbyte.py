"""`AirbyteHook`: from the Airflow connection of type `airbyte` to a client, and an honest connection test.

Where the default connection does not exist, the Airflow Variables `airbyte_url`, `airbyte_username` and
`airbyte_password` are read, then the environment's `AIRBYTE_API_URL` and its companions. A connection that was named
and does not exist is an error: falling back would hide a misspelt name.
"""

from __future__ import annotations

import asyncio
import logging
import os
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from airflow.providers.common.compat.sdk import AirflowNotFoundException, BaseHook

if TYPE_CHECKING:
    from airflow.providers.common.compat.sdk import Connection

    from taskflow_profilemesh.airbyte.client import AirbyteClient
    from taskflow_profilemesh.airbyte.settings import AirbyteSettings

_LOG = logging.getLogger(__name__)
DEFAULT_CONN_ID = "airbyte_default"
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
        """Return a client for this connection; the log says how it logs in, and where the credentials stood."""
        from taskflow_profilemesh.airbyte.client import AirbyteClient

        settings = self.settings()
        _LOG.info("Airbyte at %s: %s.", settings.address.public_base, told_of(settings))
        return AirbyteClient.from_settings(settings)

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
                part = f"credentials ({told_of(settings)})"
                client.sender.fetch_token()
                part = "workspaces"
                workspaces = client.workspaces()
        except (ProfileMeshError, AirflowNotFoundException) as error:
            return False, f"The {part} failed: {error}"
        if not workspaces:
            return False, f"The workspaces failed: {settings.auth.kind} is accepted but may see no workspace."
        names = ", ".join(workspace.name for workspace in workspaces[:3])
        return True, f"Logged in ({told_of(settings)}) at {settings.address.public_base}; workspaces: {names}."


class TestedAirbyteHook(AirbyteHook):
    """The same, as a connection type of its own.

    The provider of Airbyte has the type `airbyte`, and Airflow asks the provider whose name comes first: there, *Test*
    is that provider's, which passes with wrong credentials.
    """

    conn_type = "profilemesh_airbyte"
    hook_name = "Airbyte (ProfileMesh)"
    __test__ = False  # no class of tests


def told_of(settings: AirbyteSettings) -> str:
    """Say how we log in, and where the credentials stood."""
    form = settings.credentials_from
    return f"{settings.auth.kind}, from {form}" if form else f"{settings.auth.kind}"


def settings_of(connection: Connection) -> AirbyteSettings:
    """Read an Airflow connection; raises `InvalidOption` for what cannot be."""
    from taskflow_profilemesh.airbyte.airflow_connection import ConnectionFields

    return ConnectionFields(
        conn_type=connection.conn_type,
        host=connection.host,
        port=connection.port,
        schema=connection.schema,
        login=connection.login,
        password=connection.password,
        extra=connection.extra_dejson,
    ).settings()


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
