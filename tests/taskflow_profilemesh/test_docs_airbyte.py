"""What docs/airbyte-*.md and docs/expectations.md show is executed: connections, examples, files, commands."""

from __future__ import annotations

import inspect
import re
import shlex
from pathlib import Path

import pytest
from airflow.models.connection import Connection

from mock_airbyte.mock import MockAirbyte
from taskflow_profilemesh import AirbyteClient, errors
from taskflow_profilemesh.airbyte.auth import ClientCredentials
from taskflow_profilemesh.airbyte.settings import AirbyteSettings
from taskflow_profilemesh.cli import main
from taskflow_profilemesh.commands.airflow_variable import connection_fields
from taskflow_profilemesh.expectations_file import read_expectations
from taskflow_profilemesh.hooks.airbyte import AirbyteHook, settings_of

DOCS = Path(__file__).parents[2] / "docs"
SETUP, CLIENT, COMMANDS, HOOKS, EXPECTATIONS = (
    (DOCS / f"{name}.md").read_text(encoding="utf-8")
    for name in ("airbyte-setup", "airbyte-client", "airbyte-command-line", "hooks", "expectations")
)
OWN, CLOUD = "http://localhost:8000/api/public/v1", "https://api.airbyte.com/v1"
_VARIABLE = re.compile(r"^AIRFLOW_CONN_AIRBYTE_DEFAULT='(.*)'$", re.MULTILINE)


@pytest.mark.parametrize("said", [*_VARIABLE.findall(SETUP), *_VARIABLE.findall(HOOKS)])
def test_each_variable_means_the_same_to_airflow_and_to_the_command_line(
    said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_AIRBYTE_DEFAULT", said)
    found = AirbyteHook().settings()
    assert found.auth == ClientCredentials("<id>", "<secret>")
    assert found.address.public_base == (CLOUD if "airbyte.com" in said else OWN)
    assert found.address.token_url == f"{found.address.public_base}/applications/token"
    assert connection_fields("airbyte_default", {"AIRFLOW_CONN_AIRBYTE_DEFAULT": said}).settings() == found


def test_the_setup_shows_every_form() -> None:
    assert len(_VARIABLE.findall(SETUP)) == 15


@pytest.mark.parametrize("command", re.findall(r"^airflow connections add .*$", SETUP, re.MULTILINE))
def test_each_connections_add_makes_a_connection_that_works(command: str) -> None:
    name, *words = shlex.split(command)[3:]
    given = {flag.removeprefix("--conn-"): value for flag, value in zip(words[::2], words[1::2], strict=True)}
    names = {"type": "conn_type", "host": "host", "login": "login", "password": "password", "uri": "uri"}
    found = settings_of(Connection(conn_id=name, **{names[key]: value for key, value in given.items()}))  # type: ignore[arg-type] # texts all
    assert found.auth == ClientCredentials("<id>", "<secret>")
    assert found.address.public_base == (CLOUD if "airbyte.com" in command else OWN)


@pytest.mark.parametrize("said", ['{"conn_type": "airbyte"', "airbyte://h:port", '{"conn_type": "a", "extra": "[1]"}'])
def test_a_variable_that_is_none_is_told_without_its_text(said: str) -> None:
    with pytest.raises(errors.InvalidOption) as caught:
        connection_fields("shop", {"AIRFLOW_CONN_SHOP": said + "?canary"}).settings()
    assert "canary" not in str(caught.value)


@pytest.fixture
def shop(mock_airbyte: MockAirbyte, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MockAirbyte:
    source = mock_airbyte.create_source("Shop", "mock-inline", streams=[{"name": "orders", "rows": [{"id": 1}]}])
    for number, name in enumerate(("Shop → Warehouse", "Users → Warehouse", "Products → Warehouse")):
        place = str(tmp_path / f"w{number}.db")
        warehouse = mock_airbyte.create_destination(f"W{number}", "sqlite", destination_path=place)
        mock_airbyte.create_connection(source, warehouse, name=name)
    warehouse = mock_airbyte.create_destination("W", "sqlite", destination_path=str(tmp_path / "w.db"))
    mock_airbyte.create_connection(source, warehouse, name="Orders → Warehouse")
    monkeypatch.setenv("AIRBYTE_API_URL", mock_airbyte.root_url)
    monkeypatch.setenv("AIRBYTE_CLIENT_ID", mock_airbyte.client_id)
    monkeypatch.setenv("AIRBYTE_CLIENT_SECRET", mock_airbyte.client_secret)
    return mock_airbyte


def test_the_examples_of_the_client_run(shop: MockAirbyte, capsys: pytest.CaptureFixture[str]) -> None:
    program = "\n".join(re.findall(r"```python\n(.*?)```", CLIENT, re.DOTALL))
    for written, ours in {
        "http://localhost:8000": shop.root_url,
        "client-id": shop.client_id,
        "client-secret": shop.client_secret,
    }.items():
        program = program.replace(f'"{written}"', f'"{ours}"')
    exec(program, {})
    out = capsys.readouterr().out
    assert "1 ('orders',)" in out
    assert "succeeded" in out
    assert "Did you mean 'Shop → Warehouse'?" in out


def test_every_method_of_the_client_is_in_its_table_and_no_other() -> None:
    methods = {name for name, _ in inspect.getmembers(AirbyteClient, inspect.isfunction) if not name.startswith("_")}
    table = CLIENT.partition("## Methods")[2].partition("\n## ")[0]
    assert set(re.findall(r"^\| `(\w+)\(", table, re.MULTILINE)) == methods
    for name, arguments in re.findall(r"^\| `(\w+)\((.*?)\)`", table, re.MULTILINE):
        for argument in filter(None, (word.strip(" =") for word in arguments.split(","))):
            assert argument in inspect.signature(getattr(AirbyteClient, name)).parameters, (name, argument)


def test_every_error_of_airbytes_is_in_the_table_as_it_is() -> None:
    rows = dict(re.findall(r"^\| `(\w+)` \| .* \| (yes|no) \|$", CLIENT, re.MULTILINE))
    kinds = {name: getattr(errors, name) for name in errors.__all__ if inspect.isclass(getattr(errors, name))}
    kinds = {name: kind for name, kind in kinds.items() if issubclass(kind, errors.AirbyteError)}
    of_tasks = {"AirbyteError", "SyncKilled"}
    assert {name: "yes" if kind.retryable else "no" for name, kind in kinds.items() if name not in of_tasks} == rows


def test_the_commands_of_the_docs_run(
    shop: MockAirbyte, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (batch,) = re.findall(r"```yaml\n(.*?)```", COMMANDS, re.DOTALL)
    (tmp_path / "nightly.yml").write_text(batch, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    commands = re.findall(r"^profilemesh (airbyte .*)$", SETUP + COMMANDS, re.MULTILINE)
    assert len(commands) == 8
    for command in commands:
        assert main(shlex.split(command)) == 0, command
    assert [job.status for job in shop.jobs()] == ["succeeded"] * 4
    capsys.readouterr()


def test_the_file_of_expectations_can_be_read(tmp_path: Path) -> None:
    text, _config = re.findall(r"```yaml\n(.*?)```", EXPECTATIONS, re.DOTALL)
    (tmp_path / "e.yml").write_text(text, encoding="utf-8")
    assert [one.kind.value for one in read_expectations(tmp_path / "e.yml")["orders"]] == [
        "not_null",
        "range",
        "allowed_values",
        "row_count",
    ]


def test_settings_of_the_environment_need_an_address() -> None:
    assert AirbyteSettings.from_environment({}) is None
