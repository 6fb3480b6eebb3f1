"""A room that lists its files lists all of them, and no room names a file that is not there."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = sorted(
    file.parent for name in ("taskflow_profilemesh", "mock_airbyte") for file in ROOT.glob(f"{name}/**/__init__.py")
)
LISTED = re.compile(r"^ *([a-z_]+\.py) {2,}\S", re.MULTILINE)
NAMED = re.compile(r"(?<![\w/…])([a-z_]+\.py)\b")


def said_of(room: Path) -> str:
    return ast.get_docstring(ast.parse((room / "__init__.py").read_text(encoding="utf-8"))) or ""


def files_in(room: Path) -> set[str]:
    return {file.name for file in room.glob("*.py")} - {"__init__.py", "__main__.py"}


@pytest.mark.parametrize("room", [room for room in ROOMS if LISTED.search(said_of(room))], ids=lambda room: room.name)
def test_a_list_of_files_is_whole(room: Path) -> None:
    named = NAMED.findall(said_of(room))
    assert sorted(files_in(room) - set(named)) == []


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: str(room.relative_to(ROOT)))
def test_no_file_is_named_that_is_not_there(room: Path) -> None:
    known = files_in(room) | {file.name for file in room.rglob("*.py")}
    assert sorted(set(NAMED.findall(said_of(room))) - known) == []
