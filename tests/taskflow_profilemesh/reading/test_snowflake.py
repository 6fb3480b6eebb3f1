"""What is known of Snowflake before, and at, the login; what it reads is tested in `tests/conformance`."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from taskflow_profilemesh.errors import InvalidOption, SourceLoginRefused, SourceUnreachable
from taskflow_profilemesh.reading import DatabaseAddress
from taskflow_profilemesh.reading.reachability import is_reachable
from taskflow_profilemesh.tables import Partition, TableRef, TableRequest
from tests.processes import free_ports
from tests.taskflow_profilemesh.reading.servers import CANARY, source_at

_REFUSAL = {"success": False, "code": "390100", "message": f"Incorrect username or password: {CANARY}", "data": {}}


@pytest.fixture
def refusing() -> Iterator[tuple[HTTPServer, list[dict[str, Any]]]]:
    """A server that refuses every login, and the logins that it saw."""
    logins: list[dict[str, Any]] = []

    def answer(request: Request) -> Response:
        body = request.get_data()
        is_packed = request.headers.get("Content-Encoding") == "gzip"
        logins.append(json.loads(gzip.decompress(body) if is_packed else body)["data"])
        return Response(json.dumps(_REFUSAL), content_type="application/json")

    with HTTPServer(host="127.0.0.1") as server:
        server.expect_request("/session/v1/login-request").respond_with_handler(answer)
        yield server, logins


def _url(port: int, more: str = "") -> str:
    return f"snowflake://me:{quote(CANARY, safe='')}@a/SHOP/PUBLIC?host=127.0.0.1&port={port}&protocol=http{more}"


def test_a_refused_login_says_so_without_a_secret(refusing: tuple[HTTPServer, list[dict[str, Any]]]) -> None:
    server, logins = refusing
    with pytest.raises(SourceLoginRefused) as raised:
        source_at(_url(server.port), timeout_seconds=5).check()
    assert CANARY not in str(raised.value)
    assert raised.value.__context__ is None
    assert logins[0]["PASSWORD"] == CANARY


def test_a_session_begins_with_one_statement_at_a_time_exact_names_and_the_statements_time(
    refusing: tuple[HTTPServer, list[dict[str, Any]]],
) -> None:
    server, logins = refusing
    with pytest.raises(SourceLoginRefused):
        source_at(_url(server.port), timeout_seconds=4.5).check()
    told = {name.casefold(): value for name, value in logins[0]["SESSION_PARAMETERS"].items()}
    assert told["statement_timeout_in_seconds"] == "5"
    assert told["multi_statement_count"] == "1"
    assert told["quoted_identifiers_ignore_case"] == "false"


def test_nobody_there_is_unreachable() -> None:
    (port,) = free_ports(1)
    with pytest.raises(SourceUnreachable):
        source_at(_url(port)).check()


def test_behind_a_proxy_the_login_tells_whether_anybody_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    address = DatabaseAddress.from_url("snowflake://me@a/SHOP?host=snowflake.invalid")
    for name in ("https_proxy", "HTTPS_PROXY", "no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    assert not is_reachable(address, timeout_seconds=3)
    monkeypatch.setenv("https_proxy", "http://proxy.invalid:3128")
    assert is_reachable(address, timeout_seconds=3)
    monkeypatch.setenv("no_proxy", "snowflake.invalid")
    assert not is_reachable(address, timeout_seconds=3)


def test_a_driver_that_is_not_installed_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("taskflow_profilemesh.reading.snowflake.has_snowflake", lambda: False)
    with pytest.raises(InvalidOption, match=r"taskflow-profilemesh\[snowflake\]"):
        source_at(_url(1))


def test_connectorx_is_refused() -> None:
    with pytest.raises(InvalidOption, match="connectorx for snowflake"):
        source_at(_url(1), reader="connectorx")


def test_adbc_is_its_reader_by_any_name() -> None:
    assert repr(source_at(_url(1), reader="adbc")) == repr(source_at(_url(1)))


def test_a_private_key_that_cannot_be_read_is_refused_at_once(tmp_path: Path) -> None:
    with pytest.raises(InvalidOption, match="private_key_file"):
        source_at(_url(1, f"&private_key_file={tmp_path / 'none.p8'}"))


@pytest.mark.parametrize(
    "request_",
    [TableRequest(TableRef("T"), incremental="ID"), TableRequest(TableRef("T"), partition=Partition("D", 1))],
)
def test_what_cannot_be_done_there_is_refused_before_anything_is_asked(request_: TableRequest) -> None:
    with pytest.raises(InvalidOption, match="in Snowflake"):
        source_at(_url(1)).plan(request_)
