"""Credentials never come back: a secret is planted in every connector, then everything that the mock says is read.

Every operation of both APIs, all of control, the page, figures, notices, logs, command lines and representations.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import requests

from mock_airbyte import Auth, HandClock, MockAirbyte
from mock_airbyte.cli import main
from mock_airbyte.config_routes import CONFIG
from mock_airbyte.connectors import DESTINATIONS, SOURCES
from mock_airbyte.control_actions import ACTIONS
from mock_airbyte.route import Route
from mock_airbyte.routes import PUBLIC
from mock_airbyte.seed_entries import BadSeed
from mock_airbyte.seeding import plant
from mock_airbyte.webhooks import Courier
from tests.mock_airbyte.api import CONFIG as CONFIG_BASE
from tests.mock_airbyte.api import PUBLIC as PUBLIC_BASE

CANARY = "c4n4ry-9b1d7e"
SECRETS: dict[str, Any] = {
    "password": CANARY,
    "api_token": CANARY,
    "private_key": f"-----BEGIN PRIVATE KEY-----\n{CANARY}\n-----END PRIVATE KEY-----",
    "pem": f"-----BEGIN RSA PRIVATE KEY-----\n{CANARY}\n-----END RSA PRIVATE KEY-----",
    "credentials": {
        "auth_type": "Client",
        "client_secret": CANARY,
        "refresh_token": CANARY,
        "keys": [{"api_key": CANARY}],
    },
    "tokens": [CANARY, {"value": CANARY}],
    "secret": {"type": "vault", "value": CANARY},
    "uri": f"mongodb+srv://user:{CANARY}@cluster.example/db",
    "connectionString": f"Endpoint=sb://x/;SharedAccessKey={CANARY}",
    "jdbc_url_params": f"user=me&password={CANARY}",
    "libpq": f"host=h user=me password='{CANARY}'",
    "endpoint": f"https://example.com/f?access_token={CANARY}",
    "headers": {"Authorization": f"Bearer {CANARY}", "X-Header": f"Basic {CANARY}"},
    "config": json.dumps({"user": "me", "password": CANARY}),
    "tunnel_method": {"tunnel_method": "SSH_KEY_AUTH", "ssh_key": CANARY, "tunnel_user_password": CANARY},
}
UNREACHABLE = {"host": "127.0.0.1", "port": 9, "database": "d", "username": "u", "password": CANARY}


def _configuration(kind: str, name: str, folder: Path) -> dict[str, Any]:
    """What the connector needs, so that it is used and fails if it can, and the secrets."""
    place = folder / f"{kind}-{name}"
    own: Mapping[str, Any] = {
        "file": {"dataset_name": "d", "format": "csv", "url": f"https://u:{CANARY}@127.0.0.1:9/x?sig={CANARY}"},
        "postgres": UNREACHABLE | {"schema": "public"},
        "mysql": UNREACHABLE,
        "mock-sqlite": {"path": str(place)},
        "mock-files": {"folder": str(place)},
        "mock-inline": {"streams": [{"name": "people", "rows": [{"id": 1, "password": CANARY}]}]},
        "sqlite": {"destination_path": str(place)},
        "csv": {"destination_path": str(place)},
        "faker": {"count": 1},
    }
    return {**SECRETS, "provider": {"storage": "HTTPS", "password": CANARY}, **own.get(name, {})}


@dataclass
class Heard:
    """Everything that was said, and where."""

    said: list[tuple[str, str]] = field(default_factory=list)

    def note(self, where: str, what: object) -> None:
        self.said.append((where, what if isinstance(what, str) else repr(what)))

    def leaks(self) -> list[str]:
        return [
            f"{where}: …{what[max(0, what.index(CANARY) - 80) :][:120]}" for where, what in self.said if CANARY in what
        ]


@dataclass
class Planted:
    """A served mock full of secrets; `ids` name one of each thing in the words of the requests' bodies."""

    mock: MockAirbyte
    posts: list[tuple[str, Mapping[str, Any]]]
    ids: dict[str, Any] = field(default_factory=dict)
    heard: Heard = field(default_factory=Heard)

    def call(self, method: str, path: str, body: object = None, base: str = PUBLIC_BASE) -> Any:
        answer = requests.request(method, self.mock.root_url + base + path, json=body, timeout=30)
        self.heard.note(f"{method} {base}{path}", answer.text + str(answer.headers))
        return answer.json() if answer.ok and answer.text.startswith(("{", "[")) else None  # health is a text


