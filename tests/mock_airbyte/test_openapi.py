"""The mock's own document: every operation is in it, and what it says is what the mock answers."""

from __future__ import annotations

from pathlib import Path

from werkzeug.test import Client

from mock_airbyte import MockAirbyte
from mock_airbyte.config_routes import CONFIG
from mock_airbyte.openapi import document
from mock_airbyte.routes import PUBLIC
from tests.conformance.fuzzing import fuzz, stocked_mock


def test_the_document_is_served_to_anybody() -> None:
    answer = Client(MockAirbyte().app).get("/openapi.json")
    assert (answer.status_code, answer.get_json()) == (200, document())


def test_every_operation_is_documented_once() -> None:
    documented = [(path, method) for path, operations in document()["paths"].items() for method in operations]
    assert len(documented) == len(set(documented)) == len(PUBLIC) + len(CONFIG)


def test_arguments_queries_and_bodies_are_those_of_the_routes() -> None:
    paths = document()["paths"]
    read = paths["/api/public/v1/sources/{actorId}"]["get"]
    assert read["parameters"] == [
        {"name": "actorId", "in": "path", "required": True, "schema": {"type": "string", "format": "uuid"}}
    ]
    create = paths["/api/public/v1/jobs"]["post"]
    assert create["requestBody"]["content"]["application/json"]["schema"]["required"] == ["connectionId", "jobType"]
    assert set(create["responses"]) == {"200", "400", "401", "404", "405", "409", "422"}
    assert set(paths["/api/public/v1/tags/{tagId}"]["delete"]["responses"]) >= {"204"}


def test_made_up_requests_get_documented_answers_and_never_an_error_of_the_mock_itself(tmp_path: Path) -> None:
    mock = stocked_mock(tmp_path / "warehouse.db")
    assert fuzz(mock, examples=5) > 500
    assert {one.status for one in mock.requests} >= {200, 204, 400, 404}
