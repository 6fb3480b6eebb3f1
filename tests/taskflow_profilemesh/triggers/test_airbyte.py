from __future__ import annotations

import asyncio
import json
from typing import Any

import httpx
import pytest
from werkzeug import Request, Response

from taskflow_profilemesh.airbyte import async_client
from taskflow_profilemesh.airbyte.async_client import AsyncAirbyteClient
from taskflow_profilemesh.airbyte.auth import TokenCache
from taskflow_profilemesh.airbyte.running import RunningSync
from taskflow_profilemesh.airbyte.settings import AirbyteSettings
from taskflow_profilemesh.airbyte.spec import SyncSpec
from taskflow_profilemesh.errors import AirbyteAnswerInvalid, AirbyteForbidden, AirbyteLoginRefused, AirbyteUnreachable
from taskflow_profilemesh.triggers.airbyte import AirbyteSyncTrigger
from tests.clocks import HandClock
from tests.taskflow_profilemesh.airbyte import answers
from tests.taskflow_profilemesh.airbyte.answers import CONFIG, MAIN, PUBLIC, SHOP, TOKEN, Airbyte

JOB = f"{PUBLIC}/jobs/7"
RUNNING = answers.job(status="running")


def running(clock: HandClock, *, role: Any = "own", **spec: Any) -> RunningSync:
    options = SyncSpec(connection="Shop", **spec)
    now = clock.now().timestamp()
    return RunningSync(
        spec=options,
        connection_id=SHOP,
        connection_name="Shop",
        workspace_id=MAIN,
        job_id=7,
        role=role,
        since=now,
        deadline=now + options.timeout_seconds,
    )


class HandTrigger(AirbyteSyncTrigger):
    """A trigger on a clock that is moved by hand."""

    def __init__(self, url: str, clock: HandClock, sync: RunningSync, *, draw: float = 0.5) -> None:
        super().__init__("shop", sync.as_dict())
        self.clock, self.draw, self.url = clock, draw, url

    async def _client(self) -> AsyncAirbyteClient:
        return hand_client(self.url, self.clock, draw=self.draw)


def hand_client(url: str, clock: HandClock, *, draw: float = 0.0, **more: Any) -> AsyncAirbyteClient:
    async def sleep(seconds: float) -> None:
        clock.sleep(seconds)

    settings = more.pop("settings", AirbyteSettings.of(host=url))
    return AsyncAirbyteClient(settings, clock=clock, sleep=sleep, draw=lambda: draw, tokens=TokenCache(clock), **more)


def payload(trigger: AirbyteSyncTrigger) -> dict[str, Any]:
    async def first() -> dict[str, Any]:
        event = await anext(trigger.run())
        return dict(event.payload)

    return asyncio.run(first())


def test_a_trigger_is_made_again_from_plain_json(clock: HandClock) -> None:
    trigger = AirbyteSyncTrigger("shop", running(clock).as_dict())
    name, kwargs = trigger.serialize()
    assert name == "taskflow_profilemesh.triggers.airbyte.AirbyteSyncTrigger"
    assert AirbyteSyncTrigger(**json.loads(json.dumps(kwargs))).serialize() == (name, kwargs)


def test_the_event_says_why_and_hands_back_all_that_was_given(airbyte: Airbyte, clock: HandClock) -> None:
    airbyte.on("GET", JOB, RUNNING, answers.job(status="queued"), answers.job())
    sync = running(clock)
    expected = {"version": 1, "why": "succeeded", "conn_id": "shop", "sync": sync.as_dict()}
    event = payload(HandTrigger(airbyte.url, clock, sync))
    assert event == expected
    assert json.loads(json.dumps(event)) == event


@pytest.mark.parametrize(
    ("status", "why"), [("failed", "failed"), ("cancelled", "cancelled"), ("running", "timed_out")]
)
def test_every_end_has_its_reason(airbyte: Airbyte, clock: HandClock, status: str, why: str) -> None:
    airbyte.on("GET", JOB, answers.job(status=status))
    assert payload(HandTrigger(airbyte.url, clock, running(clock)))["why"] == why


