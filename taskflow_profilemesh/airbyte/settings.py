"""Where the Airbyte server is and who asks: from values that somebody has, or from the environment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from taskflow_profilemesh.airbyte.address import AirbyteAddress
from taskflow_profilemesh.airbyte.auth import Anonymous, Auth, Basic, Bearer, ClientCredentials
from taskflow_profilemesh.errors import InvalidOption

if TYPE_CHECKING:
    from typing import Self

URL_VARIABLE = "AIRBYTE_API_URL"
CLIENT_ID_VARIABLE = "AIRBYTE_CLIENT_ID"
CLIENT_SECRET_VARIABLE = "AIRBYTE_CLIENT_SECRET"  # noqa: S105 -- a variable's name
CONNECTION_VARIABLE = "AIRBYTE_CONNECTION_ID"

_KINDS = ("client_credentials", "basic", "bearer", "none")
_FAILED_LOG_LINES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class AirbyteSettings:
    """All that a client needs to know.

    `connection`: the Airbyte connection to sync where nobody names one. `read_seconds`: how long an answer may take
    (None: the client's own). `failed_log_lines`: how many of Airbyte's last log lines go to the task's log when a sync
    fails; they may quote rows, 0 shows none. `credentials_from`: where the credentials stood, for people;
    None: there are none.
    """

    address: AirbyteAddress
    auth: Auth
    connection: str | None = None
    proxies: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    verify: bool | str = True
    read_seconds: float | None = None
    failed_log_lines: int = _FAILED_LOG_LINES
    credentials_from: str | None = None

    @classmethod
    def of(
        cls,
        *,
        host: str,
        login: str | None = None,
        password: str | None = None,
        token_url: str | None = None,
        extra: Mapping[str, Any] | None = None,
    ) -> Self:
        """Make settings of what an Airflow connection holds.

        `login` and `password` are client id and secret. `extra` may say `auth` (client_credentials, basic, bearer or
        none), `token` (a bearer token), `client_id` and `client_secret`, `connection`, `proxies`, `verify` (a flag, or
        the file of certificates to check against), `timeout` (seconds) and `failed_log_lines`. All may be texts, as in
        a connection that is written as a URL. Raises `InvalidOption`.
        """
        more = dict(extra or {})
        timeout = more.get("timeout")
        auth = _auth(login or more.get("client_id"), password or more.get("client_secret"), more)
        return cls(
            address=AirbyteAddress.parse(host, token_url=token_url or None),
            auth=auth,
            credentials_from=_form(auth, login, password, more),
            connection=more.get("connection"),
            proxies=_proxies(more.get("proxies")),
            verify=_verify(more.get("verify", True)),
            read_seconds=None if timeout is None else _seconds(timeout),
            failed_log_lines=_lines(more.get("failed_log_lines", _FAILED_LOG_LINES)),
        )

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Self | None:
        """Read the `AIRBYTE_*` variables; None where `AIRBYTE_API_URL` is not set."""
        host = environment.get(URL_VARIABLE)
        if not host:
            return None
        return cls.of(
            host=host,
            login=environment.get(CLIENT_ID_VARIABLE),
            password=environment.get(CLIENT_SECRET_VARIABLE),
            extra={"connection": environment.get(CONNECTION_VARIABLE)},
        )


def _auth(login: str | None, password: str | None, extra: Mapping[str, Any]) -> Auth:
    token = extra.get("token") or extra.get("bearer_token")
    kind = extra.get("auth") or ("bearer" if token else "client_credentials" if login and password else "none")
    match kind:
        case "bearer" if token:
            return Bearer(str(token))
        case "basic" if login:
            return Basic(login, password or "")
        case "client_credentials" if login and password:
            return ClientCredentials(login, password)
        case "none":
            return Anonymous()
    if kind in _KINDS:
        needs = {"bearer": "token in the extra", "basic": "a login"}.get(kind, "login and password")
        raise InvalidOption(option="auth", got=str(kind), expected=f"{needs}, which this way to log in needs")
    raise InvalidOption(option="auth", got=str(kind), expected="one of " + ", ".join(_KINDS), known=_KINDS)


def _form(auth: Auth, login: str | None, password: str | None, extra: Mapping[str, Any]) -> str | None:
    """Say where the credentials stood."""
    match auth:
        case Bearer():
            return "token in the extra"
        case Anonymous():
            return None
    parts = (
        ("login" if login else "client_id in the extra"),
        ("password" if password else "client_secret in the extra"),
    )
    if parts == ("client_id in the extra", "client_secret in the extra"):
        return "client_id and client_secret in the extra"
    ignored = " (those in the extra are not used)" if login and password and "client_id" in extra else ""
    return " and ".join(parts) + ignored


def _proxies(value: object) -> tuple[tuple[str, str], ...]:
    """Return pairs of scheme and proxy; a lone text is the proxy for both schemes."""
    if not value:
        return ()
    if isinstance(value, Mapping):
        return tuple((str(scheme).removesuffix("://"), str(url)) for scheme, url in value.items())
    return ("http", str(value)), ("https", str(value))


def _verify(value: object) -> bool | str:
    if isinstance(value, bool):
        return value
    written = str(value).strip()
    if written.lower() in _FLAGS:
        return _FLAGS[written.lower()]
    if not Path(written).exists():
        raise InvalidOption(option="verify", got="no file", expected="true, false, or a file of certificates")
    return written


_FLAGS = {"true": True, "1": True, "false": False, "0": False}


def _seconds(value: object) -> float:
    try:
        seconds = float(str(value))
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < float("inf"):
        raise InvalidOption(option="timeout", got=str(value), expected="a number of seconds greater than 0")
    return seconds


def _lines(value: object) -> int:
    if not str(value).isdecimal():
        raise InvalidOption(option="failed_log_lines", got=str(value), expected="a whole number, 0 or more")
    return int(str(value))
