"""Who may call the mock: no check, client credentials, basic or bearer.

Tokens are signed JSON Web Tokens (HMAC-SHA256), as Airbyte's are: they carry their own end of life, so a restarted
mock with the same secret still takes them, and `revoke_tokens` ends all that were issued so far. Tokens are numbered;
a mock with a state file goes on with the numbers, so that what was revoked stays so.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import itertools
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from datetime import datetime

DEFAULT_ID = "00000000-0000-0000-0000-000000000000"  # of the user and the organization that every Airbyte begins with
AuthMode = Literal["none", "client-credentials", "basic", "bearer"]


@dataclass(frozen=True, slots=True)
class Auth:
    """How callers prove who they are; only the fields of the mode are used. Secrets stay out of the repr."""

    mode: AuthMode = "client-credentials"
    client_id: str = "mock-client-id"
    client_secret: str = field(default="mock-client-secret", repr=False)
    token_seconds: int = 900
    username: str = "airbyte"
    password: str = field(default="password", repr=False)
    token: str = field(default="mock-token", repr=False)


class Gate:
    """Issues tokens and judges `Authorization` headers."""

    def __init__(self, auth: Auth) -> None:
        """Take what is asked of callers."""
        self.auth = auth
        self._revoked_up_to = 0
        self._serial = itertools.count(1)
        self._issued = 0
        self._key = hashlib.sha256(b"mock-airbyte:" + auth.client_secret.encode()).digest()

    def issue(self, client_id: str, client_secret: str, now: datetime) -> str | None:
        """Return a token, or None for wrong credentials; without authentication anybody gets one."""
        known = _same(client_id, self.auth.client_id) and _same(client_secret, self.auth.client_secret)
        if not known and self.auth.mode != "none":
            return None
        self._issued = next(self._serial)
        begun = int(now.timestamp())
        return self._signed(
            {"sub": DEFAULT_ID, "jti": self._issued, "iat": begun, "exp": begun + self.auth.token_seconds}
        )

    def revoke_tokens(self) -> None:
        """End every token that was issued so far."""
        self._revoked_up_to = self._issued

    @property
    def issued(self) -> int:
        """How many tokens were issued; the newest one's number."""
        return self._issued

    @property
    def revoked_up_to(self) -> int:
        """The number of the newest token that was revoked."""
        return self._revoked_up_to

    def go_on(self, *, issued: int, revoked_up_to: int) -> None:
        """Go on from where an earlier process was: what it revoked stays revoked."""
        self._serial = itertools.count(issued + 1)
        self._issued, self._revoked_up_to = issued, revoked_up_to

    def lets_in(self, authorization: str | None, now: datetime) -> bool:
        """Return whether a request with that header may pass."""
        scheme, _, credentials = (authorization or "").partition(" ")
        match self.auth.mode, scheme.lower():
            case "none", _:
                return True
            case "client-credentials", "bearer":
                return self._is_valid(credentials.strip(), now)
            case "bearer", "bearer":
                return _same(credentials.strip(), self.auth.token)
            case "basic", "basic":
                return _same(_decoded(credentials), f"{self.auth.username}:{self.auth.password}")
        return False

    def _signed(self, claims: dict[str, Any]) -> str:
        signed = ".".join(_base64(json.dumps(part).encode()) for part in ({"alg": "HS256", "typ": "JWT"}, claims))
        return f"{signed}.{self._signature(signed)}"

    def _signature(self, signed: str) -> str:
        return _base64(hmac.digest(self._key, signed.encode(), "sha256"))

    def _is_valid(self, token: str, now: datetime) -> bool:
        signed, _, signature = token.rpartition(".")
        if not signed or not _same(signature, self._signature(signed)):
            return False
        payload = signed.partition(".")[2]
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        return bool(now.timestamp() < claims["exp"] and claims["jti"] > self._revoked_up_to)


def _same(given: str, expected: str) -> bool:
    return hmac.compare_digest(given.encode(), expected.encode())


def _base64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _decoded(credentials: str) -> str:
    try:
        return base64.b64decode(credentials, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return ""
