"""Health and tokens: what anybody may call."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_airbyte.calls import Answer
from mock_airbyte.problems import plain, unauthorized

if TYPE_CHECKING:
    from mock_airbyte.calls import Call


_CLOUD = "/v1/"  # where Airbyte Cloud has its public API


def health(_: Call) -> Answer:
    """Say that the public API is up."""
    return Answer("Successful operation")


def config_health(_: Call) -> Answer:
    """Say that the Config API is up."""
    return Answer({"available": True})


def create_token(call: Call) -> Answer:
    """Exchange client credentials for a token; JSON or form, `grant_type` or none."""
    client_id, client_secret = (str(call.body.get(name) or "") for name in ("client_id", "client_secret"))
    token = call.gate.issue(client_id, client_secret, call.world.clock.now())
    if token is None and call.path.startswith(_CLOUD):
        raise unauthorized()
    if token is None:
        raise plain(400, "Bad Request", "Invalid client id or token", call.path)
    return Answer({"access_token": token, "token_type": "Bearer", "expires_in": call.gate.auth.token_seconds})
