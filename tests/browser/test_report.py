"""The report's file in a real browser: nothing is complained of, charts are drawn, a keyboard is enough.

The pictures stay in each test's temporary folder: light, dark, narrow, and the report on paper.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, expect

from taskflow_profilemesh.report.file import report_file
from taskflow_profilemesh.tables import TableRef
from tests.browser.visit import Visit, visiting
from tests.taskflow_profilemesh.report.stored import NASTY, NOON, save_runs, shop

pytest.importorskip("vl_convert", reason="needs the extra [report]")
pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of two tables; `shop.orders` is the first."""
    store = shop()
    save_runs(store, profile_of=TableRef("refunds", "shop"), days=2)
    path = tmp_path_factory.mktemp("report") / "report.html"
    path.write_text(report_file(store, store.tables(), at=NOON), encoding="utf-8")
    return path


@pytest.fixture
def visit(browser: Browser, file: Path, tmp_path: Path) -> Iterator[Visit]:
    """A visit during which nothing may be complained of, or asked for from elsewhere."""
    with visiting(browser, file.as_uri(), tmp_path) as visit:
        asked: list[str] = []
        visit.page.on("request", lambda request: asked.append(request.url))
        yield visit
        assert visit.page.evaluate("window.bad") is None
    assert visit.faults == []
    assert [url for url in asked if not url.startswith((file.as_uri(), "data:"))] == []


def test_the_index_leads_to_a_table_and_back(visit: Visit) -> None:
    visit.go("")
    page = visit.page
    expect(page.get_by_role("heading", name="2 tables")).to_be_visible()
    page.get_by_role("rowheader", name="shop.orders").get_by_role("link").click()
    expect(page.get_by_role("heading", name="shop.orders")).to_be_focused()
    expect(page.get_by_role("heading", name="2 tables")).to_be_hidden()
    page.get_by_role("link", name="All tables").click()
    expect(page.get_by_role("heading", name="2 tables")).to_be_visible()


def test_the_first_table_is_there_within_a_second(visit: Visit) -> None:
    visit.go("#t1")
    # The browser tells of its first paint a moment after it.
    entry = visit.page.wait_for_function("performance.getEntriesByName('first-contentful-paint')[0]?.startTime")
    assert 0 < entry.json_value() < 1000


def test_charts_are_drawn_when_they_are_seen(visit: Visit) -> None:
    visit.go("#t1")
    rows = visit.page.locator("#t1 .rows .chart")
    expect(rows.locator("svg.marks")).to_be_visible()
    amount = _column(visit, "amount")
    expect(amount.locator(".chart")).not_to_have_attribute("data-state", "drawn")
    amount.locator("summary").click()
    expect(amount.locator(".chart svg.marks")).to_be_visible()
    assert amount.locator(".chart svg.marks .mark-rect path").count() == 20  # this run's bars
    assert amount.locator(".chart svg.marks .mark-line path").count() == 1  # the baseline over them
    for scheme in ("light", "dark"):
        visit.page.emulate_media(color_scheme=scheme)
        visit.page.screenshot(path=visit.pictures / f"{scheme}.png", full_page=True)
    visit.page.pdf(path=visit.pictures / "paper.pdf", format="A4")


def test_a_keyboard_finds_and_opens_a_column(visit: Visit) -> None:
    visit.go("#t1")
    page = visit.page
    page.keyboard.press("/")
    page.keyboard.type("stat")
    expect(page.locator("#t1 .column:visible")).to_have_count(1)
    expect(page.locator("#t1 .found")).to_have_text("1 of 4")
    page.keyboard.press("Tab")
    while not page.evaluate("document.activeElement.matches('summary')"):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(_column(visit, "status").get_by_role("rowheader", name="paid")).to_be_visible()
    page.locator("#t1 .find").focus()
    page.keyboard.press("Escape")
    expect(page.locator("#t1 .column:visible")).to_have_count(4)


def test_a_finding_leads_to_its_column(visit: Visit) -> None:
    visit.go("#t1")
    visit.page.get_by_label("only with drift").check()
    expect(visit.page.locator("#t1 .column:visible")).to_have_count(2)
    visit.page.get_by_role("link", name="Show amount").click()
    expect(_column(visit, "amount").locator("summary")).to_be_focused()
    expect(_column(visit, "amount").locator(".detail")).to_be_visible()


def test_markup_in_names_and_values_is_shown(visit: Visit) -> None:
    visit.go("#t1")
    visit.page.get_by_role("button", name="Open all").click()
    expect(visit.page.locator("#t1 .name b", has_text=NASTY)).to_be_visible()
    expect(visit.page.get_by_role("rowheader", name=NASTY)).to_be_visible()
    assert visit.page.locator("main script, main img").count() == 0


def test_a_narrow_window_scrolls_no_further_than_it_is_wide(visit: Visit) -> None:
    visit.page.set_viewport_size({"width": 400, "height": 844})
    visit.go("#t1")
    visit.page.get_by_role("button", name="Open all").click()
    assert visit.page.evaluate("document.documentElement.scrollWidth") <= 400
    visit.picture("narrow")


def test_it_can_be_read_without_javascript(browser: Browser, file: Path) -> None:
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(file.as_uri())
        expect(page.get_by_role("heading", name="shop.orders")).to_be_visible()
        expect(page.get_by_role("heading", name="shop.refunds")).to_be_visible()
        column = page.locator("#t1 .column", has_text="amount").first
        column.locator("summary").click()
        expect(column.locator(".chart svg.hist")).to_be_visible()


def _column(visit: Visit, name: str) -> Locator:
    return visit.page.locator("#t1 .column").filter(has=visit.page.locator("b", has_text=name)).first
