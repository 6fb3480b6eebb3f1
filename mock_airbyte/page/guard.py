"""Who may see the page, and whether a click came from it.

Whoever sits at the machine may: a request over loopback, to a loopback name (another name means that a foreign site
points its own at this machine), that no proxy passed on. Anybody else needs what the API asks for, as a user name and a
password: the client id and secret, or those of basic authentication, or any name and the bearer token. A mock without
authentication is open, like its API. A control token, where one is set, is asked for even at the machine: any name, and
the token as the password.
"""

from __future__ import annotations

import hmac
from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from werkzeug.wrappers import Request

    from mock_airbyte.auth import Auth

_PASSED_ON = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-Ip", "Via")


def may_see(request: Request, auth: Auth, control_token: str | None = None) -> bool:
    """Return whether the request may see the page and click in it."""
    if control_token is not None:
        return _same(_given(request)[1], control_token)
    return auth.mode == "none" or _is_local(request) or _is_known(*_given(request), auth)


def is_own(request: Request) -> bool:
    """Return whether a browser says that the request comes from a page of this very server; without a word: no."""
    origin, site = request.headers.get("Origin"), request.headers.get("Sec-Fetch-Site")
    if site is not None and site != "same-origin":
        return False
    return origin is not None and urlsplit(origin).netloc.lower() == request.host.lower()


def _is_local(request: Request) -> bool:
    if any(name in request.headers for name in _PASSED_ON):
        return False
    host = urlsplit(f"//{request.host}").hostname or ""
    return _is_loopback(request.remote_addr or "") and (host == "localhost" or _is_loopback(host))


def _is_loopback(address: str) -> bool:
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False


def _given(request: Request) -> tuple[str, str]:
    given = request.authorization
    if given is None or given.type != "basic":
        return "", ""
    return given.username or "", given.password or ""


def _is_known(name: str, password: str, auth: Auth) -> bool:
    match auth.mode:
        case "client-credentials":
            return _same(name, auth.client_id) and _same(password, auth.client_secret)
        case "basic":
            return _same(name, auth.username) and _same(password, auth.password)
        case _:
            return _same(password, auth.token)


def _same(given: str, expected: str) -> bool:
    return bool(given) and hmac.compare_digest(given.encode(), expected.encode())
