"""What an Airflow connection to Airbyte says, as settings. Pure, and without Airflow: the command line reads it too."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

from taskflow_profilemesh.airbyte.settings import AirbyteSettings
from taskflow_profilemesh.errors import InvalidOption

_TYPES: Final = ("airbyte", "profilemesh_airbyte", "http", "https", "generic")  # the last three: written as a URL
_SCHEMES: Final = ("http", "https")
_API_PATHS: Final = ("api", "api/public", "api/public/v1", "api/v1", "v1")


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionFields:
    """The fields of an Airflow connection, as Airflow names them."""

    conn_type: str | None
    host: str | None = None
    port: int | None = None
    schema: str | None = None
    login: str | None = None
    password: str | None = field(default=None, repr=False)
    extra: Mapping[str, Any] = field(default_factory=dict, repr=False)

    def settings(self) -> AirbyteSettings:
        """Return where the server is and who asks; raises `InvalidOption` for what cannot be."""
        if self.conn_type not in _TYPES:  # a database's password must not be sent to where it points
            expected = "an Airflow connection of type airbyte"
            raise InvalidOption(option="conn_id", got=str(self.conn_type), expected=expected)
        host, token_url = self._places()
        return AirbyteSettings.of(
            host=host, login=self.login, password=self.password, token_url=token_url, extra=self.extra
        )

    def _places(self) -> tuple[str, str | None]:
        """Return the server's address and the token endpoint.

        The schema is the token endpoint, as the provider of Airbyte has it; in a connection of type `http` it is the
        scheme; and in one that is written as a URL it is the URL's path, such as `api/public/v1` or Cloud's `v1`.
        """
        host, schema = _host_and_port(self.host or "", self.port), (self.schema or "").strip("/")
        scheme = schema if schema in _SCHEMES else self.conn_type if self.conn_type == "https" else None
        if scheme and host and "://" not in host:
            host = f"{scheme}://{host}"
        if schema in _SCHEMES:
            return host, None
        if schema in _API_PATHS:
            return f"{host.rstrip('/')}/{schema}", None
        return host, self.schema


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
