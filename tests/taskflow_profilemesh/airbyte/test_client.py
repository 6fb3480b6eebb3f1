from __future__ import annotations

from typing import Any

import pytest
import requests
from requests.adapters import HTTPAdapter

from taskflow_profilemesh.airbyte.auth import Bearer
from taskflow_profilemesh.airbyte.calls import JobsWanted
from taskflow_profilemesh.airbyte.spec import OnConflict
from taskflow_profilemesh.errors import (
    AirbyteForbidden,
    AirbyteRefused,
    AirbyteUnreachable,
    ConnectionAmbiguous,
    ConnectionInactive,
    ConnectionNotFound,
    InvalidOption,
    SyncCancelled,
    SyncConflict,
    SyncFailed,
    SyncMisconfigured,
    SyncTimeout,
)
from tests.clocks import HandClock
from tests.taskflow_profilemesh.airbyte import answers
from tests.taskflow_profilemesh.airbyte.answers import CONFIG, CONFLICT, MAIN, PUBLIC, SHOP, STOCK, Airbyte

JOBS = f"{PUBLIC}/jobs"
DETAILS = f"{CONFIG}/jobs/get"
FORBIDDEN = (403, {"message": "Forbidden"})


class LosesAnswers(HTTPAdapter):
    """Delivers a start, then loses the answer."""

    def build_response(self, req: requests.PreparedRequest, resp: Any) -> requests.Response:
        response = super().build_response(req, resp)
        if req.method == "POST":
            response.close()
            raise requests.ReadTimeout
        return response


@pytest.fixture
def losing() -> requests.Session:
    session = requests.Session()
    session.mount("http://", LosesAnswers())
    return session


# Finding


def test_a_name_finds_the_connection_as_it_is_now(airbyte: Airbyte, clock: HandClock) -> None:
    airbyte.shop()
    client = airbyte.client(clock)
    assert client.connection("Shop").connection_id == SHOP
    client.connection("Shop")
    assert airbyte.asked.count("GET /connections") == 2  # one page and the empty one: the second time they are known
    assert airbyte.asked.count(f"GET /connections/{SHOP}") == 2


def test_a_name_that_is_new_is_found_by_looking_again(airbyte: Airbyte, clock: HandClock) -> None:
    pages = [answers.page(answers.connection()), answers.page()]
    with_stock = [answers.page(answers.connection(), answers.connection(STOCK, "Stock")), answers.page()]
    airbyte.on("GET", f"{PUBLIC}/connections", *pages, *with_stock)
    airbyte.on("GET", f"{PUBLIC}/connections/{SHOP}", answers.connection())
    airbyte.on("GET", f"{PUBLIC}/connections/{STOCK}", answers.connection(STOCK, "Stock"))
    client = airbyte.client(clock)
    client.connection("Shop")
    assert client.connection("Stock").name == "Stock"


def test_an_id_needs_no_list(airbyte: Airbyte, clock: HandClock) -> None:
    airbyte.on("GET", f"{PUBLIC}/connections/{SHOP}", answers.connection())
    assert airbyte.client(clock).connection(SHOP).name == "Shop"


def test_an_unknown_name_lists_what_there_is_and_the_nearest(airbyte: Airbyte, clock: HandClock) -> None:
    gone = answers.connection("99999999-9999-4999-8999-999999999999", "Shop 2", status="deprecated")
    airbyte.paged(f"{PUBLIC}/connections", answers.connection(), answers.connection(STOCK, "Stock"), gone)
    with pytest.raises(ConnectionNotFound, match="Did you mean 'Shop'") as caught:
        airbyte.client(clock).connection("Shp")
    assert caught.value.known == ("Shop", "Stock")


def test_an_unknown_id_is_said_so(airbyte: Airbyte, clock: HandClock) -> None:
    airbyte.on("GET", f"{PUBLIC}/connections/{SHOP}", answers.problem(404, "resource-not-found"))
    with pytest.raises(ConnectionNotFound):
        airbyte.client(clock).connection(SHOP)


def test_a_name_that_is_there_twice_lists_both_with_their_ids(airbyte: Airbyte, clock: HandClock) -> None:
    airbyte.paged(f"{PUBLIC}/connections", answers.connection(), answers.connection(STOCK, "Shop", workspaceId="w2"))
    with pytest.raises(ConnectionAmbiguous) as caught:
        airbyte.client(clock).connection("Shop")
    assert SHOP in str(caught.value)
    assert STOCK in str(caught.value)


