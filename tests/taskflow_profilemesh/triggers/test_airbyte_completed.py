"""The watcher against Airbyte's answers, on a clock that is moved by hand, with a store of states that a test can see.

A triggerer's restart is a new trigger on the same store.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable
from typing import Any

import pytest
from werkzeug import Request, Response

from taskflow_profilemesh.airbyte.async_client import AsyncAirbyteClient
from taskflow_profilemesh.errors import InvalidOption
from taskflow_profilemesh.triggers.airbyte_asset import airbyte_asset
from taskflow_profilemesh.triggers.airbyte_completed import SETTLED_SECONDS, AirbyteSyncCompletedTrigger
from tests.airflow_versions import IS_AIRFLOW_2, only_airflow_3
from tests.clocks import HandClock
from tests.taskflow_profilemesh.airbyte import answers
from tests.taskflow_profilemesh.airbyte.answers import MAIN, PUBLIC, SHOP, Airbyte
from tests.taskflow_profilemesh.triggers.test_airbyte import hand_client

JOBS = f"{PUBLIC}/jobs"


class States:
    """Airflow's store of an asset's states, as a dictionary; `broken` makes it fail, `moments` has when it was set."""

    def __init__(self, clock: HandClock) -> None:
        self.values: dict[str, Any] = {}
        self.broken = False
        self.history: list[Any] = []
        self.clock = clock

    async def aget(self, key: str, default: Any = None) -> Any:
        return self.values.get(key, default)

    async def aset(self, key: str, value: Any) -> None:
        if self.broken:
            raise ConnectionError
        self.values[key] = json.loads(json.dumps(value))
        self.history.append(value)


class HandTrigger(AirbyteSyncCompletedTrigger):
    """A watcher on a clock that is moved by hand."""

    def __init__(self, url: str, clock: HandClock, states: States | None, **changes: Any) -> None:
        super().__init__(**{"connection": SHOP, "airbyte_conn_id": "shop", **changes})
        self.url, self.clock, self.asset_state_store = url, clock, states  # type: ignore[assignment] # a stand-in
        self._log: Any = logging.getLogger("watcher")  # Airflow's own is not heard by pytest

    async def _client(self) -> AsyncAirbyteClient:
        return hand_client(self.url, self.clock, draw=0.5)


class Jobs:
    """The connection's successful syncs, as Airbyte lists them: page by page, the newest first."""

    def __init__(self, airbyte: Airbyte, *numbers: int) -> None:
        self.numbers = list(numbers)
        self.asked = 0
        self.then: dict[int, Callable[[], None]] = {}  # by the number of the request: what happens before its answer
        airbyte.on("GET", f"{PUBLIC}/connections/{SHOP}", answers.connection(name="Shop → Warehouse"))
        airbyte.on("GET", JOBS, self)

    def __call__(self, request: Request) -> Response:
        self.asked += 1
        self.then.get(self.asked, lambda: None)()
        assert (request.args["connectionId"], request.args["status"]) == (SHOP, "succeeded")
        offset, limit = int(request.args["offset"]), int(request.args["limit"])
        listed = sorted(self.numbers, reverse=True)[offset : offset + limit]
        return answers.respond(answers.page(*(answers.job(number) for number in listed)))


async def _take(trigger: AirbyteSyncCompletedTrigger, events: int) -> list[dict[str, Any]]:
    """Take so many events, as the triggerer does, and stop as a triggerer that is killed does."""
    running = trigger.run()
    return [(await anext(running)).payload for _ in range(events)]


def take(trigger: AirbyteSyncCompletedTrigger, events: int) -> list[dict[str, Any]]:
    return asyncio.run(_take(trigger, events))


def _numbers(payloads: list[dict[str, Any]]) -> list[int]:
    return [payload["job_id"] for payload in payloads]


@pytest.fixture
def states(clock: HandClock) -> States:
    return States(clock)


def test_its_identity_is_what_it_was_given(airbyte: Airbyte) -> None:
    made = [AirbyteSyncCompletedTrigger("Shop", "air", 60) for _ in range(2)]
    (name, kwargs), again = (trigger.serialize() for trigger in made)
    assert (name, kwargs) == again
    assert json.loads(json.dumps(kwargs)) == kwargs
    assert AirbyteSyncCompletedTrigger(**kwargs).serialize() == (name, kwargs)
    if not IS_AIRFLOW_2:
        from airflow.triggers.base import BaseEventTrigger

        assert BaseEventTrigger.hash(name, kwargs) == BaseEventTrigger.hash(*again)


