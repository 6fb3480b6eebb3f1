"""Airbyte's answers, written by hand in the shapes that its API has, and a server that gives them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from pytest_httpserver import HTTPServer
from requests import Session
from werkzeug import Request, Response

from taskflow_profilemesh.airbyte.address import AirbyteAddress
from taskflow_profilemesh.airbyte.auth import Anonymous, Auth, TokenCache
from taskflow_profilemesh.airbyte.client import AirbyteClient
from taskflow_profilemesh.airbyte.sending import Sender
from taskflow_profilemesh.clock import Clock

PUBLIC = "/api/public/v1"
CONFIG = "/api/v1"
JOB_PATH = f"{PUBLIC}/jobs/7"  # of `job()`
SHOP = "11111111-1111-4111-8111-111111111111"
STOCK = "22222222-2222-4222-8222-222222222222"
MAIN = "33333333-3333-4333-8333-333333333333"
WAREHOUSE = "44444444-4444-4444-8444-444444444444"

Answer = dict[str, Any] | tuple[int, dict[str, Any]] | Response | Callable[[Request], Response]


def job(job_id: int = 7, status: str = "succeeded", **more: Any) -> dict[str, Any]:
    base = {
        "jobId": job_id,
        "status": status,
        "jobType": "sync",
        "startTime": "2026-01-01T12:00Z",
        "connectionId": SHOP,
    }
    if status == "succeeded":
        base |= {"lastUpdatedAt": "2026-01-01T12:01:06Z", "duration": "PT1M6S", "rowsSynced": 30, "bytesSynced": 900}
    return base | more


def connection(connection_id: str = SHOP, name: str = "Shop", **more: Any) -> dict[str, Any]:
    return {
        "connectionId": connection_id,
        "name": name,
        "workspaceId": MAIN,
        "sourceId": "s",
        "destinationId": WAREHOUSE,
        "status": "active",
        "namespaceDefinition": "destination",
        "configurations": {"streams": [{"name": "users", "syncMode": "incremental_append"}, {"name": "orders"}]},
    } | more


def destination(kind: str = "postgres", **configuration: Any) -> dict[str, Any]:
    return {"destinationId": WAREHOUSE, "name": "W", "destinationType": kind, "configuration": configuration}


def details(*attempts: dict[str, Any]) -> dict[str, Any]:
    return {"job": {"id": 7}, "attempts": [{"attempt": attempt} for attempt in attempts]}


def attempt(number: int = 0, status: str = "succeeded", *, emitted: int = 30, **more: Any) -> dict[str, Any]:
    stats = {"recordsEmitted": emitted, "bytesEmitted": 900, "recordsCommitted": emitted}
    return {"id": number, "status": status, "totalStats": stats, "streamStats": []} | more


def failure(kind: str = "system_error", message: str = "Invalid credentials") -> dict[str, Any]:
    told = {"failureOrigin": "source", "failureType": kind, "externalMessage": message, "internalMessage": "row 5"}
    return {"failures": [told | {"streamDescriptor": {"name": "users"}}]}


def page(*items: dict[str, Any]) -> dict[str, Any]:
    return {"previous": "", "next": "https://elsewhere.example/api?limit=20&offset=20" if items else "", "data": items}


def problem(status: int, title: str, message: str = "") -> tuple[int, dict[str, Any]]:
    data = {"message": message} if message else {}
    return status, {"status": status, "title": title, "detail": "Please try again later.", "data": data}


CONFLICT = problem(409, "try-again-later", f"A sync is already running for: {SHOP}")
TOKEN = {"access_token": "token-1", "token_type": "Bearer", "expires_in": 900}


class Airbyte:
    """Answers each route with its answers in turn, the last one for ever, and remembers what it was asked."""

    def __init__(self, server: HTTPServer) -> None:
        self.server = server
        self.url = server.url_for("").rstrip("/")
        self.asked: list[str] = []
        self.requests: list[Request] = []
        self._opened: list[AirbyteClient] = []

    def on(self, method: str, path: str, *answers: Answer) -> None:
        left = list(answers)

        def handle(request: Request) -> Response:
            self.asked.append(f"{method} {path.removeprefix(PUBLIC)}")
            self.requests.append(request)
            answer = left.pop(0) if len(left) > 1 else left[0]
            return answer(request) if callable(answer) and not isinstance(answer, Response) else respond(answer)

        self.server.expect_request(path, method=method).respond_with_handler(handle)

    def paged(self, path: str, *items: dict[str, Any]) -> None:
        def handle(request: Request) -> Response:
            offset, limit = int(request.args["offset"]), int(request.args["limit"])
            return respond(page(*items[offset : offset + limit]))

        self.on("GET", path, handle)

    def address(self) -> AirbyteAddress:
        return AirbyteAddress.parse(self.url)

    def client(
        self,
        clock: Clock,
        auth: Auth | None = None,
        *,
        session: Session | None = None,
        tokens: TokenCache | None = None,
    ) -> AirbyteClient:
        sender = Sender(
            self.address(),
            auth or Anonymous(),
            session=session,
            clock=clock,
            draw=lambda: 0.0,
            tokens=tokens or TokenCache(clock),
        )
        self._opened.append(AirbyteClient(sender, failed_log_lines=5))
        return self._opened[-1]

    def close(self) -> None:
        for client in self._opened:
            client.sender.close()

    def shop(self, **more: Any) -> None:
        """A connection, its destination, and the Config API that tells nothing."""
        self.on("GET", f"{PUBLIC}/connections/{SHOP}", connection(**more))
        self.paged(f"{PUBLIC}/connections", connection(**more))
        self.on("GET", f"{PUBLIC}/destinations/{WAREHOUSE}", destination(schema="public"))
        self.on("POST", f"{CONFIG}/connections/get", (403, {"message": "Forbidden"}))


def html(status: int = 200) -> Response:
    return Response("<html>Welcome</html>", status=status, content_type="text/html")


def respond(answer: Answer) -> Response:
    if isinstance(answer, Response):
        return answer
    assert not callable(answer)
    status, body = answer if isinstance(answer, tuple) else (200, answer)
    return Response(json.dumps(body), status=status, content_type="application/json")
