"""Make the list of all errors in docs/troubleshooting.md: `python -m tests.docs.error_pages`.

The page's own text stands above the mark; below it, each error with its exact first words, what it means, what to do,
and whether Airflow tries the task again.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from inspect import getdoc
from pathlib import Path

from taskflow_profilemesh.errors import ProfileMeshError

PAGE = Path(__file__).parents[2] / "docs" / "troubleshooting.md"
MARK = "<!-- made by: python -m tests.docs.error_pages -->\n"
ROOMS = {
    "airbyte": "Airbyte",
    "configuration": "Options and config files",
    "source": "The database, or the files",
    "store": "The profile store",
    "drift": "Drift",
    "notification": "Alerts",
}


def whole_page() -> str:
    """Return the page as it should be: its own text, and the errors as they are in the code."""
    return PAGE.read_text(encoding="utf-8").partition(MARK)[0] + MARK + "".join(_room(name) for name in ROOMS)


def errors_of(room: str) -> list[type[ProfileMeshError]]:
    """Return the errors of a module of `errors/` that are raised as themselves, in the order of the file."""
    module = importlib.import_module(f"taskflow_profilemesh.errors.{room}")
    own = [value for value in vars(module).values() if isinstance(value, type) and value.__module__ == module.__name__]
    return [error for error in own if issubclass(error, ProfileMeshError) and "advice" in _said(error)]


def _said(error: type[ProfileMeshError]) -> set[str]:
    """Return what the class, or one that it specialises, says itself: the roots of the rooms only hold the fields."""
    return {name for one in error.__mro__ if one is not ProfileMeshError for name in vars(one)}


def _room(name: str) -> str:
    return f"\n### {ROOMS[name]}\n" + "".join(text for error in errors_of(name) for text in _entry(error))


def _entry(error: type[ProfileMeshError]) -> Iterator[str]:
    meaning = " ".join((getdoc(error) or "").split("\n\n")[0].split())
    again = ", tried again" if error.retryable else ""
    yield f"\n**{error.what}** (`{error.__name__}`{again}): {meaning}\n*{error.advice}*\n"


if __name__ == "__main__":
    PAGE.write_text(whole_page(), encoding="utf-8")
