"""DAGs that a sync in Airbyte starts: by its notice, which the api-server takes, and by the triggerer's watcher."""

from __future__ import annotations

from typing import Any

import httpx

from tests.stack.airbyte import Synced
from tests.stack.polling import awaited
from tests.stack.rest import Airflow
from tests.stack.stack import Stack

_WITHIN_SECONDS = 120
_ROUTE = "/profilemesh/airbyte"


def told_jobs(airflow: Airflow, dag_id: str) -> list[tuple[int, bool]]:
    """Return the jobs that the DAG's runs were started for, and which were given twice; raises if a run failed."""
    runs = airflow.runs(dag_id)
    assert "failed" not in [run.state() for run in runs]
    ended = [run for run in runs if run.state() == "success"]
    return sorted((job_id, repeated) for run in ended for job_id, repeated in run.task("jobs").result())


def wait_until_told(airflow: Airflow, dag_id: str, jobs: set[int]) -> list[tuple[int, bool]]:
    """Wait until the DAG has run for all of these jobs, and return what `told_jobs` does."""

    def look() -> list[tuple[int, bool]]:
        return told_jobs(airflow, dag_id)

    def is_all(seen: list[tuple[int, bool]]) -> bool:
        return {job_id for job_id, _ in seen} >= jobs

    return awaited(look, is_all, what=f"runs of {dag_id} for {jobs}", within_seconds=_WITHIN_SECONDS)


def test_airbytes_notice_of_a_sync_starts_a_dag_once(stack: Stack) -> None:
    stack.airflow.wait_for_files({"after_syncs.py"})
    shop = stack.airbyte.connection("notified")
    address = f"{stack.url}{_ROUTE}"
    webhook = f"{address}/{stack.canaries.webhook_token}"
    stack.airbyte.control("POST", "/webhooks", {"url": webhook})
    job_id = shop.start()
    try:
        assert wait_until_told(stack.airflow, "after_notices", {job_id}) == [(job_id, False)]
    finally:
        stack.airbyte.control("DELETE", "/webhooks", {"webhook": webhook})  # it would tell of other tests' syncs
    notice = _notice(stack, job_id)
    assert httpx.post(f"{address}/not-the-token-of-this-stack", json=notice).status_code == httpx.codes.UNAUTHORIZED
    assert httpx.post(address, json=notice).status_code == httpx.codes.UNAUTHORIZED
    again = httpx.post(address, json=notice, headers={"X-ProfileMesh-Token": stack.canaries.webhook_token})
    assert again.json() == {"status": "known", "job_id": job_id}
    assert _assets_told_of(stack.airflow, job_id) == ["airbyte://connection/notified"]
    assert told_jobs(stack.airflow, "after_notices") == [(job_id, False)]


def test_a_watcher_tells_every_sync_though_its_triggerer_was_killed(stack: Stack) -> None:
    stack.airflow.wait_for_files({"after_syncs.py"})
    shop = stack.airbyte.connection("watched")
    _begin_to_watch(stack)
    _wait_for_a_look(stack, shop)
    first = shop.start()
    wait_until_told(stack.airflow, "after_watched", {first})
    stack.services["triggerer"].kill()
    missed = [_synced(shop), _synced(shop)]
    stack.services["triggerer"].start()
    told = wait_until_told(stack.airflow, "after_watched", {first, *missed})
    assert {job_id for job_id, _ in told} == {first, *missed}
    assert sorted(job_id for job_id, repeated in told if not repeated) == [first, *missed]


def _synced(shop: Synced) -> int:
    """Sync by hand, to the end."""
    job_id = shop.start()
    awaited(shop.jobs, lambda jobs: jobs[job_id] == "succeeded", what="a sync", within_seconds=_WITHIN_SECONDS)
    return job_id


def _begin_to_watch(stack: Stack) -> None:
    """Make Airflow start the watcher: it does so when it reads a DAG whose asset is active already."""

    def active() -> set[str]:
        return {one["uri"] for one in stack.airflow.ask("GET", "/assets?only_active=true")["assets"]}

    asset = "airbyte://connection/watched"
    awaited(active, lambda seen: asset in seen, what="the asset", within_seconds=_WITHIN_SECONDS)
    stack.airflow.parse_again("after_watched")


def _wait_for_a_look(stack: Stack, shop: Synced) -> None:
    """Wait until the watcher has asked for the connection's jobs twice: it has kept where it begins by then."""

    def looks() -> int:
        seen = stack.airbyte.control("GET", "/requests")["requests"]
        of_it = [one for one in seen if one["query"].get("connectionId") == [shop.connection_id]]
        return len([one for one in of_it if one["query"].get("status") == ["succeeded"]])

    awaited(looks, lambda count: count > 1, what="the watcher's look", within_seconds=_WITHIN_SECONDS)


def _notice(stack: Stack, job_id: int) -> dict[str, Any]:
    """Return what Airbyte posted of the job."""
    notices = [one["payload"] for one in stack.airbyte.control("GET", "/webhooks")["notices"]]
    return next(one for one in notices if one.get("data", {}).get("jobId") == job_id)


def _assets_told_of(airflow: Airflow, job_id: int) -> list[str]:
    """Return the asset of each event that the receiver made of the job."""
    events = airflow.ask("GET", "/assets/events?limit=100&order_by=-timestamp")["asset_events"]
    ours = [one for one in events if one["extra"].get("from_webhook") and one["extra"]["job_id"] == job_id]
    return [str(one["uri"]) for one in ours]
