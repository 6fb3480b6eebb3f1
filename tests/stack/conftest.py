"""One stack for all tests here. A test that fails comes with what every process logged last."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from pathlib import Path

import pytest

from tests.compose import redis_database
from tests.stack.airbyte import Airbyte, Synced
from tests.stack.rest import Airflow
from tests.stack.stack import Stack, running

_HERE = Path(__file__).parent
_STACK = pytest.StashKey[Stack]()
needs_redis = pytest.mark.skipif(not redis_database.answers(), reason="no Redis server answers on 127.0.0.1:6379")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test here: the first one starts the stack."""
    for item in items:
        if item.path.is_relative_to(_HERE):
            item.add_marker(pytest.mark.stack)
            if item.get_closest_marker("timeout") is None:
                item.add_marker(pytest.mark.timeout(300))


@pytest.fixture(scope="session")
def stack(
    postgres_server_url: str, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Stack]:
    """The whole stack; it stays for all tests."""
    with running(postgres_server_url, tmp_path_factory.mktemp("stack")) as made:
        request.config.stash[_STACK] = made
        yield made


@pytest.fixture
def airflow(stack: Stack) -> Airflow:
    """Its REST API."""
    return stack.airflow


@pytest.fixture
def airbyte(stack: Stack) -> Airbyte:
    """Its mock."""
    return stack.airbyte


@pytest.fixture
def shop(airbyte: Airbyte) -> Iterator[Synced]:
    """A connection of the test's own; what it did to the mock's jobs is undone."""
    made = airbyte.connection()
    yield made
    made.let_go()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add what everybody logged last to the report of a test that failed."""
    report = yield
    stack = item.config.stash.get(_STACK, None)
    if report.when == "call" and report.failed and stack is not None:
        report.sections.append(("tasks", stack.task_logs()))
        report.sections.append((f"processes (all logs: {stack.folder})", stack.last_words()))
    return report