def test_what_succeeded_before_the_first_look_is_history(airbyte: Airbyte, clock: HandClock, states: States) -> None:
    jobs = Jobs(airbyte, 3, 5)
    jobs.then[3] = lambda: jobs.numbers.append(8)
    (told,) = take(HandTrigger(airbyte.url, clock, states), 1)
    assert told == {
        "version": 1,
        "repeated": False,
        "job_id": 8,
        "connection_id": SHOP,
        "connection_name": "Shop → Warehouse",
        "workspace_id": MAIN,
        "started_at": "2026-01-01T12:00:00+00:00",
        "finished_at": "2026-01-01T12:01:06+00:00",
        "rows_synced": 30,
        "bytes_synced": 900,
    }


def test_every_sync_is_told_once_and_the_oldest_first(airbyte: Airbyte, clock: HandClock, states: States) -> None:
    jobs = Jobs(airbyte)
    jobs.then[2] = lambda: jobs.numbers.extend([4, 6])
    jobs.then[6] = lambda: jobs.numbers.append(9)
    assert _numbers(take(HandTrigger(airbyte.url, clock, states), 3)) == [4, 6, 9]


def test_what_was_missed_while_no_triggerer_ran_is_told(airbyte: Airbyte, clock: HandClock, states: States) -> None:
    jobs = Jobs(airbyte, 1)
    jobs.then[2] = lambda: jobs.numbers.append(2)
    jobs.then[4] = lambda: jobs.numbers.append(3)
    assert _numbers(take(HandTrigger(airbyte.url, clock, states), 2)) == [2, 3]
    jobs.numbers.extend(range(4, 250))  # more than two pages of Airbyte's
    told = take(HandTrigger(airbyte.url, clock, states), 247)
    assert _numbers(told) == [3, *range(4, 250)]
    assert [one["job_id"] for one in told if one["repeated"]] == [3]


def test_a_restart_once_all_has_settled_tells_nothing_twice(airbyte: Airbyte, clock: HandClock, states: States) -> None:
    jobs = Jobs(airbyte, 1)
    jobs.then[2] = lambda: jobs.numbers.append(2)

    async def settle() -> None:
        running = HandTrigger(airbyte.url, clock, states).run()
        assert (await anext(running)).payload["job_id"] == 2
        jobs.then[jobs.asked + 1] = lambda: jobs.numbers.append(3)
        assert (await anext(running)).payload["job_id"] == 3
        jobs.then[jobs.asked + 1] = lambda: jobs.numbers.append(4)
        await anext(running)  # 3 has settled when 4 comes

    asyncio.run(settle())
    assert states.history[-2:] == [{"job_id": 3, "pending": None}, {"job_id": 3, "pending": 4}]
    (again,) = take(HandTrigger(airbyte.url, clock, states), 1)
    assert (again["job_id"], again["repeated"]) == (4, True)  # given, and never known to be written down


def test_a_job_is_told_for_sure_only_after_airflow_had_the_time_to_write_it_down(
    airbyte: Airbyte, clock: HandClock, states: States
) -> None:
    jobs = Jobs(airbyte, 1)
    jobs.then[2] = lambda: jobs.numbers.extend([2, 3])
    take(HandTrigger(airbyte.url, clock, states), 2)
    assert states.history == [
        {"job_id": 1, "pending": None},
        {"job_id": 1, "pending": 2},
        {"job_id": 2, "pending": None},
        {"job_id": 2, "pending": 3},
    ]
    assert SETTLED_SECONDS in clock.slept


def test_nothing_is_given_while_its_number_cannot_be_kept(
    airbyte: Airbyte, clock: HandClock, states: States, caplog: pytest.LogCaptureFixture
) -> None:
    jobs = Jobs(airbyte, 1)

    def break_down() -> None:
        jobs.numbers.append(2)
        states.broken = True

    def mend() -> None:
        states.broken = False

    jobs.then[2], jobs.then[8] = break_down, mend
    caplog.set_level(logging.WARNING)
    assert _numbers(take(HandTrigger(airbyte.url, clock, states), 1)) == [2]
    assert jobs.asked >= 8
    assert caplog.text.count("cannot be watched now") >= 1


