from __future__ import annotations

import json
import re
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

from taskflow_profilemesh.cli import main
from taskflow_profilemesh.report.file import report_file
from taskflow_profilemesh.storage import MemoryStore, open_store
from taskflow_profilemesh.tables import TableRef
from tests.taskflow_profilemesh.report.stored import ENDS, NASTY, NOON, save_runs, shop

pytest.importorskip("vl_convert", reason="needs the extra [report]")
Capture = pytest.CaptureFixture[str]


class _Seen(HTMLParser):
    """What a browser makes of a page: its elements with their attributes, and its words."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self._inside = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self._inside = tag

    def handle_data(self, data: str) -> None:
        if self._inside not in {"script", "style"}:
            self.words += data


@pytest.fixture(scope="module")
def page() -> str:
    store = shop()
    return report_file(store, store.tables(), at=NOON)


def test_names_and_values_that_are_markup_are_text(page: str) -> None:
    seen = _Seen(page)
    assert [tag for tag, _ in seen.elements].count("script") == 3  # the charts' specifications, library, the page's own
    assert "img" not in {tag for tag, _ in seen.elements}
    assert NASTY in seen.words
    assert ENDS in seen.words


def test_nothing_is_loaded_from_anywhere(page: str) -> None:
    seen = _Seen(page)
    assert not [tag for tag, attributes in seen.elements if "src" in attributes or tag in {"link", "iframe", "object"}]
    assert all(
        (attributes.get("href") or "#").startswith("#") for tag, attributes in seen.elements if tag in {"a", "use"}
    )
    policies = [
        attributes["content"]
        for tag, attributes in seen.elements
        if attributes.get("http-equiv") == "Content-Security-Policy"
    ]
    assert [policy for policy in policies if policy and policy.startswith("default-src 'none'")] == policies != []


def test_every_id_is_one_of_a_kind_and_every_link_leads_somewhere(page: str) -> None:
    seen = _Seen(page)
    ids = [attributes["id"] for _, attributes in seen.elements if "id" in attributes]
    links = [str(attributes["href"])[1:] for tag, attributes in seen.elements if tag == "a" and "href" in attributes]
    assert len(ids) == len(set(ids))
    assert set(links) <= set(ids)
    labels = [attributes["aria-labelledby"] for _, attributes in seen.elements if "aria-labelledby" in attributes]
    assert set(labels) <= set(ids)


def test_findings_stand_before_everything_else_as_sentences(page: str) -> None:
    words = _Seen(page).words
    assert words.index("amount is distributed differently") < words.index("Overview")
    assert words.index("Column coupon (text) is new.") < words.index("Overview")
    assert "Compared with the run of 2026-03-04 12:00 UTC." in words


def test_a_chart_holds_both_distributions_over_one_range(page: str) -> None:
    chart = next(
        attributes
        for _, attributes in _Seen(page).elements
        if (attributes.get("aria-label") or "").endswith("baseline's")
    )
    low, high, now, was = json.loads(chart["data-chart"] or "")
    assert (chart["data-kind"], low, high) == ("number", 1, 1000)
    assert (len(now), len(was)) == (20, 20)
    assert sum(now) == pytest.approx(1, abs=0.01)
    assert was[0] + was[1] == pytest.approx(1, abs=0.01)  # ten times as small


def test_one_table_needs_no_index_and_several_get_one() -> None:
    store = shop()
    assert 'id="index"' not in report_file(store, store.tables(), at=NOON)
    save_runs(store, profile_of=TableRef("refunds", "shop"), days=2)
    several = report_file(store, store.tables(), at=NOON)
    assert 'id="index"' in several
    assert several.count('<section class="table"') == 2


def test_a_store_without_runs_says_so() -> None:
    assert "No profile is kept here yet." in report_file(MemoryStore(), [], at=NOON)


def test_the_library_is_there_once_and_keeps_its_names(page: str) -> None:
    assert page.count("window.vegaEmbed=") == 1
    assert re.search(r'<script type="text/plain" id="vega">\(\(\)=>\{', page)


def test_the_command_writes_the_chosen_tables(tmp_path: Path, capsys: Capture) -> None:
    url = f"sqlite:///{tmp_path / 'profiles.db'}"
    store = open_store(url)
    save_runs(store)
    save_runs(store, profile_of=TableRef("refunds", "shop"))
    store.close()
    file = tmp_path / "report.html"
    assert main(["report", "--store", url, "--table", "shop.o*", "-o", str(file)]) == 0
    assert re.fullmatch(rf"{re.escape(str(file))}: 1 table, \d\.\d MB\n", capsys.readouterr().out)
    assert "refunds" not in file.read_text()
    assert main(["report", "--store", url, "--table", "shop.order", "-o", str(file)]) == 1
    assert "Did you mean 'shop.orders'?" in capsys.readouterr().err
    assert main(["report", "--store", url, "--source", "elsewhere", "-o", str(file)]) == 1
    assert "no profile of source elsewhere" in capsys.readouterr().err
    assert main(["report", "--store", url, "-o", str(tmp_path)]) == 1
    assert "Is a directory" in capsys.readouterr().err


def test_a_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    monkeypatch.setitem(sys.modules, "vl_convert", None)
    assert main(["report", "--store", "sqlite:///profiles.db"]) == 1
    assert "pip install 'taskflow-profilemesh[report]'" in capsys.readouterr().err


def test_fifty_tables_of_fifty_columns_are_no_more_than_15_megabytes() -> None:
    from tests.benchmarks.report import wide_store

    store = wide_store(tables=2, columns=50, runs=6)
    page = len(report_file(store, store.tables(), at=NOON, told_runs=6).encode())
    alone = len(report_file(MemoryStore(), [], at=NOON).encode())
    assert alone + 25 * (page - alone) < 15_000_000