@pytest.fixture
def planted(tmp_path: Path) -> Iterator[Planted]:
    posts: list[tuple[str, Mapping[str, Any]]] = []
    with MockAirbyte(auth=Auth(mode="none"), clock=HandClock(), patience_seconds=30) as mock:

        def send(url: str, payload: Mapping[str, Any]) -> int:
            posts.append((url, payload))
            return 200

        mock.app.courier = mock.app.notifier._courier = Courier(send=send)
        mock.control.plant(
            {"substitutes": {"source-salesforce": {"type": "faker", "configuration": {"count": 1, **SECRETS}}}}
        )
        mock.app.courier.register(f"http://u:{CANARY}@receiver.example/{CANARY}{CANARY}?k={CANARY}")
        world = Planted(mock, posts)
        world.ids |= {"workspaceId": mock.workspace_id, "notificationTrigger": "sync_success", "name": "N"}
        _create_all(world, tmp_path)
        yield world


def _create_all(world: Planted, folder: Path) -> None:
    names = {
        "source": [*(one.name for one in SOURCES), "salesforce", "unknown"],
        "destination": [*(one.name for one in DESTINATIONS), "snowflake"],
    }
    made: dict[str, dict[str, str]] = {"source": {}, "destination": {}}
    for kind, types in names.items():
        for name in types:
            configuration = {**_configuration(kind, name, folder), f"{kind}Type": name}
            body = {"name": f"{kind} {name}", "workspaceId": world.mock.workspace_id, "configuration": configuration}
            answer = world.call("POST", f"/{kind}s", body)
            made[kind][name] = world.ids[f"{kind}Id"] = answer[f"{kind}Id"]
            identifier = {f"{kind}Id": answer[f"{kind}Id"]}
            world.call("PATCH", f"/{kind}s/{answer[f'{kind}Id']}", {"configuration": answer["configuration"]})
            world.call("POST", f"/{kind}s/check_connection", identifier, CONFIG_BASE)
            ids = {"destinationId": made["destination"].get("sqlite"), "sourceId": answer.get("sourceId")}
            world.call("POST", "/sources/discover_schema", identifier | {"disable_cache": True}, CONFIG_BASE)
            world.call("GET", f"/streams?sourceId={answer.get('sourceId')}")
            world.call("POST", "/connections", ids)
    for destination in made["destination"].values():
        connection = world.call(
            "POST", "/connections", {"sourceId": made["source"]["mock-inline"], "destinationId": destination}
        )
        world.ids["connectionId"] = connection["connectionId"]
        job = world.call("POST", "/jobs", {"connectionId": connection["connectionId"], "jobType": "sync"})
        world.ids["id"] = job["jobId"]
        world.mock.job(job["jobId"])
    world.ids |= {"sourceId": made["source"]["unknown"], "configuration": SECRETS, "connectionConfiguration": SECRETS}


def _fill(world: Planted, route: Route) -> str:
    """The route's path with ids that exist, or that do not."""
    known = {
        "workspace_id": world.ids["workspaceId"],
        "connection_id": world.ids["connectionId"],
        "actor_id": world.ids["sourceId"] if "/sources" in route.path else world.ids["destinationId"],
        "job_id": str(world.ids["id"]),
    }
    return re.sub(
        r"<(?:\w+(?:\([^)]*\))?:)?(\w+)>", lambda match: known.get(match[1], world.mock.world.new_id()), route.path
    )


def _walk_the_apis(world: Planted) -> None:
    """Call every operation twice: with all ids as its body, and with secrets where they do not belong."""
    routes = [(PUBLIC_BASE, one) for one in PUBLIC] + [(CONFIG_BASE, one) for one in CONFIG]
    ends = ("delete", "DELETE")
    ordered = sorted(routes, key=lambda pair: pair[1].method == "DELETE" or pair[1].path.endswith(ends))
    for base, route in ordered:
        path = _fill(world, route)
        for body in (world.ids, {"configuration": [SECRETS], "client_secret": CANARY}):
            query = f"?sourceId={world.ids['sourceId']}&token={CANARY}" if route.method == "GET" else ""
            world.call(route.method, path + query, None if route.method == "GET" else body, base)


