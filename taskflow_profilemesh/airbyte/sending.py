"""Sending one call with `requests`: the token, the retries, and nothing about jobs or connections.

Reads are repeated while patience lasts, those too whose answer cannot be read though earlier ones could: a proxy, or a
page that tells of maintenance, stands in for a server that restarts. An address that never answered in Airbyte's words
is wrong, and that is said at once. A request that starts or cancels something is repeated only when it was surely
not delivered: nobody listened, or the server turned it away unread (429).
"""

from __future__ import annotations

from http import HTTPStatus
from random import random
from typing import TYPE_CHECKING, TypeVar

import requests
from requests.adapters import HTTPAdapter

from taskflow_profilemesh.airbyte import calls
from taskflow_profilemesh.airbyte.auth import TOKENS, ClientCredentials, masked, token_key
from taskflow_profilemesh.airbyte.replies import Reply, read_reply
from taskflow_profilemesh.airbyte.retrying import Patience, may_be_read_later, may_pass, pause_before_retry
from taskflow_profilemesh.airbyte.wire import CONNECT_SECONDS, Timeouts, asked, read_seconds, wire_of
from taskflow_profilemesh.clock import SystemClock
from taskflow_profilemesh.errors import AirbyteError, AirbyteUnreachable

if TYPE_CHECKING:
    from collections.abc import Callable

    from taskflow_profilemesh.airbyte.address import AirbyteAddress
    from taskflow_profilemesh.airbyte.auth import Auth, TokenCache
    from taskflow_profilemesh.airbyte.calls import Call
    from taskflow_profilemesh.airbyte.wire import Wire
    from taskflow_profilemesh.clock import Clock

T = TypeVar("T")


def pooled_session(*, proxies: dict[str, str] | None = None, verify: bool | str = True) -> requests.Session:
    """Return a session that keeps connections open; `verify`: check certificates, or the file to check them against."""
    session = requests.Session()
    for scheme in ("http://", "https://"):
        session.mount(scheme, HTTPAdapter(pool_connections=4, pool_maxsize=16))
    session.proxies.update(proxies or {})
    session.verify = verify
    return session