def test_a_server_that_fails_is_looked_at_again(
    airbyte: Airbyte, clock: HandClock, states: States, caplog: pytest.LogCaptureFixture
) -> None:
    airbyte.on("GET", f"{PUBLIC}/connections/{SHOP}", answers.connection())
    forbidden = answers.problem(403, "forbidden")
    one, two = answers.page(answers.job(1)), answers.page(answers.job(2), answers.job(1))
    airbyte.on("GET", JOBS, forbidden, answers.problem(404, "gone"), one, forbidden, two)
    assert _numbers(take(HandTrigger(airbyte.url, clock, states), 1)) == [2]
    assert caplog.text.count("cannot be watched now") == 3


def test_a_connection_is_found_by_its_name(airbyte: Airbyte, clock: HandClock, states: States) -> None:
    pages = [answers.page(answers.connection(name="Other"), answers.connection(name="Shop")), answers.page()]
    airbyte.on("GET", f"{PUBLIC}/connections", *pages)
    airbyte.on("GET", JOBS, answers.page(), answers.page(answers.job(7)))
    (told,) = take(HandTrigger(airbyte.url, clock, states, connection="Shop"), 1)
    assert (told["job_id"], told["connection_name"]) == (7, "Shop")


def test_without_a_store_of_states_it_watches_from_its_start_and_says_so(
    airbyte: Airbyte, clock: HandClock, caplog: pytest.LogCaptureFixture
) -> None:
    jobs = Jobs(airbyte, 1)
    jobs.then[2] = lambda: jobs.numbers.append(2)
    assert _numbers(take(HandTrigger(airbyte.url, clock, None), 1)) == [2]
    assert "go unseen" in caplog.text


def test_it_looks_as_often_as_it_was_told(airbyte: Airbyte, clock: HandClock, states: States) -> None:
    jobs = Jobs(airbyte, 1)
    jobs.then[4] = lambda: jobs.numbers.append(2)
    take(HandTrigger(airbyte.url, clock, states, poll_interval_seconds=60), 1)
    assert clock.slept == [30, 60, 60]


@pytest.mark.parametrize(
    "wrong", [{"connection": ""}, {"connection": 5}, {"poll_interval_seconds": 0}, {"poll_interval_seconds": True}]
)
def test_a_wrong_value_is_refused_while_the_dag_is_parsed(wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidOption, match=next(iter(wrong))):
        AirbyteSyncCompletedTrigger(**{"connection": "Shop", **wrong})


@only_airflow_3("it has no asset watchers")
def test_the_asset_of_a_connection_is_watched_where_that_is_asked_for() -> None:
    plain, watched = airbyte_asset("Shop → Warehouse"), airbyte_asset("Shop → Warehouse", watch=True)
    assert plain.uri == watched.uri == "airbyte://connection/Shop%20%E2%86%92%20Warehouse"
    assert plain.watchers == []
    assert [watcher.trigger.serialize() for watcher in watched.watchers] == [
        AirbyteSyncCompletedTrigger("Shop → Warehouse").serialize()
    ]


@pytest.mark.parametrize("connection", ["", " ", None])
def test_an_asset_that_nothing_would_ever_update_is_refused(connection: Any) -> None:
    with pytest.raises(InvalidOption, match="a name or an id"):
        airbyte_asset(connection)


@only_airflow_3("it has no asset watchers")
def test_the_watcher_takes_the_airflow_connection_by_either_name_and_not_by_both() -> None:
    by_ours = airbyte_asset("Shop", watch=True, conn_id="prod")
    by_stock = airbyte_asset("Shop", watch=True, airbyte_conn_id="prod")
    wanted = AirbyteSyncCompletedTrigger("Shop", "prod").serialize()
    assert [asset.watchers[0].trigger.serialize() for asset in (by_ours, by_stock)] == [wanted, wanted]
    with pytest.raises(InvalidOption, match="names of one option"):
        airbyte_asset("Shop", conn_id="prod", airbyte_conn_id="test")


@pytest.mark.skipif(not IS_AIRFLOW_2, reason="Airflow 3 can watch")
def test_airflow_2_refuses_to_watch_while_the_dag_is_parsed_and_still_has_the_asset() -> None:
    assert airbyte_asset("Shop").uri == "airbyte://connection/Shop"
    with pytest.raises(InvalidOption, match=r"needs Airflow 3, this is 2\..*AirbyteSyncSensor"):
        airbyte_asset("Shop", watch=True)