def _walk_control(world: Planted) -> None:
    seed = {"sources": [{"name": "S", "type": "faker", "configuration": SECRETS, "workspace": "Nowhere"}]}
    bodies: dict[str, object] = {"/seed": seed, "/webhooks": {"url": f"ftp://u:{CANARY}@h"}, "/clock": {}}
    for method, path in ACTIONS:
        if path != "/reset" and (method, path) != ("DELETE", "/requests"):
            world.call(method, path, bodies.get(path), "/_mock")
    for path in ("/", "/metrics", "/openapi.json"):
        world.call("GET", path, base="")


def _walk_the_commands(world: Planted, capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    (folder / "bad.yml").write_text(
        f"sources: [{{name: S, type: faker, workspace: N, configuration: {{token: {CANARY}}}}}]"
    )
    commands = (
        "status",
        "workspaces list",
        "workspaces export",
        "workspaces export --json",
        f"workspaces import {folder / 'bad.yml'}",
        "sources list",
        "sources get unknown",
        f"sources get {world.ids['sourceId']}",
        f"sources get {world.ids['sourceId']} --json",
        f"destinations get {world.ids['destinationId']} --json",
        f"sources add --config {folder / 'bad.yml'}",
        "connections list",
        "jobs",
        *(f"logs {number} {option}" for number in range(1, 8) for option in ("", "--json")),
        "requests",
        "requests --json",
        "requests --export -",
        "webhook list",
        "webhook list --json",
        f"webhook remove http://u:{CANARY}@elsewhere",
        "fault list",
        "metrics",
        f"import --from {world.mock.root_url} --token {CANARY}",
        f"import --from http://u:{CANARY}@127.0.0.1:9",
    )
    for command in commands:
        url = () if command.startswith("import") else ("--url", world.mock.root_url)
        main([*command.split(), *url])
        said = capsys.readouterr()
        world.heard.note(f"mock-airbyte {command.split()[0]}", said.out + said.err)


def _look_at_objects(world: Planted) -> None:
    mock = world.mock
    things = (mock, mock.world.actors("source"), mock.world.actors("destination"), mock.world.workspaces())
    more = (mock.jobs(), mock.requests, mock.notices, mock.world.substitutes, mock.app.courier.webhooks.all())
    for thing in (*things, *more, mock.app.courier.deliveries, mock.control.snapshot(), mock.control.state()):
        world.heard.note("repr", thing)
    with pytest.raises(BadSeed) as refused:
        plant(mock.world, {"sources": [{"name": "S", "type": "postgres", "configuration": {"password": CANARY}}]})
    world.heard.note("BadSeed", refused.value)


def test_no_secret_of_a_connector_ever_comes_back(
    planted: Planted, tmp_path: Path, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    _walk_control(planted)
    _walk_the_commands(planted, capsys, tmp_path)
    _look_at_objects(planted)
    _walk_the_apis(planted)
    _walk_control(planted)
    planted.mock.app.courier.wait()
    for _, payload in planted.posts:
        planted.heard.note("webhook", payload)
    logged = [one.getMessage() for one in caplog.records if one.name.startswith(("mock_airbyte", "werkzeug"))]
    planted.heard.note("log", "\n".join(logged) + str([one.exc_text for one in caplog.records]))
    said = capsys.readouterr()
    planted.heard.note("printed", said.out + said.err)
    assert "\n".join(planted.heard.leaks()) == ""
    assert (len(planted.posts) > 0, len(planted.heard.said) > 200) == (True, True)
    statuses = {state.status for state in planted.mock.jobs()}
    assert {"failed", "succeeded"} <= statuses


def test_the_secrets_are_still_there(planted: Planted) -> None:
    """Clients sent masks back; what the mock uses is what it was told."""
    for source in planted.mock.world.actors("source"):
        kept = {name: source.configuration[name] for name in SECRETS if name in source.configuration}
        assert kept == SECRETS, source.name