def test_a_workspace_narrows_the_search(airbyte: Airbyte, clock: HandClock) -> None:
    airbyte.paged(f"{PUBLIC}/workspaces", {"workspaceId": MAIN, "name": "Main"})
    airbyte.shop()
    airbyte.client(clock).connection("Shop", workspace="Main")
    listed = next(request for request in airbyte.requests if request.path.endswith("/connections"))
    assert listed.args["workspaceIds"] == MAIN


def test_an_unknown_workspace_names_the_nearest(airbyte: Airbyte, clock: HandClock) -> None:
    airbyte.paged(f"{PUBLIC}/workspaces", {"workspaceId": MAIN, "name": "Main"})
    with pytest.raises(InvalidOption, match="Did you mean 'Main'"):
        airbyte.client(clock).connection("Shop", workspace="Mian")


def test_lists_are_read_to_the_empty_page_from_our_own_host(airbyte: Airbyte, clock: HandClock) -> None:
    many = [answers.connection(f"{number:08d}-0000-4000-8000-000000000000", f"C{number}") for number in range(150)]
    airbyte.paged(f"{PUBLIC}/connections", *many)
    assert len(airbyte.client(clock).connections()) == 150
    assert [request.args["offset"] for request in airbyte.requests] == ["0", "100", "150"]


def test_connections_are_listed_by_pattern(airbyte: Airbyte, clock: HandClock) -> None:
    airbyte.paged(f"{PUBLIC}/connections", answers.connection(), answers.connection(STOCK, "Stock"))
    client = airbyte.client(clock)
    assert [one.name for one in client.connections("S*")] == ["Shop", "Stock"]
    assert [one.name for one in client.connections("*ck")] == ["Stock"]
    assert client.connections("shop") == ()


# Starting


def test_a_start_gives_a_job_of_our_own(airbyte: Airbyte, clock: HandClock) -> None:
    airbyte.paged(JOBS)
    airbyte.on("POST", JOBS, answers.job(status="running"))
    started = airbyte.client(clock).start(SHOP)
    assert (started.job.job_id, started.role) == (7, "own")
    assert airbyte.requests[-1].get_json() == {"connectionId": SHOP, "jobType": "sync"}


def test_a_start_whose_answer_is_lost_adopts_the_job_it_made(
    airbyte: Airbyte, clock: HandClock, losing: requests.Session
) -> None:
    airbyte.on("GET", JOBS, answers.page(answers.job(6)), answers.page(answers.job(7, "running")))
    airbyte.on("POST", JOBS, answers.job(7, "running"))
    started = airbyte.client(clock, session=losing).start(SHOP)
    assert (started.job.job_id, started.role) == (7, "own")
    assert airbyte.asked.count("POST /jobs") == 1
    assert airbyte.requests[-1].args["orderBy"] == "createdAt|DESC"


def test_a_job_that_was_there_before_is_never_adopted(
    airbyte: Airbyte, clock: HandClock, losing: requests.Session
) -> None:
    airbyte.on("GET", JOBS, answers.page(answers.job(6)))
    airbyte.on("POST", JOBS, answers.job(7))
    with pytest.raises(AirbyteUnreachable):
        airbyte.client(clock, session=losing).start(SHOP)
    assert airbyte.asked.count("POST /jobs") == 1
    assert sum(clock.slept) > 10  # a slow server was given the time to make it


def test_a_running_sync_is_joined(airbyte: Airbyte, clock: HandClock) -> None:
    airbyte.on("GET", JOBS, answers.page(answers.job(5, "running"), answers.job(4)))
    airbyte.on("POST", JOBS, CONFLICT)
    started = airbyte.client(clock).start(SHOP, on_conflict="attach")
    assert (started.job.job_id, started.role) == (5, "joined")


def test_a_running_clear_is_waited_for_and_never_taken_for_a_sync(airbyte: Airbyte, clock: HandClock) -> None:
    airbyte.on("GET", JOBS, answers.page(answers.job(5, "running", jobType="reset")))
    airbyte.on("POST", JOBS, CONFLICT)
    assert airbyte.client(clock).start(SHOP, on_conflict="attach").role == "blocking"
    assert airbyte.client(clock).start(SHOP, job_type="clear").role == "joined"


