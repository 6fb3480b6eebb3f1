"""Small programs for mypy: each line that must be refused says so with `# refused: <words of the message>`."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

_REFUSED = re.compile(r"#\s*refused: (?P<words>.+)$")
_FOUND = re.compile(r"^[^:]+:(?P<line>\d+): error: (?P<message>.+)$")


def complaints(program: Path) -> dict[int, str]:
    """Return what mypy says of the program, by line."""
    command = [sys.executable, "-m", "mypy", "--no-error-summary", "--hide-error-context", str(program)]
    output = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    found: dict[int, str] = {}
    for line in output.splitlines():
        if match := _FOUND.match(line):
            number = int(match["line"])
            found[number] = f"{found.get(number, '')} {match['message']}".strip()
    return found


def expected(program: Path) -> dict[int, str]:
    """Return the words that mypy must say of the program, by line."""
    lines = enumerate(program.read_text().splitlines(), start=1)
    return {number: match["words"].strip() for number, line in lines if (match := _REFUSED.search(line))}
