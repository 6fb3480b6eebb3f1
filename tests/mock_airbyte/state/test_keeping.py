"""What a state file brings back: jobs looked at, moved by hand or made in several attempts, and what resets leave."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from mock_airbyte import MockAirbyte
from mock_airbyte.clock import HandClock
from mock_airbyte.failures import Failure
from mock_airbyte.job_state import JobState
from mock_airbyte.lifecycle import MANUAL, Stage, Timeline, polls
from mock_airbyte.registry import Tag
from mock_airbyte.state.file import StateFile
from mock_airbyte.state.keeper import Keeper
from mock_airbyte.substitutes import Substitute
from tests.mock_airbyte.shops import connected

Opened = Callable[[], tuple[MockAirbyte, bool]]
RETRIED: Timeline = (
    Stage("pending", 0),
    Stage("running", 0),
    Stage("incomplete", 0, commits=1, failure=Failure("It broke.")),
    Stage("running", 0),
    Stage("succeeded"),
)


@pytest.fixture
def opened(tmp_path: Path) -> Opened:
    key = Fernet(Fernet.generate_key())

    def opened() -> tuple[MockAirbyte, bool]:
        """Return a mock that is kept in the file, and whether the file held anything."""
        mock = MockAirbyte(workspace=None, clock=HandClock())
        keeper = Keeper(StateFile(tmp_path / "s", key), mock.app)
        found = keeper.restore()
        keeper.watch()
        if not found:
            mock.control.begin_with(lambda: mock.world.add_workspace("Shop"))
        return mock, found

    return opened


def _seen(state: JobState) -> object:
    attempts = [(one.number, one.status, one.streams, str(one.failure)) for one in state.attempts]
    return state.status, state.updated_at, attempts, state.lines, state.history


def _job(mock: MockAirbyte, tmp_path: Path, timeline: Timeline) -> int:
    connection_id = connected(mock, tmp_path / "w.db")
    mock.book.plan(timeline)
    return mock.book.start(connection_id).job.job_id


def test_looks_at_a_job_are_kept(opened: Opened, tmp_path: Path) -> None:
    mock, _ = opened()
    job_id = _job(mock, tmp_path, polls(3))
    assert [mock.book.look(job_id).status for _ in range(2)] == ["running", "running"]
    mock.app.keep()
    mock, found = opened()
    assert (found, [mock.book.look(job_id).status for _ in range(3)][:1]) == (True, ["running"])
    assert mock.book.look(job_id).status == "succeeded"


def test_every_attempt_of_a_job_is_kept(opened: Opened, tmp_path: Path) -> None:
    mock, _ = opened()
    job_id = _job(mock, tmp_path, RETRIED)
    for _ in range(5):
        before = mock.book.look(job_id)
    assert (before.status, len(before.attempts), before.rows_committed > 0) == ("succeeded", 2, True)
    mock.app.keep()
    mock, _ = opened()
    assert _seen(mock.book.look(job_id)) == _seen(before)
    mock.book.tick()
    assert (mock.notices, mock.book.is_over(job_id)) == ((), True)


def test_a_job_that_was_moved_by_hand_stays_there_even_after_it_was_over(opened: Opened, tmp_path: Path) -> None:
    mock, _ = opened()
    job_id = _job(mock, tmp_path, MANUAL)
    mock.control.advance(60)
    for status, reason in (("running", "one"), ("failed", "two"), ("failed", "three")):
        before = mock.book.transition(job_id, status, failure=Failure(reason))
        mock.app.keep()
    mock, _ = opened()
    assert mock.world.clock.now() == before.updated_at
    assert _seen(mock.book.look(job_id)) == _seen(before)


def test_what_a_reset_forgets_does_not_come_back(opened: Opened, tmp_path: Path) -> None:
    mock, _ = opened()
    _job(mock, tmp_path, MANUAL)
    mock.app.keep()
    mock.reset()
    mock.app.keep()
    mock, found = opened()
    assert (found, [one.name for one in mock.world.workspaces()]) == (True, ["Shop"])
    assert (mock.world.actors("source", deleted=True), mock.world.connections(deleted=True)) == ((), ())
    assert mock.book.all() == ()


def test_jobs_after_a_reset_are_kept_in_the_place_of_those_before(opened: Opened, tmp_path: Path) -> None:
    mock, _ = opened()
    _job(mock, tmp_path, MANUAL)
    mock.app.keep()
    mock.reset()
    job_id = _job(mock, tmp_path, polls(0))  # nothing was kept in between
    mock.app.keep()
    connection_id = mock.book.look(job_id).job.connection_id
    mock, _ = opened()
    (only,) = mock.book.all()
    assert (only.job.job_id, only.job.connection_id, only.status) == (job_id, connection_id, "succeeded")


def test_substitutes_are_kept(opened: Opened) -> None:
    mock, _ = opened()
    mock.control.plant(
        {"substitutes": {"destination-snowflake": {"type": "sqlite", "configuration": {"destination_path": "w.db"}}}}
    )
    mock.app.keep()
    mock, _ = opened()
    assert mock.world.substitutes == {"destination-snowflake": Substitute("sqlite", {"destination_path": "w.db"})}


def test_webhooks_and_notification_settings_are_kept(opened: Opened) -> None:
    mock, _ = opened()
    courier = mock.app.courier
    courier.register("http://127.0.0.1:9/a", ("failure",))
    courier.register("http://127.0.0.1:9/b", workspace_id=mock.workspace_id)
    courier.webhooks.remove("1")
    settings = {"success": {"webhook": {"enabled": True, "url": "http://127.0.0.1:9/c"}}}
    mock.world.put_workspace(replace(mock.world.workspaces()[0], notifications=settings))
    mock, _ = opened()
    (kept,) = mock.app.courier.webhooks.all()
    assert (kept.webhook_id, kept.url, kept.workspace_id) == ("2", "http://127.0.0.1:9/b", mock.workspace_id)
    assert mock.app.courier.register("http://127.0.0.1:9/d").webhook_id == "3"
    assert mock.world.workspaces()[0].notifications == settings
    mock.reset()
    assert opened()[0].app.courier.urls == ()


def test_a_revoked_token_stays_revoked_and_others_stay_good(opened: Opened) -> None:
    mock, _ = opened()
    clock = mock.world.clock

    def header() -> str:
        return f"Bearer {mock.gate.issue(mock.client_id, mock.client_secret, clock.now())}"

    revoked = header()
    mock.gate.revoke_tokens()
    good = header()
    mock.app.keep()
    mock, _ = opened()
    newer = header()
    assert [mock.gate.lets_in(one, clock.now()) for one in (revoked, good, newer)] == [False, True, True]
    mock.gate.revoke_tokens()  # after the restart, those of before it, too
    mock.app.keep()
    mock, _ = opened()
    assert [mock.gate.lets_in(one, clock.now()) for one in (revoked, good, newer)] == [False] * 3


def test_what_a_reset_forgets_of_the_surroundings_does_not_come_back(opened: Opened) -> None:
    mock, _ = opened()
    mock.app.registry.tags.put(Tag("11111111-1111-4111-8111-111111111111", mock.workspace_id, "nightly", "FF00AA"))
    mock.reset()
    assert mock.app.registry.tags.all() == ()
    mock, _ = opened()
    assert (mock.app.registry.tags.all(), len(mock.app.registry.permissions.all())) == ((), 1)
