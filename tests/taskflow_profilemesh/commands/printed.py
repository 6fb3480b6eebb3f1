"""What a command prints as JSON."""

from __future__ import annotations

import json
from typing import Any

import pytest

from taskflow_profilemesh.cli import main


def printed(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> Any:
    """Run a command with `--json`, which must end with this code, and return what it printed."""
    assert main([*arguments, "--json"]) == code
    return json.loads(capsys.readouterr().out)
