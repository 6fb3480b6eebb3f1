"""What every test shares: an Airflow home of its own, real databases, and a clock that is moved by hand."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.compose.stack import Stack

_AIRFLOW_HOME = Path(tempfile.mkdtemp(prefix="profilemesh-airflow-"))
os.environ.update(  # before anything imports Airflow, which reads them once
    AIRFLOW_HOME=str(_AIRFLOW_HOME),
    AIRFLOW__CORE__LOAD_EXAMPLES="False",
    AIRFLOW__CORE__DAGS_FOLDER=str(_AIRFLOW_HOME / "dags"),
    AIRFLOW__CORE__UNIT_TEST_MODE="False",
    AIRFLOW__DATABASE__SQL_ALCHEMY_CONN=f"sqlite:///{_AIRFLOW_HOME / 'airflow.db'}",
    AIRFLOW__LOGGING__BASE_LOG_FOLDER=str(_AIRFLOW_HOME / "logs"),
    AIRFLOW__METRICS__TIMER_UNIT_CONSISTENCY="True",  # 2.11 warns without it
    SQLALCHEMY_SILENCE_UBER_WARNING="1",  # 2.11 runs with SQLAlchemy 1.4, which announces 2.0
)
(_AIRFLOW_HOME / "dags").mkdir()

import pytest  # noqa: E402 -- after the environment is set
from hypothesis import HealthCheck, settings  # noqa: E402

from taskflow_profilemesh.demo.postgres import postgres_server  # noqa: E402
from tests.clocks import HandClock  # noqa: E402
from tests.databases import POSTGRES_VARIABLE, mysql_database, mysql_server, postgres_database  # noqa: E402

settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")  # a busy machine is no failure


@pytest.fixture(scope="session")
def postgres_server_url() -> Iterator[str]:
    with (
        tempfile.TemporaryDirectory(prefix="pg-") as folder,
        postgres_server(Path(folder), variable=POSTGRES_VARIABLE) as url,
    ):
        yield url


@pytest.fixture
def postgres_url(postgres_server_url: str) -> Iterator[str]:
    """A PostgreSQL database of the test's own."""
    with postgres_database(postgres_server_url) as url:
        yield url


@pytest.fixture(scope="module")  # ended with the module: six processes would slow the tests after it
def stack(postgres_server_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The services of docker-compose.yml that are ours, as processes, with databases of their own."""
    from tests.compose.composition import read
    from tests.compose.stack import running

    with running(read(), postgres_server_url, tmp_path_factory.mktemp("compose")) as stack:
        yield stack


@pytest.fixture(scope="session")
def mysql_server_url() -> str:
    url, reason = mysql_server()
    if url is None:
        pytest.skip(reason)
    return url


@pytest.fixture
def mysql_url(mysql_server_url: str) -> Iterator[str]:
    """A MySQL or MariaDB database of the test's own."""
    with mysql_database(mysql_server_url) as url:
        yield url


@pytest.fixture
def clock() -> HandClock:
    """A clock that stands still until it is moved."""
    return HandClock()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Count what was skipped, by reason: a skipped test is a thing that was not shown."""
    reasons: dict[str, int] = {}
    for report in terminalreporter.stats.get("skipped", []):
        reason = str(report.longrepr[2]) if isinstance(report.longrepr, tuple) else str(report.longrepr)
        reasons[reason] = reasons.get(reason, 0) + 1
    terminalreporter.section("not run on this machine")
    for reason, count in sorted(reasons.items()) or [("nothing: every test had what it needs", 0)]:
        terminalreporter.write_line(f"{count:4d}  {reason.removeprefix('Skipped: ')}")
