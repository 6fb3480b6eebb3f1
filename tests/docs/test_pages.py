"""The pages in docs/ agree with the code and with each other."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.docs.error_pages import PAGE, ROOMS, errors_of, whole_page

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("docs/*.md"), *ROOT.glob("*.md"), *ROOT.glob("*/README.md")])
_LINK = re.compile(r"\]\((?!https?://|mailto:)([^)#\s]+)?(?:#([^)\s]+))?\)")
_HEADING = re.compile(r"^#+ +(.+)$", re.MULTILINE)
_FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


def test_every_error_stands_on_the_troubleshooting_page_in_its_own_words() -> None:
    assert PAGE.read_text(encoding="utf-8") == whole_page(), "make it again: python -m tests.docs.error_pages"


def test_every_room_of_errors_is_on_the_page() -> None:
    rooms = {file.stem for file in (ROOT / "taskflow_profilemesh" / "errors").glob("*.py")} - {"__init__", "root"}
    assert rooms == set(ROOMS)
    assert all(errors_of(room) for room in rooms)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    dead = [f"{file}#{place}" for file, place in _links(page) if not _exists(page, file, place)]
    assert dead == []


@pytest.mark.parametrize("name", [page.name for page in PAGES if page.parent.name == "docs" and page.stem != "README"])
def test_every_page_stands_in_the_index_once(name: str) -> None:
    assert (ROOT / "docs" / "README.md").read_text(encoding="utf-8").count(f"]({name})") == 1


def _links(page: Path) -> list[tuple[str, str]]:
    prose = _FENCED.sub("", page.read_text(encoding="utf-8"))
    return [(found[1] or "", found[2] or "") for found in _LINK.finditer(prose)]


def _exists(page: Path, file: str, place: str) -> bool:
    target = page.parent / file if file else page
    if not target.exists():
        return False
    return not place or place in {_anchor(title) for title in _HEADING.findall(target.read_text(encoding="utf-8"))}


def _anchor(title: str) -> str:
    """Return a heading's anchor as GitHub makes it: lower case, no punctuation, hyphens for spaces."""
    return re.sub(r"[^\w\- ]", "", title.strip().lower()).replace(" ", "-")


def test_every_example_has_a_row_in_their_index() -> None:
    index = (ROOT / "example_dags" / "README.md").read_text(encoding="utf-8")
    files = [file.name for file in (ROOT / "example_dags").iterdir() if file.suffix in {".py", ".yml"}]
    assert [name for name in files if f"[`{name}`]({name})" not in index] == []
