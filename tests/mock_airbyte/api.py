"""A client for the mock's APIs that needs no socket: requests go straight into the application."""

from __future__ import annotations

from typing import Any

from werkzeug.test import Client, TestResponse

from mock_airbyte import MockAirbyte

Json = Any  # its shape is what each test is about
PUBLIC, CONFIG = "/api/public/v1", "/api/v1"


def reason(answer: Json) -> str:
    """What an answer other than success says, in whichever of Airbyte's forms it says it."""
    said = (answer.get("data") or {}).get("message")
    nested = [one["message"] for one in (answer.get("_embedded") or {}).get("errors", ())]
    invalid = [f"{one['propertyPath']}: {one['message']}" for one in answer.get("validationErrors", ())]
    return str(said or next(iter([*nested, *invalid]), None) or answer.get("message") or answer.get("detail"))


class Api:
    """Calls the mock with a fresh token and returns the JSON of answers, which must have the expected status."""

    def __init__(self, mock: MockAirbyte, base: str = PUBLIC) -> None:
        self.mock = mock
        self.base = base
        self._client = Client(mock.app)

    def raw(self, method: str, path: str, **options: Json) -> TestResponse:
        token = self.mock.gate.issue(self.mock.client_id, self.mock.client_secret, self.mock.world.clock.now())
        headers = {"Authorization": f"Bearer {token}"} | options.pop("headers", {})
        return self._client.open(self.base + path, method=method, headers=headers, **options)

    def call(self, method: str, path: str, *, expect: int = 200, **options: Json) -> Json:
        response = self.raw(method, path, **options)
        assert response.status_code == expect, response.text
        return response.get_json() if response.data else None

    def get(self, path: str, *, expect: int = 200, **query: Json) -> Json:
        return self.call("GET", path, expect=expect, query_string=query)

    def post(self, path: str, body: dict[str, Any] | None = None, *, expect: int = 200) -> Json:
        return self.call("POST", path, expect=expect, json=body or {})

    def patch(self, path: str, body: dict[str, Any], *, expect: int = 200) -> Json:
        return self.call("PATCH", path, expect=expect, json=body)

    def delete(self, path: str, *, expect: int = 200) -> Json:
        return self.call("DELETE", path, expect=expect)
