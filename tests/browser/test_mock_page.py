"""The mock's own page in a real browser: a person starts a sync, watches it, cancels one, and sees no error.

The pictures stay in each test's temporary folder, in light and in dark.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from mock_airbyte import Auth, HandClock, MockAirbyte, by_clock
from tests.browser.visit import Visit, visiting

pytestmark = pytest.mark.browser
_NASTY = "<script>window.bad = 1</script><img src=x onerror='window.bad = 2'>"


@pytest.fixture
def mock() -> Iterator[MockAirbyte]:
    """A mock whose jobs wait for 10 seconds and run for 50, by a clock that is moved by hand."""
    with MockAirbyte(clock=HandClock(), timeline=by_clock(pending_seconds=10, running_seconds=50)) as mock:
        yield mock


@pytest.fixture
def shop(mock: MockAirbyte, tmp_path: Path) -> str:
    """A connection that moves 210 rows."""
    source = mock.create_source("Shop", "faker", count=100, seed=1)
    destination = mock.create_destination("Warehouse", "sqlite", destination_path=str(tmp_path / "w.db"))
    return mock.create_connection(source, destination, name="Shop to Warehouse")


@pytest.fixture
def visit(browser: Browser, mock: MockAirbyte, tmp_path: Path) -> Iterator[Visit]:
    """A visit during which nothing may be logged as an error or loaded from elsewhere."""
    with visiting(browser, mock.root_url, tmp_path) as visit:
        elsewhere: list[str] = []
        visit.page.on("request", lambda request: elsewhere.append(request.url))
        yield visit
    assert visit.faults == []
    assert [url for url in elsewhere if not url.startswith((mock.root_url, "data:"))] == []


def test_a_person_syncs_and_sees_the_rows(visit: Visit, mock: MockAirbyte, shop: str) -> None:
    visit.go("/")
    expect(visit.page).to_have_title("Mock Airbyte")
    visit.page.get_by_role("button", name="Sync Shop to Warehouse").click()
    expect(_job(visit.page, 1)).to_contain_text("pending")
    mock.advance(20)
    expect(_job(visit.page, 1)).to_contain_text("running")  # by itself: the page is not loaded again
    _job(visit.page, 1).locator("summary").click()
    mock.advance(60)
    expect(_job(visit.page, 1).locator("summary")).to_contain_text("300 rows")
    expect(_job(visit.page, 1).get_by_role("heading", name="Attempt 1")).to_be_visible()  # what was opened stays open
    expect(_job(visit.page, 1).get_by_role("row", name="users")).to_contain_text("100")
    expect(visit.page.get_by_role("button", name="Sync Shop to Warehouse")).to_be_visible()
    _pictures(visit, "synced")


def test_a_person_cancels_a_sync(visit: Visit, mock: MockAirbyte, shop: str) -> None:
    job_id = mock.sync(shop)
    mock.advance(20)
    visit.go("/")
    visit.page.get_by_role("button", name="Cancel the sync of Shop to Warehouse").click()
    expect(_job(visit.page, job_id)).to_contain_text("cancelled")
    assert mock.job(job_id).status == "cancelled"


def test_a_name_that_is_markup_is_shown_and_not_run(visit: Visit, mock: MockAirbyte, tmp_path: Path) -> None:
    source = mock.create_source(_NASTY, "mock-inline", streams=[{"name": _NASTY, "rows": [{"id": 1}]}])
    destination = mock.create_destination(_NASTY, "sqlite", destination_path=str(tmp_path / "w.db"))
    mock.sync(mock.create_connection(source, destination, name=_NASTY))
    mock.advance(120)
    visit.go("/")
    _job(visit.page, 1).locator("summary").click()
    expect(visit.page.get_by_role("rowheader", name=_NASTY).first).to_be_visible()
    assert visit.page.evaluate("window.bad") is None
    _pictures(visit, "nasty")


def test_a_narrow_window_scrolls_no_further_than_it_is_wide(visit: Visit, mock: MockAirbyte, shop: str) -> None:
    mock.sync(shop)
    visit.page.set_viewport_size({"width": 390, "height": 844})
    visit.go("/")
    _job(visit.page, 1).locator("summary").click()
    assert visit.page.evaluate("document.documentElement.scrollWidth") <= 390
    visit.picture("narrow")


def test_it_works_without_javascript(browser: Browser, mock: MockAirbyte, shop: str) -> None:
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(mock.root_url)
        page.get_by_role("button", name="Sync Shop to Warehouse").click()
        expect(_job(page, 1)).to_contain_text("pending")
        page.get_by_role("button", name="Cancel the sync of Shop to Warehouse").click()
        expect(_job(page, 1)).to_contain_text("cancelled")


def test_another_site_cannot_click(browser: Browser, mock: MockAirbyte, shop: str) -> None:
    with MockAirbyte(auth=Auth(mode="none")) as other, browser.new_context(bypass_csp=True) as context:
        page = context.new_page()
        page.goto(other.root_url)  # another port is another origin
        page.evaluate(
            """([action, id]) => {
                const form = document.createElement("form");
                form.method = "post"; form.action = action;
                form.innerHTML = `<input name="connection" value="${id}">`;
                document.body.append(form); form.submit();
            }""",
            [f"{mock.root_url}/page/sync", shop],
        )
        expect(page.get_by_text("This click did not come from the mock's own page.")).to_be_visible()
    assert mock.jobs() == ()


def _job(page: Page, job_id: int) -> Locator:
    return page.locator(f'details[data-key="job-{job_id}"]')


def _pictures(visit: Visit, name: str) -> None:
    visit.picture(f"{name}-light")
    visit.page.emulate_media(color_scheme="dark")
    visit.picture(f"{name}-dark")