@pytest.mark.parametrize("choice", ["skip", "fail"])
def test_a_conflict_can_be_refused(airbyte: Airbyte, clock: HandClock, choice: OnConflict) -> None:
    airbyte.on("GET", JOBS, answers.page(answers.job(5, "running")))
    airbyte.on("POST", JOBS, CONFLICT)
    with pytest.raises(SyncConflict) as caught:
        airbyte.client(clock).start(SHOP, on_conflict=choice)
    assert caught.value.job_id == 5


def test_a_conflict_that_is_over_at_once_leads_to_a_start(airbyte: Airbyte, clock: HandClock) -> None:
    airbyte.on("GET", JOBS, answers.page(answers.job(5)))
    airbyte.on("POST", JOBS, CONFLICT, answers.job(6, "running"))
    assert airbyte.client(clock).start(SHOP).job.job_id == 6


def test_a_connection_that_is_switched_off_in_that_moment_is_said_so(airbyte: Airbyte, clock: HandClock) -> None:
    airbyte.paged(JOBS)
    airbyte.on("POST", JOBS, answers.problem(409, "state-conflict"))
    with pytest.raises(ConnectionInactive):
        airbyte.client(clock).start(SHOP)


# Cancelling


def test_a_job_that_has_ended_is_never_cancelled(airbyte: Airbyte, clock: HandClock) -> None:
    airbyte.on("GET", f"{JOBS}/7", answers.job())
    assert airbyte.client(clock).cancel(7).status == "succeeded"
    assert airbyte.asked == ["GET /jobs/7"]


def test_a_running_job_is_cancelled_once_and_watched_to_its_end(airbyte: Airbyte, clock: HandClock) -> None:
    running, cancelled = answers.job(status="running"), answers.job(status="cancelled")
    airbyte.on("GET", f"{JOBS}/7", running, running, running, cancelled)
    airbyte.on("DELETE", f"{JOBS}/7", running)
    assert airbyte.client(clock).cancel(7).status == "cancelled"
    assert airbyte.asked.count("DELETE /jobs/7") == 1


def test_a_cancel_that_got_no_answer_is_sent_again_while_the_job_runs(airbyte: Airbyte, clock: HandClock) -> None:
    airbyte.on("GET", f"{JOBS}/7", *[answers.job(status="running")] * 2, answers.job(status="cancelled"))
    airbyte.on("DELETE", f"{JOBS}/7", answers.problem(500, "unexpected-problem"), answers.job(status="cancelled"))
    assert airbyte.client(clock).cancel(7).status == "cancelled"
    assert airbyte.asked.count("DELETE /jobs/7") == 2


def test_a_job_that_will_not_end_is_returned_as_it_is(airbyte: Airbyte, clock: HandClock) -> None:
    airbyte.on("GET", f"{JOBS}/7", answers.job(status="running"))
    airbyte.on("DELETE", f"{JOBS}/7", answers.job(status="running"))
    assert airbyte.client(clock).cancel(7, patience_seconds=10).status == "running"


# Watching


def test_the_status_of_a_connection_is_its_newest_job(airbyte: Airbyte, clock: HandClock) -> None:
    airbyte.on("GET", JOBS, answers.page(answers.job(9, "running")), answers.page())
    client = airbyte.client(clock)
    newest = client.get_sync_status(SHOP)
    assert newest is not None
    assert newest.job_id == 9
    assert client.get_sync_status(SHOP) is None


def test_jobs_are_filtered_by_airbyte(airbyte: Airbyte, clock: HandClock) -> None:
    airbyte.paged(JOBS, *[answers.job(number) for number in range(5, 0, -1)])
    wanted = JobsWanted(connection_id=SHOP, job_type="sync", status="succeeded")
    assert [job.job_id for job in airbyte.client(clock).jobs(wanted, most=2)] == [5, 4]
    arguments = airbyte.requests[0].args
    assert (arguments["connectionId"], arguments["jobType"], arguments["status"]) == (SHOP, "sync", "succeeded")


def test_waiting_ends_with_the_job(airbyte: Airbyte, clock: HandClock) -> None:
    statuses = ("pending", "queued", "running", "incomplete", "thinking", "running")
    airbyte.on("GET", f"{JOBS}/7", *(answers.job(status=status) for status in statuses), answers.job())
    assert airbyte.client(clock).wait_for_sync(SHOP, 7, timeout=60).rows_synced == 30


def test_waiting_tells_why_a_job_failed(airbyte: Airbyte, clock: HandClock) -> None:
    airbyte.on("GET", f"{JOBS}/7", answers.job(status="failed"))
    failed = answers.attempt(0, "failed", failureSummary=answers.failure("config_error"))
    airbyte.on("POST", DETAILS, answers.details(failed))
    with pytest.raises(SyncMisconfigured, match="Invalid credentials") as caught:
        airbyte.client(clock).wait_for_sync(SHOP, 7)
    assert (caught.value.origin, caught.value.stream) == ("source", "users")


