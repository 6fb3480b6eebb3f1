"""Where an Airbyte server is: any form that people write, made into the addresses that the clients use.

A server has a public API (self-managed `/api/public/v1`, Cloud `https://api.airbyte.com/v1`), a Config API (`/api/v1`,
Cloud `https://cloud.airbyte.com/api/v1`), a token endpoint under the public one, and pages for people.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from taskflow_profilemesh.errors import InvalidOption

if TYPE_CHECKING:
    from urllib.parse import SplitResult

_CLOUD_HOSTS = ("api.airbyte.com", "cloud.airbyte.com")
_KNOWN_PATH = re.compile(r"(?:/api/public/v1|/api/public|/api/v1|/api|/v1)$")
_TOKEN_PATH = "applications/token"  # noqa: S105 -- a path


@dataclass(frozen=True, slots=True)
class AirbyteAddress:
    """The addresses of one server, without a slash at the end."""

    public_base: str
    config_base: str
    token_url: str
    pages: str

    @classmethod
    def parse(cls, text: str, *, token_url: str | None = None) -> AirbyteAddress:
        """Read a bare host, `host:port`, `host/api`, a full base URL of either API, or Airbyte Cloud.

        Without a scheme, a name with a dot and no port is taken as https, anything else as http. `token_url`: only
        where the token endpoint is not the server's own. Raises `InvalidOption` for anything that is no address.
        """
        parts = _split(text)
        if parts.hostname in _CLOUD_HOSTS:
            pages, public_base = "https://cloud.airbyte.com", "https://api.airbyte.com/v1"
        else:
            path = parts.path.rstrip("/")
            pages = f"{parts.scheme}://{parts.netloc}{_KNOWN_PATH.sub('', path)}"
            only_v1 = path.endswith("/v1") and not path.endswith(("/api/v1", "/api/public/v1"))
            public_base = pages + ("/v1" if only_v1 else "/api/public/v1")
        return cls(
            public_base=public_base,
            config_base=f"{pages}/api/v1",
            token_url=_token_url(token_url, public_base=public_base, pages=pages),
            pages=pages,
        )

    def connection_page(self, workspace_id: str, connection_id: str, job_id: int | None = None) -> str:
        """Return the page on which people see the connection's jobs, with one of them opened."""
        page = f"{self.pages}/workspaces/{workspace_id}/connections/{connection_id}/timeline"
        return page if job_id is None else f"{page}?jobId={job_id}&openLogs=true"


def _split(text: str) -> SplitResult:
    written = text.strip()
    if "://" not in written:
        written = f"{_scheme_of(written)}://{written}"
    try:
        parts = urlsplit(written)
        port_is_valid = parts.port is None or parts.port > 0
        (parts.hostname or "").encode("idna")  # a name with an empty or an endless part is none
    except ValueError as error:
        raise _no_address(got="a text that is no URL") from error
    if "@" in parts.netloc:
        raise _no_address(got="a URL with credentials in it")
    if parts.scheme not in ("http", "https") or not parts.hostname or not port_is_valid or " " in parts.netloc:
        raise _no_address(got="a text that is no URL" if text.strip() else "nothing")
    return parts


def _scheme_of(bare: str) -> str:
    host, _, port = bare.partition("/")[0].partition(":")
    return "https" if "." in host and not port and not _is_ip(host) else "http"


def _is_ip(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _token_url(given: str | None, *, public_base: str, pages: str) -> str:
    """Return the token endpoint; a path that names the server's own, in whatever form, means the server's own."""
    own = f"{public_base}/{_TOKEN_PATH}"
    if not given or not given.strip():
        return own
    if given.startswith(("http://", "https://")):
        return given
    return own if given.rstrip("/").endswith(_TOKEN_PATH) else f"{pages}/{given.lstrip('/')}"


def _no_address(*, got: str) -> InvalidOption:
    return InvalidOption(
        option="host",
        got=got,
        expected="an Airbyte address such as http://localhost:8000 or https://api.airbyte.com/v1; "
        "credentials go into login and password",
    )