def test_the_deadline_is_a_moment_that_a_restart_does_not_move(airbyte: Airbyte, clock: HandClock) -> None:
    airbyte.on("GET", JOB, RUNNING)
    sync = running(clock, timeout_seconds=100)
    clock.advance(95)
    assert payload(HandTrigger(airbyte.url, clock, sync))["why"] == "timed_out"
    assert clock.monotonic() < 130


def test_the_first_look_comes_at_a_moment_of_its_own(airbyte: Airbyte, clock: HandClock) -> None:
    airbyte.on("GET", JOB, answers.job())
    sync = running(clock)
    clock.advance(1000)
    payload(HandTrigger(airbyte.url, clock, sync, draw=0.25))
    assert clock.slept == [7.5]


def test_a_stalled_job_wakes_the_task(airbyte: Airbyte, clock: HandClock) -> None:
    airbyte.on("GET", JOB, RUNNING)
    airbyte.on("POST", f"{CONFIG}/jobs/get", answers.details(answers.attempt(0, "running")))
    assert payload(HandTrigger(airbyte.url, clock, running(clock, stall_timeout_seconds=60)))["why"] == "stalled"


def test_without_statistics_nothing_is_called_stalled(airbyte: Airbyte, clock: HandClock) -> None:
    airbyte.on("GET", JOB, RUNNING)
    airbyte.on("POST", f"{CONFIG}/jobs/get", (403, {}))
    event = payload(HandTrigger(airbyte.url, clock, running(clock, stall_timeout_seconds=60, timeout_seconds=300)))
    assert event["why"] == "timed_out"
    assert airbyte.asked.count(f"POST {CONFIG}/jobs/get") == 1


def test_a_trigger_that_cannot_look_wakes_the_task_which_will(airbyte: Airbyte, clock: HandClock) -> None:
    airbyte.on("GET", JOB, answers.problem(403, "forbidden"))
    assert payload(HandTrigger(airbyte.url, clock, running(clock)))["why"] == "unknown"


def test_a_triggerer_that_does_not_know_the_airflow_connection_wakes_the_task_which_may(clock: HandClock) -> None:
    assert payload(AirbyteSyncTrigger("known_to_workers_only", running(clock).as_dict()))["why"] == "unknown"


def test_a_server_that_restarts_is_waited_for(airbyte: Airbyte, clock: HandClock) -> None:
    airbyte.on("GET", JOB, *[answers.problem(503, "service-unavailable")] * 6, answers.job())
    assert payload(HandTrigger(airbyte.url, clock, running(clock)))["why"] == "succeeded"


@pytest.mark.parametrize(
    ("role", "cancels", "deletes"), [("own", True, 1), ("own", False, 0), ("joined", True, 0), ("blocking", True, 0)]
)
def test_a_killed_task_cancels_the_job_it_started(
    airbyte: Airbyte, clock: HandClock, role: str, deletes: int, *, cancels: bool
) -> None:
    airbyte.on("GET", JOB, RUNNING, answers.job(status="cancelled"))
    airbyte.on("DELETE", JOB, RUNNING)
    trigger = HandTrigger(airbyte.url, clock, running(clock, role=role, cancel_on_kill=cancels))
    asyncio.run(trigger.on_kill())
    assert airbyte.asked.count("DELETE /jobs/7") == deletes


def test_a_job_that_has_ended_is_not_cancelled(airbyte: Airbyte, clock: HandClock) -> None:
    airbyte.on("GET", JOB, answers.job())
    asyncio.run(HandTrigger(airbyte.url, clock, running(clock)).on_kill())
    assert airbyte.asked == ["GET /jobs/7"]


# The client under it


@pytest.fixture
def credentials(airbyte: Airbyte) -> AirbyteSettings:
    return AirbyteSettings.of(host=airbyte.url, login="id", password="canary!")


def test_many_looks_share_one_token_and_renew_it_once(
    airbyte: Airbyte, clock: HandClock, credentials: AirbyteSettings
) -> None:
    airbyte.on("POST", f"{PUBLIC}/applications/token", TOKEN, TOKEN | {"access_token": "token-2"})

    def only_the_second(request: Request) -> Response:
        good = request.headers["Authorization"] == "Bearer token-2"
        return answers.respond(RUNNING if good else answers.problem(401, "invalid-api-key"))

    airbyte.on("GET", JOB, only_the_second)

    async def look_often() -> list[str]:
        client = hand_client(airbyte.url, clock, settings=credentials)
        jobs = await asyncio.gather(*(client.get(7) for _ in range(20)))
        await client.close()
        return [job.status for job in jobs]

    assert asyncio.run(look_often()) == ["running"] * 20
    assert airbyte.asked.count("POST /applications/token") == 2


