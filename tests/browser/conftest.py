"""The browser of this machine, and visits with it to the Airflow that the compose file describes."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, StorageState, expect, sync_playwright

from tests.browser.visit import WAIT_MILLISECONDS, Visit, visiting
from tests.compose.stack import Stack

_NAMES = ("chromium", "chromium-browser", "google-chrome")
_FLAGS = (  # Playwright adds --headless, --no-sandbox (root has no sandbox) and a profile folder that is new each time
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="session", autouse=True)  # first of all: no server is started for a browser that is not here
def chromium_file() -> str:
    found = next(filter(None, map(shutil.which, _NAMES)), None)
    if found is None:
        pytest.skip(f"no browser is installed: none of {', '.join(_NAMES)} is on the PATH")
    return found


@pytest.fixture(scope="module")
def browser(chromium_file: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    expect.set_options(timeout=WAIT_MILLISECONDS)
    with (
        sync_playwright() as playwright,
        playwright.chromium.launch(
            executable_path=chromium_file,
            args=_FLAGS,
            chromium_sandbox=False,
            env={"PATH": os.environ["PATH"], "HOME": str(tmp_path_factory.mktemp("browser-home"))},
        ) as browser,
    ):
        yield browser


@pytest.fixture(scope="module")
def home(stack: Stack) -> str:
    """The address that a person opens, once Airflow answers there."""
    stack.wait_until_well("api-server")
    return stack.here.url("")


@pytest.fixture(scope="module")
def admin(browser: Browser, home: str, tmp_path_factory: pytest.TempPathFactory) -> StorageState:
    """What the browser keeps of a visit in which the admin logged in."""
    with visiting(browser, home, tmp_path_factory.mktemp("log-in")) as visit:
        visit.log_in("admin", "admin")
        return visit.page.context.storage_state()


@pytest.fixture
def stranger(browser: Browser, home: str, tmp_path: Path) -> Iterator[Visit]:
    """A visit of somebody whom Airflow does not know yet."""
    with visiting(browser, home, tmp_path) as visit:
        yield visit


@pytest.fixture
def visit(browser: Browser, home: str, tmp_path: Path, admin: StorageState) -> Iterator[Visit]:
    """A visit of the admin, who is logged in; its pages may cause no error."""
    with visiting(browser, home, tmp_path, known=admin) as visit:
        yield visit
    assert visit.faults == []
