"""What a person sees after `docker compose up`: a way in, the example DAGs, a run that is green, and its profile.

The pictures stay in each test's temporary folder, `end.png` even of a test that failed.
"""

from __future__ import annotations

from urllib.parse import quote, unquote

import pytest
from playwright.sync_api import expect

from tests.browser.visit import Visit
from tests.compose.stack import Stack, answer
from tests.processes import Command

pytestmark = [
    pytest.mark.browser,
    pytest.mark.postgres,
    pytest.mark.timeout(300),  # whoever comes first starts the stack
    pytest.mark.xdist_group("compose"),  # never beside the other stack: this machine may have two cores
]
_DAG = "sync_then_profile"
_EXAMPLES = {"plan_sensor", "profile_shop", "sync_many", "wait_for_sync", _DAG}
_TASKS = ("sync", "profile", "tell")
_SECONDS = 120


@pytest.fixture(scope="module")
def examples(stack: Stack, home: str) -> set[str]:
    """The ids of the example DAGs, once Airflow has read them all."""
    with stack.log_in("admin", "admin") as client:
        stack.processes["dag-processor"].wait_until(
            lambda: {dag["dag_id"] for dag in answer(client, "/dags")["dags"]} >= _EXAMPLES,
            within_seconds=_SECONDS,
        )
    return _EXAMPLES


@pytest.fixture(scope="module")
def run_path(stack: Stack, examples: set[str]) -> str:
    """The path of the page of a run that succeeded: on the worker, or without one as `airflow dags test` runs it."""
    stack.wait_until_well("mock-airbyte")
    with stack.log_in("admin", "admin") as client:
        if "worker" in stack.processes:
            stack.wait_for_runs(client, {_DAG}, within_seconds=_SECONDS)
        else:
            _run_without_worker(stack)
        run = answer(client, f"/dags/{_DAG}/dagRuns?state=success&order_by=-run_after&limit=1")["dag_runs"][0]
    return f"/dags/{_DAG}/runs/{quote(run['dag_run_id'])}"


def test_the_admin_logs_in_and_sees_that_dags_are_active(stranger: Visit, examples: set[str]) -> None:
    stranger.log_in("admin", "admin")
    expect(stranger.page.get_by_role("link", name="Active Dags")).to_be_visible()
    # Airflow's first page asks who is there, is told that nobody is, and shows the form.
    nobody = f"401 (Unauthorized) ({stranger.home}/ui/config)"
    assert [fault for fault in stranger.faults if not fault.endswith(nobody)] == []


def test_another_password_is_refused(stranger: Visit) -> None:
    stranger.go("/auth/login")
    stranger.page.get_by_label("Username").fill("admin")
    stranger.page.get_by_label("Password").fill("another")
    stranger.page.get_by_role("button", name="Sign in").click()
    expect(stranger.page.get_by_text("Invalid credentials")).to_be_visible()


def test_every_example_is_in_the_list_of_dags_and_leads_to_its_page(visit: Visit, examples: set[str]) -> None:
    visit.go("/dags")
    for dag_id in examples:
        expect(visit.page.get_by_role("link", name=dag_id, exact=True)).to_be_visible()
    visit.picture("list")
    visit.page.get_by_role("link", name=_DAG, exact=True).click()
    expect(visit.page.get_by_role("heading", name=_DAG)).to_be_visible()
    for task_id in _TASKS:
        expect(visit.page.get_by_role("link", name=task_id, exact=True)).to_be_visible()


def test_a_run_and_each_of_its_tasks_are_shown_as_successful(visit: Visit, run_path: str) -> None:
    visit.go(run_path)
    for task_id, shown_as in zip(_TASKS, ("@task.airbyte_sync", "@task.profile_tables", "@task"), strict=True):
        row = visit.page.get_by_role("row").filter(has=visit.page.get_by_role("link", name=task_id, exact=True))
        expect(row).to_contain_text("Success")
        expect(row.get_by_role("cell", name=shown_as, exact=True)).to_be_visible()
    expect(visit.page.get_by_text("Success", exact=True)).to_have_count(1 + len(_TASKS))  # the run itself is the first


def test_the_log_of_the_profile_says_what_was_read(visit: Visit, run_path: str, stack: Stack) -> None:
    if "worker" not in stack.processes:
        pytest.skip("no Redis server answers on 127.0.0.1:6379, so no worker keeps the logs of its tasks")
    visit.go(f"{run_path}/tasks/profile")
    for rows in ("public.users: 2,000 rows × 17 columns profiled", "public.products: 100 rows × 7 columns profiled"):
        expect(visit.page.get_by_text(rows)).to_be_visible()


def test_the_result_of_the_profile_is_shown(visit: Visit, run_path: str) -> None:
    visit.go(f"{run_path}/tasks/profile")
    visit.page.get_by_role("link", name="Storage").click()
    visit.page.get_by_role("link", name="XCom").click()
    visit.page.get_by_role("button", name="Expand all extra JSON").click()
    result = visit.page.get_by_role("row").filter(has_text="return_value").locator(".view-lines")
    for line in ('"summary": "No drift."', '"failed": []', '"table": "public.users"'):
        expect(result).to_contain_text(line)


def _run_without_worker(stack: Stack) -> None:
    worker = stack.here.command("worker")
    arguments = ["airflow", "dags", "test", _DAG]
    command = Command("airflow dags test", arguments, worker.environment, worker.folder)
    command.run(stack.logs / "dags-test.log", within_seconds=_SECONDS)


def test_a_profile_is_shown_inside_airflow(visit: Visit, run_path: str) -> None:
    visit.go("/plugin/data-profiles")
    pages = visit.page.frame_locator("iframe")
    pages.get_by_role("rowheader", name="public.users").get_by_role("link").click()
    expect(pages.get_by_role("heading", name="public.users")).to_be_visible()
    pages.locator(".column summary").first.click()
    expect(pages.locator(".column .chart svg").first).to_be_visible()
    visit.picture("profile")


def test_the_link_of_a_task_leads_to_the_profiles_of_its_run(visit: Visit, run_path: str) -> None:
    visit.go(f"{run_path}/tasks/profile")
    visit.page.get_by_role("link", name="Details").click()  # Airflow shows a task's links there
    link = visit.page.get_by_role("link", name="Stored profile")
    visit.page.goto(link.get_attribute("href") or "")
    visit.page.get_by_role("rowheader", name="public.users").get_by_role("link").click()
    expect(visit.page.get_by_text(unquote(run_path.rsplit("/", 1)[1])).first).to_be_visible()


def test_a_stranger_is_shown_no_profile(stranger: Visit, run_path: str) -> None:
    for path in ("", "table?source=warehouse&table=public.users", "assets/report.css"):
        answer = stranger.page.request.get(f"{stranger.home}/profilemesh/reports/{path}")
        assert answer.status == 401
        assert "users" not in answer.text()
