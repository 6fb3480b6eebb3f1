"""A visit to Airflow's pages: where a person goes, what the browser complains about, and pictures of what is seen."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, ConsoleMessage, Page, StorageState

WAIT_MILLISECONDS = 30_000  # for whatever is looked for: a page is slow where Airflow has one core


@dataclass(frozen=True, slots=True)
class Visit:
    """A window of its own; `faults` grows with every error that a page logs or raises."""

    page: Page
    home: str  # the address that a person opens, without a slash at the end
    pictures: Path
    faults: list[str] = field(default_factory=list)

    def log_in(self, user: str, password: str) -> None:
        """Open the first page, answer the form that comes instead of it, and wait until it is left."""
        self.page.goto(self.home)
        self.page.get_by_label("Username").fill(user)
        self.page.get_by_label("Password").fill(password)
        self.page.get_by_role("button", name="Sign in").click()
        self.page.wait_for_url(f"{self.home}/")

    def go(self, path: str) -> None:
        """Open a page by its path."""
        self.page.goto(self.home + path)

    def picture(self, name: str) -> None:
        """Keep what the window shows now as `<name>.png`."""
        self.page.screenshot(path=self.pictures / f"{name}.png")


@contextmanager
def visiting(browser: Browser, home: str, pictures: Path, *, known: StorageState | None = None) -> Iterator[Visit]:
    """Open a window that knows nobody, or whom an earlier visit logged in; the last thing it shows is kept."""
    with browser.new_context(
        viewport={"width": 1400, "height": 900},
        locale="en-US",
        timezone_id="UTC",
        storage_state=known,
    ) as context:
        context.set_default_timeout(WAIT_MILLISECONDS)
        visit = Visit(context.new_page(), home, pictures)
        visit.page.on("console", lambda message: visit.faults.extend(_logged_fault(message)))
        visit.page.on("pageerror", lambda error: visit.faults.append(str(error)))
        try:
            yield visit
        finally:
            visit.picture("end")


def _logged_fault(message: ConsoleMessage) -> list[str]:
    """Return what a page logged as an error, a failed request among them, with the address that it is about."""
    return [f"{message.text} ({message.location['url']})"] if message.type == "error" else []
