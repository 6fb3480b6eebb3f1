"""What a type checker says of the decorators: right uses pass, and a misspelt option is answered with the nearest."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.typing.snippets import complaints, expected

PROGRAMS = Path(__file__).parent / "programs"


@pytest.mark.parametrize("name", sorted(path.stem for path in PROGRAMS.glob("*.txt")))
def test_mypy_refuses_what_is_wrong_and_nothing_else(name: str, tmp_path: Path) -> None:
    program = tmp_path / f"{name}_program.py"
    shutil.copy(PROGRAMS / f"{name}.txt", program)
    wanted, found = expected(program), complaints(program)
    assert set(found) == set(wanted)
    for line, words in wanted.items():
        assert words in found[line]
