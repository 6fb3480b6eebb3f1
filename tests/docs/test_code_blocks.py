"""The Python that the pages show builds tasks and DAGs as it stands; what needs a server is run by other tests."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from airflow.sdk import DAG, dag, task

import taskflow_profilemesh

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
ELSEWHERE = {
    "airbyte-client.md": "tests/test_docs_airbyte.py runs them against the mock",
    "hooks.md": "they open connections: tests/taskflow_profilemesh/hooks",
    "testing.md": "it is a test of tests/stack",
    "airflow-versions.md": "it is for Airflow 2: make airflow2",
}
_NEEDS = re.compile(r"AirbyteClient\.from_settings|expectations import check|^def test_|from_config\(", re.MULTILINE)
_BLOCK = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)


def _blocks(page: Path) -> list[str]:
    return [] if page.name in ELSEWHERE else _BLOCK.findall(page.read_text(encoding="utf-8"))


def _given() -> dict[str, Any]:
    """Return the names that a page takes for granted: those of the package, a sync and a profile of the reader's."""
    names = {name: getattr(taskflow_profilemesh, name) for name in taskflow_profilemesh.__all__}

    @taskflow_profilemesh.airbyte_sync
    def sync() -> str:
        return "Shop → Warehouse"

    @taskflow_profilemesh.profile_tables(conn_id="warehouse")
    def profile(synced: object = None) -> object:
        return synced

    return names | {"dag": dag, "task": task, "sync": sync, "profile": profile}


@pytest.mark.parametrize("page", [page for page in PAGES if _blocks(page)], ids=lambda page: page.name)
def test_the_python_of_a_page_builds_what_it_says(page: Path) -> None:
    blocks = [block for block in _blocks(page) if not _NEEDS.search(block)]
    for block in blocks:
        with DAG(f"page_{page.stem}", schedule=None):
            exec(compile(block, page.name, "exec"), _given())


def test_no_page_is_left_out_without_having_blocks() -> None:
    assert all(_BLOCK.search((ROOT / "docs" / name).read_text(encoding="utf-8")) for name in ELSEWHERE)


def test_every_block_of_every_page_is_valid_python() -> None:
    for page in [*PAGES, ROOT / "mock_airbyte" / "README.md"]:
        for block in _BLOCK.findall(page.read_text(encoding="utf-8")):
            compile(block, page.name, "exec")