class Sender:
    """Sends calls to one server as one user; safe to share between threads."""

    def __init__(  # noqa: PLR0913 -- everything that a test replaces is an argument
        self,
        address: AirbyteAddress,
        auth: Auth,
        *,
        session: requests.Session | None = None,
        clock: Clock | None = None,
        draw: Callable[[], float] = random,
        tokens: TokenCache = TOKENS,
        timeouts: Timeouts | None = None,
        patience: Patience | None = None,
    ) -> None:
        """Keep the collaborators; nothing is sent yet."""
        self.address = address
        self.auth = auth
        self.clock = clock or SystemClock()
        self._session = session or pooled_session()
        self._draw = draw
        self._tokens = tokens
        self.timeouts = timeouts or Timeouts()
        self._patience = patience or Patience()
        self._established = False
        self._understood: set[str] = set()  # the APIs whose answers could be read

    def send(self, call: Call[T], *, patience: Patience | None = None) -> T:
        """Send the call and return what it reads; raises an `AirbyteError` when patience runs out."""
        began, tries, renewed = self.clock.monotonic(), 0, False
        token = self._token(call)
        while True:
            tries += 1
            wire = wire_of(call, self.address, self.auth.header(token))
            reply = self._exchange(call, wire)
            if isinstance(reply, Reply) and reply.status_code == HTTPStatus.UNAUTHORIZED and token and not renewed:
                token, renewed = self._token(call, refused=token), True
                continue
            try:
                return self._outcome(call, wire, reply, tries)
            except AirbyteError as error:
                if not (_may_repeat(call, reply) or may_be_read_later(call, error)):
                    raise
                waited = self.clock.monotonic() - began
                pause = self._pause(reply, tries=tries, waited=waited, patience=patience or self._patience)
                if pause is None:
                    raise
            self.clock.sleep(pause)

    def fetch_token(self) -> None:
        """Get a new token whether or not one is kept: the proof that the credentials are good today."""
        if isinstance(self.auth, ClientCredentials):
            token = self.send(calls.token(self.auth))
            self._tokens.keep(token_key(self.address.token_url, self.auth), token)

    def close(self) -> None:
        """Close the kept connections."""
        self._session.close()

    def _token(self, call: Call[T], *, refused: str | None = None) -> str | None:
        if call.anonymous or not isinstance(self.auth, ClientCredentials):
            return None
        credentials, key = self.auth, token_key(self.address.token_url, self.auth)
        return self._tokens.get(key, lambda: self.send(calls.token(credentials)), refused=refused)

    def _exchange(self, call: Call[T], wire: Wire) -> Reply | requests.RequestException:
        seconds = read_seconds(call, self.timeouts, established=self._established)
        try:
            response = self._session.request(
                wire.method,
                wire.url,
                params=list(wire.params),
                json=wire.body,
                auth=_Headers(wire.headers),
                timeout=(CONNECT_SECONDS, seconds),
                allow_redirects=False,
                # Said here again because the environment's proxies and certificates go before those of a session.
                proxies=dict(self._session.proxies),
                verify=self._session.verify,
            )
        except requests.RequestException as error:
            return error
        reply = Reply(
            status_code=response.status_code,
            content_type=response.headers.get("Content-Type", ""),
            body=response.content,
            location=response.headers.get("Location"),
            retry_after=response.headers.get("Retry-After"),
        )
        self._established = self._established or reply.status_code < HTTPStatus.INTERNAL_SERVER_ERROR
        return reply

    def _pause(
        self, reply: Reply | requests.RequestException, *, tries: int, waited: float, patience: Patience
    ) -> float | None:
        seconds = patience.established_seconds if self._established else patience.first_contact_seconds
        return pause_before_retry(
            tries=tries,
            waited_seconds=waited,
            patience_seconds=seconds,
            retry_after=reply.retry_after if isinstance(reply, Reply) else None,
            now=self.clock.now(),
            draw=self._draw(),
        )

    def _outcome(self, call: Call[T], wire: Wire, reply: Reply | requests.RequestException, tries: int) -> T:
        if isinstance(reply, Reply):
            understood = call.api in self._understood
            found = read_reply(call, reply, asked(wire, self.address, self.auth, tries=tries, is_understood=understood))
            self._understood.add(call.api)
            return found
        raise AirbyteUnreachable(
            base_url=self.address.public_base, reason=masked(_why(reply), self.auth.secrets)
        ) from reply


class _Headers(requests.auth.AuthBase):
    """Puts the headers on as authentication, so that a `.netrc` file cannot put another one in their place."""

    def __init__(self, headers: object) -> None:
        self._headers = headers

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers.update(self._headers)  # type: ignore[call-overload] # a mapping of texts, see `Wire`
        return request


def _may_repeat(call: Call[T], reply: Reply | requests.RequestException) -> bool:
    """Return whether sending again may help and cannot do a thing twice."""
    if isinstance(reply, Reply):
        unread = reply.status_code == HTTPStatus.TOO_MANY_REQUESTS
        return unread or (call.repeatable and may_pass(reply.status_code))
    return call.repeatable or _was_not_delivered(reply)


def _was_not_delivered(error: requests.RequestException) -> bool:
    if isinstance(error, requests.ConnectTimeout):
        return True
    cause = error.args[0] if error.args else None
    return type(getattr(cause, "reason", None)).__name__ in ("NewConnectionError", "NameResolutionError")


def _why(error: requests.RequestException) -> str:
    if isinstance(error, requests.ConnectTimeout):
        return f"no connection within {CONNECT_SECONDS:g} s"
    if isinstance(error, requests.ReadTimeout):
        return "connected, but no answer in time"
    if isinstance(error, requests.exceptions.SSLError):
        return "the certificate or the TLS handshake was refused"
    cause = error.args[0] if error.args else error
    reason = getattr(cause, "reason", cause)
    name = type(reason).__name__
    return {
        "NewConnectionError": "connection refused",
        "NameResolutionError": "the host name is unknown",
        "ProtocolError": "the connection broke off",
    }.get(name, name)
