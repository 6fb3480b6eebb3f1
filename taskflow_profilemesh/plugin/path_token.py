"""Takes the token out of the path of a request, before anything writes the path to a log.

Airbyte's settings have room for an address and for no header, so the token must be able to stand in the path. Airflow's
access log has the path of each request in clear text; it is written when the request is over, from the same scope.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

ROUTE: Final = "/airbyte"
KEY: Final = "profilemesh.token"


class PathToken:
    """An ASGI middleware: `…/airbyte/TOKEN` becomes `…/airbyte`, and the token a value of the scope."""

    def __init__(self, app: ASGIApp) -> None:
        """Keep the application that goes on."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Move the token and go on."""
        if scope["type"] == "http":
            before, found, token = scope["path"].rpartition(f"{ROUTE}/")
            if found:
                scope[KEY] = token
                scope["path"] = f"{before}{ROUTE}"
                scope["raw_path"] = scope["path"].encode()
        await self._app(scope, receive, send)
