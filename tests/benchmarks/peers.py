"""Which peers are installed: here, and in the environment of those that want older libraries (`peers.txt`)."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path

ENVIRONMENT = Path(__file__).parents[2] / ".venv-bench-peers"
_ELSEWHERE = {"whylogs", "ydata_profiling"}


def peers_python(environment: Path = ENVIRONMENT) -> str | None:
    """Return the interpreter of the peers' own environment, or None where it was not made, or not to its end."""
    return str(environment / "bin" / "python") if (environment / ".made").exists() else None


def python_for(library: str, *, environment: Path = ENVIRONMENT) -> str | None:
    """Return the interpreter that can import a library, or None where it is not installed."""
    if library in _ELSEWHERE:
        return peers_python(environment)
    return sys.executable if find_spec(library) else None
