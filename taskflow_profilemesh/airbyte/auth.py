"""Credentials, and the token that is fetched once and shared.

A token is kept per server and credentials for the whole process, so that a thousand tasks do not ask for a thousand
tokens. When it is refused (401) it is renewed once: of many threads that see the refusal, the first asks and the others
take what it got.
"""

from __future__ import annotations

import base64
import hashlib
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, TypeAlias
from urllib.parse import quote

from taskflow_profilemesh.clock import SystemClock

if TYPE_CHECKING:
    from collections.abc import Callable

    from taskflow_profilemesh.clock import Clock

_MARGIN_SECONDS = 60.0
_MARGIN_SHARE = 0.2  # of a short life


class Auth(Protocol):
    """How a request shows who asks."""

    @property
    def kind(self) -> str:
        """Return what people call it; it may stand in a message."""

    @property
    def secrets(self) -> tuple[str, ...]:
        """Return the texts that must never be shown."""

    def header(self, token: str | None) -> str | None:
        """Return the `Authorization` header; `token` is the fetched one, where there is one."""


@dataclass(frozen=True, slots=True)
class ClientCredentials:
    """An application's client id and secret, exchanged for a token that lasts minutes."""

    client_id: str
    client_secret: str = field(repr=False)
    kind: str = field(default="client credentials", init=False)

    @property
    def secrets(self) -> tuple[str, ...]:
        """Return the client secret."""
        return (self.client_secret,)

    def header(self, token: str | None) -> str | None:
        """Return the fetched token as a bearer token."""
        return f"Bearer {token}" if token else None


@dataclass(frozen=True, slots=True)
class Basic:
    """A user's name and password in each request."""

    username: str
    password: str = field(repr=False)
    kind: str = field(default="basic", init=False)

    @property
    def secrets(self) -> tuple[str, ...]:
        """Return the password, and the pair as it is sent."""
        return (self.password, self._pair()) if self.password else ()

    def header(self, token: str | None) -> str | None:  # noqa: ARG002 -- one signature for all
        """Return name and password in base64."""
        return f"Basic {self._pair()}"

    def _pair(self) -> str:
        return base64.b64encode(f"{self.username}:{self.password}".encode()).decode()


@dataclass(frozen=True, slots=True)
class Bearer:
    """A token that somebody else fetched."""

    token: str = field(repr=False)
    kind: str = field(default="bearer token", init=False)

    @property
    def secrets(self) -> tuple[str, ...]:
        """Return the token."""
        return (self.token,)

    def header(self, token: str | None) -> str | None:  # noqa: ARG002 -- one signature for all
        """Return the given token."""
        return f"Bearer {self.token}"


@dataclass(frozen=True, slots=True)
class Anonymous:
    """Nobody in particular: a server without authentication."""

    kind: str = field(default="none", init=False)
    secrets: tuple[str, ...] = field(default=(), init=False)

    def header(self, token: str | None) -> str | None:  # noqa: ARG002 -- one signature for all
        """Return no header."""
        return None


@dataclass(frozen=True, slots=True)
class Token:
    """A fetched token and how long it lasts from when it was fetched."""

    value: str = field(repr=False)
    lifetime_seconds: float


TokenKey: TypeAlias = tuple[str, str, str]
"""Token endpoint, client id, and a digest of the secret: a mended secret never meets the old one's token."""


def token_key(token_url: str, credentials: ClientCredentials) -> TokenKey:
    """Return what a token is kept under."""
    digest = hashlib.sha256(credentials.client_secret.encode()).hexdigest()
    return token_url, credentials.client_id, digest


class TokenCache:
    """Tokens by server and credentials, safe to share between threads."""

    def __init__(self, clock: Clock) -> None:
        """Start empty; `clock` says when a token is too old."""
        self._clock = clock
        self._tokens: dict[TokenKey, tuple[str, float]] = {}
        self._guard = threading.Lock()
        # Re-entrant: a task's `on_kill` runs in a signal handler, perhaps while this very thread is fetching.
        self._flights: dict[TokenKey, threading.RLock] = {}

    def fresh(self, key: TokenKey) -> str | None:
        """Return the kept token if it will last a while, else None."""
        value, ends = self._tokens.get(key, ("", 0.0))
        return value if value and self._clock.monotonic() < ends else None

    def keep(self, key: TokenKey, token: Token) -> str:
        """Keep the token until shortly before it ends, and return its value."""
        margin = min(_MARGIN_SECONDS, token.lifetime_seconds * _MARGIN_SHARE)
        self._tokens[key] = token.value, self._clock.monotonic() + token.lifetime_seconds - margin
        return token.value

    def drop(self, key: TokenKey, refused: str) -> None:
        """Forget the token that was refused, unless a newer one has taken its place."""
        if self._tokens.get(key, ("", 0.0))[0] == refused:
            self._tokens.pop(key, None)

    def get(self, key: TokenKey, fetch: Callable[[], Token], *, refused: str | None = None) -> str:
        """Return a fresh token, fetching at most one at a time; `refused` is one that the server no longer takes."""
        with self._guard:
            flight = self._flights.setdefault(key, threading.RLock())
        with flight:
            if refused is not None:
                self.drop(key, refused)
            return self.fresh(key) or self.keep(key, fetch())


TOKENS = TokenCache(SystemClock())
"""The process's own tokens; the clients use them unless they are given others."""


def masked(text: str, secrets: tuple[str, ...]) -> str:
    """Return the text with every secret replaced by ***, as it is and percent-encoded."""
    for secret in secrets:
        for form in {secret, quote(secret, safe=""), quote(secret)} - {""}:
            text = text.replace(form, "***")
    return text