@pytest.mark.parametrize(
    ("answer", "error"), [(answers.problem(401, "no"), AirbyteLoginRefused), (answers.html(), AirbyteAnswerInvalid)]
)
def test_answers_have_the_same_errors_as_in_the_other_client(
    airbyte: Airbyte, clock: HandClock, answer: answers.Answer, error: type[Exception]
) -> None:
    airbyte.on("GET", JOB, answer)
    with pytest.raises(error):
        asyncio.run(hand_client(airbyte.url, clock).get(7))


def test_a_server_that_answered_well_is_asked_again_where_its_answer_cannot_be_read(
    airbyte: Airbyte, clock: HandClock
) -> None:
    airbyte.on("GET", JOB, answers.job(), answers.html(), {"jobId": 7}, answers.job())

    async def look_twice() -> list[int]:
        client = hand_client(airbyte.url, clock)
        return [(await client.get(7)).job_id for _ in range(2)]

    assert asyncio.run(look_twice()) == [7, 7]
    assert len(clock.slept) == 2


def test_nobody_there_is_said_after_patience_is_spent(clock: HandClock) -> None:
    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError(str(request.url))

    client = hand_client("http://localhost:1", clock, transport=httpx.MockTransport(refuse))
    with pytest.raises(AirbyteUnreachable, match="no connection"):
        asyncio.run(client.get(7))
    assert 60 < sum(clock.slept) <= 120


def test_no_more_than_sixteen_requests_are_on_their_way(clock: HandClock) -> None:
    busy: list[int] = []
    at_once = 0

    async def handle(_: httpx.Request) -> httpx.Response:
        nonlocal at_once
        at_once += 1
        busy.append(at_once)
        await asyncio.sleep(0)
        at_once -= 1
        return httpx.Response(200, json=RUNNING)

    async def look_often() -> None:
        client = hand_client("http://localhost:1", clock, transport=httpx.MockTransport(handle))
        await asyncio.gather(*(client.get(7) for _ in range(200)))

    asyncio.run(look_often())
    assert max(busy) == 16


def test_one_client_serves_an_event_loop() -> None:
    async def two() -> tuple[AsyncAirbyteClient, AsyncAirbyteClient, AsyncAirbyteClient]:
        one, other = AirbyteSettings.of(host="one"), AirbyteSettings.of(host="other")
        return (
            async_client.shared_client(one),
            async_client.shared_client(AirbyteSettings.of(host="one")),
            async_client.shared_client(other),
        )

    first, again, other = asyncio.run(two())
    assert first is again
    assert first is not other


def test_a_cancel_without_a_good_answer_is_sent_again_and_a_forbidden_one_is_an_error(
    airbyte: Airbyte, clock: HandClock
) -> None:
    airbyte.on("GET", JOB, RUNNING, RUNNING, answers.job(status="cancelled"))
    airbyte.on("DELETE", JOB, answers.problem(500, "unexpected-problem"), RUNNING)
    assert asyncio.run(hand_client(airbyte.url, clock).cancel(7)).status == "cancelled"
    assert airbyte.asked.count("DELETE /jobs/7") == 2
    airbyte.server.clear()
    airbyte.on("GET", JOB, RUNNING)
    airbyte.on("DELETE", JOB, (403, {}))
    with pytest.raises(AirbyteForbidden):
        asyncio.run(hand_client(airbyte.url, clock).cancel(7))


def test_proxies_and_certificates_of_the_settings_are_used(clock: HandClock) -> None:
    import certifi

    extra = {"proxies": "http://127.0.0.1:1", "verify": certifi.where()}
    client = hand_client("http://localhost", clock, settings=AirbyteSettings.of(host="http://h.example", extra=extra))
    with pytest.raises(AirbyteUnreachable):  # nobody listens at the proxy
        asyncio.run(client.get(7))