def test_a_secret_in_the_reason_of_a_job_that_was_waited_for_is_masked(airbyte: Airbyte, clock: HandClock) -> None:
    airbyte.on("GET", f"{JOBS}/7", answers.job(status="failed"))
    failed = answers.attempt(0, "failed", failureSummary=answers.failure(message="No login for canary!pw"))
    airbyte.on("POST", DETAILS, answers.details(failed))
    with pytest.raises(SyncFailed, match=r"No login for \*\*\*"):
        airbyte.client(clock, Bearer("canary!pw")).wait_for_sync(SHOP, 7)


def test_a_cancelled_job_is_never_a_success(airbyte: Airbyte, clock: HandClock) -> None:
    airbyte.on("GET", f"{JOBS}/7", answers.job(status="cancelled"))
    airbyte.on("POST", DETAILS, FORBIDDEN)
    with pytest.raises(SyncCancelled):
        airbyte.client(clock).wait_for_sync(SHOP, 7)


def test_time_that_is_up_leaves_the_job_alone(airbyte: Airbyte, clock: HandClock) -> None:
    airbyte.on("GET", f"{JOBS}/7", answers.job(status="running"))
    airbyte.on("POST", DETAILS, FORBIDDEN)
    with pytest.raises(SyncTimeout) as caught:
        airbyte.client(clock).wait_for_sync(SHOP, 7, timeout=10)
    assert not caught.value.cancelled
    assert sum(clock.slept) == pytest.approx(10)
    assert not [asked for asked in airbyte.asked if asked.startswith("DELETE")]


@pytest.mark.parametrize("answer", [FORBIDDEN, (404, {}), answers.html(), (500, {}), (401, {})])
def test_details_that_may_not_be_read_are_none(airbyte: Airbyte, clock: HandClock, answer: answers.Answer) -> None:
    airbyte.on("POST", DETAILS, answer)
    client = airbyte.client(clock)
    assert client.sync_metadata(7) is None
    assert client.sync_logs(7) is None


def test_a_forbidden_config_api_is_asked_once(airbyte: Airbyte, clock: HandClock) -> None:
    airbyte.on("POST", DETAILS, FORBIDDEN)
    client = airbyte.client(clock)
    assert [client.sync_metadata(7) for _ in range(3)] == [None] * 3
    assert len(airbyte.asked) == 1


def test_health_is_asked_without_credentials(airbyte: Airbyte, clock: HandClock) -> None:
    airbyte.on("GET", f"{CONFIG}/health", {"available": True}, {"available": False})
    client = airbyte.client(clock)
    assert client.health()
    assert not client.health()
    assert "Authorization" not in airbyte.requests[0].headers


def test_a_cancel_that_is_forbidden_is_an_error(airbyte: Airbyte, clock: HandClock) -> None:
    airbyte.on("GET", f"{JOBS}/7", answers.job(status="running"))
    airbyte.on("DELETE", f"{JOBS}/7", FORBIDDEN)
    with pytest.raises(AirbyteForbidden):
        airbyte.client(clock).cancel(7)


def test_a_server_that_cannot_decide_is_not_asked_for_ever(airbyte: Airbyte, clock: HandClock) -> None:
    airbyte.on("GET", JOBS, answers.page(answers.job(5)))
    airbyte.on("POST", JOBS, CONFLICT)
    with pytest.raises(SyncConflict):
        airbyte.client(clock).start(SHOP)
    assert airbyte.asked.count("POST /jobs") == 5


def test_a_start_that_airbyte_declines_is_an_error(airbyte: Airbyte, clock: HandClock) -> None:
    airbyte.paged(JOBS)
    airbyte.on("POST", JOBS, answers.problem(422, "unprocessable-entity"))
    with pytest.raises(AirbyteRefused):
        airbyte.client(clock).start(SHOP)


def test_a_connection_that_airbyte_cannot_show_now_is_not_called_unknown(airbyte: Airbyte, clock: HandClock) -> None:
    airbyte.on("GET", f"{PUBLIC}/connections/{SHOP}", answers.problem(405, "method-not-allowed"))
    with pytest.raises(AirbyteRefused):
        airbyte.client(clock).connection(SHOP)
