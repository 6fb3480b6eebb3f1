"""`mock-airbyte …` called in this process, against a served mock."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from mock_airbyte import MockAirbyte
from mock_airbyte.cli import main


@dataclass(frozen=True, slots=True)
class Told:
    """What a command said."""

    code: int
    output: str
    errors: str

    @property
    def data(self) -> Any:
        return json.loads(self.output)


Tell = Callable[..., Told]


@pytest.fixture
def tell(mock_airbyte: MockAirbyte, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Tell:
    """Give a command; where the mock is and how to get in stands in the environment."""
    monkeypatch.setenv("MOCK_AIRBYTE_URL", mock_airbyte.root_url)
    monkeypatch.setenv("MOCK_AIRBYTE_CLIENT_ID", mock_airbyte.client_id)
    monkeypatch.setenv("MOCK_AIRBYTE_CLIENT_SECRET", mock_airbyte.client_secret)

    def command(*arguments: object) -> Told:
        try:
            code = main([str(argument) for argument in arguments])
        except SystemExit as stopped:  # argparse: --help, or wrong usage
            code = int(stopped.code or 0)
        said = capsys.readouterr()
        return Told(code, said.out, said.err)

    return command
