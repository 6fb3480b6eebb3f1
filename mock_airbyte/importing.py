"""Reading the public API of a running Airbyte, or of another mock: where it is, how to get in, all pages of its lists.

Nothing is written there. Errors say what was refused and which credential that was, never the credential itself.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlsplit, urlunsplit

import requests
from requests.auth import AuthBase, HTTPBasicAuth

if TYPE_CHECKING:
    from requests import PreparedRequest, Response

_PAGE = 100
_TIMEOUT_SECONDS = 30.0
_PUBLIC = "/api/public/v1"
_CLOUD = "https://api.airbyte.com/v1"
_CLOUD_HOSTS = ("api.airbyte.com", "cloud.airbyte.com")
_UNAUTHORIZED, _FORBIDDEN, _NOT_FOUND, _BAD_REQUEST = 401, 403, 404, 400


class CannotRead(Exception):
    """The Airbyte cannot be read; the message says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Login:
    """How to get in."""

    mode: Literal["client-credentials", "basic", "bearer", "none"]
    client_id: str = ""
    client_secret: str = field(default="", repr=False)
    username: str = ""
    password: str = field(default="", repr=False)
    token: str = field(default="", repr=False)

    def refused(self, status: int) -> CannotRead:
        """Return the error that says which credential was refused."""
        words = {
            "client-credentials": "The client id or its secret was refused"
            f" (client_id={self.client_id!r}, status={status})."
            " Check --client-id and --client-secret; both are made under Settings > Applications.",
            "basic": f"The user name or the password was refused (username={self.username!r}, status={status})."
            " Check --username and --password.",
            "bearer": f"The bearer token was refused (status={status}). Check --token; it may have expired.",
            "none": f"It asks for credentials (status={status}). Give --client-id and --client-secret, --username and"
            " --password, or --token.",
        }
        return CannotRead(words[self.mode])


class _Bearer(AuthBase):
    """Sends a token; a .netrc file would replace a plain header."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


class _Nothing(AuthBase):
    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        return request


def public_base(url: str) -> str:
    """Return the public API's base for a bare host, `…/api`, either API's base, or Airbyte Cloud; without a user."""
    parts = urlsplit(url if "://" in url else f"http://{url}")
    if parts.hostname in _CLOUD_HOSTS:
        return _CLOUD
    place, path = parts.netloc.rpartition("@")[2], parts.path.rstrip("/")
    if not path.endswith(_PUBLIC) and (not path.endswith("/v1") or path.endswith("/api/v1")):
        path = path.removesuffix("/v1").removesuffix("/api") + _PUBLIC
    return urlunsplit((parts.scheme, place, path, "", ""))


class PublicApi:
    """The public API at a base URL."""

    def __init__(self, session: requests.Session, url: str, login: Login) -> None:
        """Get in; raises `CannotRead`. `url`: see `public_base`."""
        self.base = public_base(url)
        self._session = session
        self._login = login
        match login.mode:
            case "basic":
                session.auth = HTTPBasicAuth(login.username.encode(), login.password.encode())
            case "bearer":
                session.auth = _Bearer(login.token)
            case "none":
                session.auth = _Nothing()
            case _:
                session.auth = _Bearer(self._token())

    def everything(self, path: str) -> list[dict[str, Any]]:
        """Return all entries of a list, page by page; raises `CannotRead`. Tags are none where the API has none."""
        if path == "/tags":
            return self._tags()
        found: dict[str, dict[str, Any]] = {}
        id_field = f"{path.strip('/').removesuffix('s')}Id"
        offset = 0
        while page := self._data(self._get(path, {"limit": _PAGE, "offset": offset})):
            offset += len(page)
            new = {str(one.get(id_field)): one for one in page if str(one.get(id_field)) not in found}
            if not new:  # a server that always gives the same page
                break
            found |= new
        return list(found.values())

    def _tags(self) -> list[dict[str, Any]]:
        answer = self._send("GET", "/tags")
        return self._data(answer) if answer.ok else []

    def _token(self) -> str:
        secret = {"client_id": self._login.client_id, "client_secret": self._login.client_secret}
        self._session.auth = _Nothing()
        answer = self._send("POST", "/applications/token", json=secret)
        if answer.status_code in (_BAD_REQUEST, _UNAUTHORIZED, _FORBIDDEN):
            raise self._login.refused(answer.status_code)
        token = self._json(answer).get("access_token")
        if not isinstance(token, str):
            message = f"It gave no token (url={self.base!r}). Is it an Airbyte's public API?"
            raise CannotRead(message)
        return token

    def _get(self, path: str, query: dict[str, int]) -> Response:
        answer = self._send("GET", path, params=query)
        if answer.status_code == _UNAUTHORIZED:
            raise self._login.refused(answer.status_code)
        return answer

    def _data(self, answer: Response) -> list[dict[str, Any]]:
        found = self._json(answer).get("data")
        return found if isinstance(found, list) else []

    def _json(self, answer: Response) -> dict[str, Any]:
        path = urlsplit(answer.url).path
        if answer.status_code == _FORBIDDEN:
            message = f"These credentials may not read it (path={path!r}, status=403). Use those of somebody who may."
            raise CannotRead(message)
        if not answer.ok:
            hint = " Give the address of its public API." if answer.status_code == _NOT_FOUND else " Try again later."
            message = f"It answered with an error (path={path!r}, status={answer.status_code}).{hint}"
            raise CannotRead(message)
        try:
            body = answer.json()
        except requests.JSONDecodeError:
            body = None
        if not isinstance(body, dict):
            message = f"What answers there does not speak JSON (url={self.base!r}). Is it an Airbyte's public API?"
            raise CannotRead(message)
        return body

    def _send(self, method: str, path: str, **options: Any) -> Response:  # noqa: ANN401 -- requests' own
        try:
            return self._session.request(method, self.base + path, timeout=_TIMEOUT_SECONDS, **options)
        except (requests.RequestException, ValueError) as error:  # its own message may repeat the address
            message = f"Nobody answers there (url={self.base!r}, error={type(error).__name__}). Check --from."
            raise CannotRead(message) from None
