"""Health and tokens: what anybody may call."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_airbyte.calls import Answer
from mock_airbyte.paths import CLOUD_BASE
from mock_airbyte.problems import kept_to_itself, plain

if TYPE_CHECKING:
    from mock_airbyte.calls import Call


def health(_: Call) -> Answer:
    """Say that the public API is up, in a text that Airbyte calls JSON."""
    return Answer("Successful operation", content_type="application/json")


def config_health(_: Call) -> Answer:
    """Say that the Config API is up."""
    return Answer({"available": True})


def create_token(call: Call) -> Answer:
    """Exchange client credentials for a token; JSON or form, `grant_type` or none."""
    client_id, client_secret = (str(call.body.get(name) or "") for name in ("client_id", "client_secret"))
    token = call.gate.issue(client_id, client_secret, call.world.clock.now())
    refused = "Invalid client id or token"
    if token is None and call.path.startswith(CLOUD_BASE + "/"):
        raise kept_to_itself(401, refused)
    if token is None:
        raise plain(400, "Bad Request", refused)
    return Answer({"access_token": token, "token_type": "Bearer", "expires_in": call.gate.auth.token_seconds})
