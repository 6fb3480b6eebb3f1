"""`mock-airbyte import`: a running Airbyte becomes a seed file, without its secrets."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests
from pytest_httpserver import HTTPServer

from mock_airbyte import Auth, MockAirbyte
from mock_airbyte.cli import main
from mock_airbyte.importing import CannotRead, Login, PublicApi, public_base
from mock_airbyte.seeding import plant, read_seed
from tests.mock_airbyte.api import Api
from tests.mock_airbyte.shops import connected

Import = Callable[..., tuple[int, str, str]]
BASE = "/api/public/v1"


@pytest.fixture
def run_import(capsys: pytest.CaptureFixture[str]) -> Import:
    """Give the command; return its exit code and what it printed."""

    def command(url: str, *options: str) -> tuple[int, str, str]:
        code = main(["import", "--from", url, *options])
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return command


def _login(mock: MockAirbyte) -> tuple[str, ...]:
    return ("--client-id", mock.client_id, "--client-secret", mock.client_secret)


def test_a_mock_is_copied_into_another_with_its_ids_and_without_its_secrets(
    mock_airbyte: MockAirbyte, tmp_path: Path, run_import: Import
) -> None:
    api = Api(mock_airbyte)
    connection_id = connected(mock_airbyte, tmp_path / "w.db", prefix="raw_")
    tag = api.post("/tags", {"name": "nightly", "color": "FF00AA", "workspaceId": mock_airbyte.workspace_id})
    api.patch(f"/connections/{connection_id}", {"tags": [tag]})
    for _ in range(2):  # two of one name
        mock_airbyte.create_destination(
            "Lake", "postgres", host="h", port=1, database="d", username="u", password="canary"
        )
    code, seed, errors = run_import(mock_airbyte.url, *_login(mock_airbyte))
    assert (code, "canary" in seed, "PASSWORD:-}" in seed) == (0, False, True)
    assert errors == "Left empty unless they are set: LAKE_PASSWORD, LAKE_PASSWORD_2.\n"
    (tmp_path / "seed.json").write_text(seed)
    copy = MockAirbyte(workspace=None)
    plant(copy.world, read_seed(tmp_path / "seed.json", {}), copy.app.registry)
    copied, original = copy.world.connection(connection_id), mock_airbyte.world.connection(connection_id)
    assert (copied.streams, copied.prefix, copied.source_id) == (original.streams, "raw_", original.source_id)
    assert [tag.name for tag in copy.app.registry.tags_of(copied.tag_ids)] == ["nightly"]
    there, here = copy.world.actors("destination"), mock_airbyte.world.actors("destination")
    assert [(one.actor_id, one.name) for one in there] == [(one.actor_id, one.name) for one in here]
    assert copy.workspace_id == mock_airbyte.workspace_id


def test_all_pages_of_several_workspaces_with_the_same_names_are_copied(
    mock_airbyte: MockAirbyte, run_import: Import, tmp_path: Path
) -> None:
    for name in ("Default Workspace", "Other"):
        workspace_id = mock_airbyte.create_workspace(name)
        for number in range(60):
            mock_airbyte.create_source(f"S{number}", "faker", workspace_id=workspace_id)
    seed = json.loads(run_import(mock_airbyte.url, *_login(mock_airbyte))[1])
    assert len(seed["sources"]) == 120
    first, twin, other = mock_airbyte.world.workspaces()
    assert {one["workspace"] for one in seed["sources"]} == {twin.workspace_id, "Other"}
    copy = MockAirbyte(workspace=None)
    plant(copy.world, seed)
    assert {one.workspace_id for one in copy.world.workspaces()} == {
        first.workspace_id,
        twin.workspace_id,
        other.workspace_id,
    }
    assert [one.workspace_id for one in copy.world.actors("source")][::60] == [twin.workspace_id, other.workspace_id]


@pytest.mark.parametrize(
    ("auth", "right", "wrong", "said"),
    [
        (
            Auth(client_id="me", client_secret="mine"),
            ("--client-id", "me", "--client-secret", "mine"),
            ("--client-id", "me", "--client-secret", "canary"),
            "The client id or its secret was refused (client_id='me', status=400)",
        ),
        (
            Auth(mode="basic", username="me", password="mïne"),
            ("--username", "me", "--password", "mïne"),
            ("--username", "me", "--password", "canary"),
            "The user name or the password was refused (username='me', status=401)",
        ),
        (
            Auth(mode="bearer", token="mine"),
            ("--token", "mine"),
            ("--token", "canary"),
            "The bearer token was refused (status=401)",
        ),
        (Auth(mode="none"), ("--no-auth",), (), ""),
        (Auth(), (), ("--no-auth",), "It asks for credentials (status=401)"),
    ],
    ids=("client-credentials", "basic", "bearer", "none", "default"),
)
def test_each_way_in_is_taken_and_a_refusal_says_which_credential_it_was(
    run_import: Import, auth: Auth, right: tuple[str, ...], wrong: tuple[str, ...], said: str
) -> None:
    with MockAirbyte(auth=auth) as mock:
        code, seed, _ = run_import(mock.root_url, *right)
        assert (code, json.loads(seed)["workspaces"][0]["name"]) == (0, "Default Workspace")
        code, seed, errors = run_import(mock.root_url, *wrong)
        assert (code == 1 or not said, said in errors, "canary" in errors + seed) == (True, True, False)


def test_a_user_in_the_address_is_basic_authentication_and_is_not_repeated(run_import: Import) -> None:
    with MockAirbyte(auth=Auth(mode="basic", username="me", password="canary")) as mock:
        place = mock.root_url.removeprefix("http://")
        assert run_import(f"http://me:canary@{place}")[0] == 0
        code, _, errors = run_import(f"http://me:canary2@{place}")
        assert (code, "canary" in errors, "username='me'" in errors) == (1, False, True)
    code, _, errors = run_import("http://me:canary@127.0.0.1:9")
    assert (code, "canary" in errors, "Nobody answers there" in errors) == (1, False, True)


@pytest.mark.parametrize(
    ("url", "base"),
    [
        ("localhost:8000", "http://localhost:8000/api/public/v1"),
        ("https://airbyte.example.com/", "https://airbyte.example.com/api/public/v1"),
        ("https://example.com/airbyte/api", "https://example.com/airbyte/api/public/v1"),
        ("https://example.com/api/v1", "https://example.com/api/public/v1"),
        ("https://user:password@example.com/api/public/v1/", "https://example.com/api/public/v1"),
        ("https://api.airbyte.com/v1", "https://api.airbyte.com/v1"),
        ("api.airbyte.com", "https://api.airbyte.com/v1"),
        ("https://cloud.airbyte.com/workspaces/1", "https://api.airbyte.com/v1"),
        ("http://127.0.0.1:8000/v1", "http://127.0.0.1:8000/v1"),
    ],
)
def test_an_address_is_taken_in_any_form(url: str, base: str) -> None:
    assert public_base(url) == base


def test_the_base_of_airbyte_cloud_is_read(run_import: Import) -> None:
    with MockAirbyte() as mock:
        code, seed, _ = run_import(f"{mock.root_url}/v1")
        assert (code, len(json.loads(seed)["workspaces"])) == (0, 1)
        code, _, errors = run_import(f"{mock.root_url}/v1", "--client-secret", "canary")
        assert (code, "status=401" in errors, "canary" in errors) == (1, True, False)


@pytest.fixture
def api(httpserver: HTTPServer) -> Iterator[PublicApi]:
    with requests.Session() as session:
        yield PublicApi(session, httpserver.url_for(""), Login("none"))


def test_a_server_that_gives_the_same_page_again_and_again_is_not_read_for_ever(
    httpserver: HTTPServer, api: PublicApi
) -> None:
    page = {"data": [{"sourceId": "1"}, {"sourceId": "2"}]}
    httpserver.expect_request(f"{BASE}/sources").respond_with_json(page)
    assert [one["sourceId"] for one in api.everything("/sources")] == ["1", "2"]


@pytest.mark.parametrize("status", [403, 404, 500])
def test_an_api_without_tags_has_none(httpserver: HTTPServer, api: PublicApi, status: int) -> None:
    httpserver.expect_request(f"{BASE}/tags").respond_with_data("{}", status=status)
    assert api.everything("/tags") == []


@pytest.mark.parametrize(
    ("status", "answer", "said"),
    [
        (403, "{}", "may not read it"),
        (404, "{}", "Give the address of its public API"),
        (503, "{}", "Try again later"),
        (200, "<html>", "does not speak JSON"),
        (200, "[]", "does not speak JSON"),
    ],
)
def test_what_cannot_be_read_is_said(
    httpserver: HTTPServer, api: PublicApi, status: int, answer: str, said: str
) -> None:
    httpserver.expect_request(f"{BASE}/sources").respond_with_data(answer, status=status)
    with pytest.raises(CannotRead, match=said):
        api.everything("/sources")


def test_an_answer_without_a_token_is_no_airbyte(httpserver: HTTPServer) -> None:
    httpserver.expect_request(f"{BASE}/applications/token").respond_with_json({})
    with requests.Session() as session, pytest.raises(CannotRead, match="gave no token"):
        PublicApi(session, httpserver.url_for(""), Login("client-credentials"))


def test_a_login_is_printed_without_its_secrets() -> None:
    shown = repr(Login("basic", client_secret="canary", password="canary", token="canary"))
    assert "canary" not in shown
