"""What a command answers: data for programs and, made of the same, a text for people."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

FINE, FAILED, USAGE = 0, 1, 2


class CommandFailed(Exception):
    """The command could not do its work; the message is for the person who gave it."""

    def __init__(self, message: str, *, status: int | None = None) -> None:
        """`status`: what the mock answered with, where it did not do what was asked."""
        super().__init__(message)
        self.status = status


class WrongUsage(Exception):
    """The command was given something that makes no sense, a file that is no YAML for instance."""


@dataclass(frozen=True, slots=True)
class Result:
    """`data` is printed with `--json`, `text` without; `code` is the exit code, `note` is for the person beside it."""

    data: Any
    text: str
    code: int = FINE
    note: str = ""

    def printed(self, *, as_json: bool) -> str:
        """Return what goes to the standard output."""
        return json.dumps(self.data, indent=2, ensure_ascii=False) if as_json else self.text


def table(titles: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Return aligned columns below their titles; numbers stand to the right, None is a dash."""
    cells = [[_shown(value) for value in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(titles, *cells, strict=True)]
    right = [bool(rows) and all(isinstance(row[index], int) for row in rows) for index in range(len(titles))]
    lines = [
        "  ".join(
            cell.rjust(width) if to_right else cell.ljust(width)
            for cell, width, to_right in zip(line, widths, right, strict=True)
        ).rstrip()
        for line in ([title.upper() for title in titles], *cells)
    ]
    return "\n".join(lines)


def facts(values: dict[str, object]) -> str:
    """Return one fact per line, its name before it."""
    width = max(map(len, values), default=0)
    return "\n".join(f"{name.ljust(width)}  {_shown(value)}" for name, value in values.items())


def _shown(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in text)
