"""Every command line of ours that a page shows runs as it stands there, in a folder with a shop and a store.

Where a page names a PostgreSQL server or says `URL` and `ID`, the shop's SQLite file, its store and a profile's id
stand in their place. `cli.md` and the pages of Airbyte have tests of their own.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from taskflow_profilemesh.cli import main
from taskflow_profilemesh.storage import open_store
from taskflow_profilemesh.tables import TableRef
from tests.taskflow_profilemesh.reading.servers import in_sqlite

ROOT = Path(__file__).parents[2]
STORE = "sqlite:///profiles.db"
ELSEWHERE = {
    "cli.md": "tests/test_docs_store.py",
    "airbyte-command-line.md": "tests/taskflow_profilemesh/test_docs_airbyte.py",
    "airbyte-setup.md": "tests/taskflow_profilemesh/test_docs_airbyte.py",
}
_COMMAND = re.compile(r"^profilemesh (.+)$", re.MULTILINE)
_IS_SYNOPSIS = re.compile(r"\[--")
_STANDS_FOR = {
    "postgresql://reader@localhost/shop": "sqlite:///shop.db",
    "shop.*": "*",
    "shop.orders": "orders",
    "warehouse": "sqlite:///shop.db",
    "URL": STORE,
    "2026-12-24": "2999-12-24",
}


def _commands() -> Iterator[tuple[str, str]]:
    for page in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]:
        if page.name not in ELSEWHERE:
            yield from ((page.name, line) for line in _COMMAND.findall(page.read_text(encoding="utf-8")))


@pytest.fixture
def profile_id(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The working folder has a shop, a config file, a store with a profile of its table, and rules made from it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AIRFLOW_HOME", str(tmp_path))
    shop = {"conn_type": "sqlite", "host": str(tmp_path / "shop.db")}
    monkeypatch.setenv("AIRFLOW_CONN_SHOP", json.dumps(shop))
    made = "create table orders (id integer, price real)", "insert into orders values (?, ?)"
    in_sqlite(tmp_path / "shop.db", *made, rows=[(1, 2.5), (2, 3.5)])
    assert main(["init", "--template", "sqlite"]) == 0
    (tmp_path / "models").mkdir()  # of dbt
    for _ in range(5):
        assert main(["profile", "sqlite:///shop.db", "orders", "--store", STORE]) == 0
    assert main(["expectations", "orders", "--store", STORE, "-o", "expectations.yml"]) == 0
    store = open_store(STORE)
    (newest, *_) = store.history("sqlite:///shop.db", TableRef("orders"), limit=1)
    store.close()
    return newest.profile_id


@pytest.mark.parametrize(("page", "line"), list(_commands()))
@pytest.mark.usefixtures("profile_id")
def test_a_command_of_a_page_runs(page: str, line: str, profile_id: str, capsys: pytest.CaptureFixture[str]) -> None:
    if _IS_SYNOPSIS.search(line):
        line = re.sub(r"\|[a-z|]+| \[-o FILE\]", "", line).replace("[", "").replace("]", "").replace("TABLE", "orders")
    words = [_STANDS_FOR.get(word, word).replace("ID", profile_id) for word in shlex.split(line, comments=True)]
    assert main(words) == 0, (page, capsys.readouterr().err)


def test_no_page_is_left_out_without_having_commands() -> None:
    assert all(_COMMAND.search((ROOT / "docs" / name).read_text(encoding="utf-8")) for name in ELSEWHERE)
