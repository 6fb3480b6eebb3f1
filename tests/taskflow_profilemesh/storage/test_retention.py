"""What is forgotten, and what never is, on every store."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from taskflow_profilemesh.errors import InvalidOption
from taskflow_profilemesh.storage import Decision, DecisionKind, Event, MemoryStore, ProfileStore, Retention, open_store
from taskflow_profilemesh.storage.retention import AFTER_A_WRITE
from taskflow_profilemesh.tables import TableRef
from tests.taskflow_profilemesh.profiles import FLIGHTS, texts
from tests.taskflow_profilemesh.profiles import table as table_of
from tests.taskflow_profilemesh.storage.runs import NOON, run

_HOUR = timedelta(hours=1)
_PLACES = [
    "memory",
    "sqlite",
    pytest.param("postgres", marks=pytest.mark.postgres),
    pytest.param("mysql", marks=pytest.mark.mysql),
]
Opened = Callable[[Retention], ProfileStore]


@pytest.fixture(params=_PLACES)
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Opened]:
    """Opens the same empty store with one retention after another."""
    if request.param == "memory":
        memory = MemoryStore()

        def again(retention: Retention) -> ProfileStore:
            memory._retention = retention
            return memory

        yield again
        return
    url = f"sqlite:///{tmp_path / 'profilemesh.db'}"
    if request.param != "sqlite":
        url = request.getfixturevalue(f"{request.param}_url")
    stores: list[ProfileStore] = []

    def anew(retention: Retention) -> ProfileStore:
        stores.append(open_store(url, retention=retention))
        return stores[-1]

    yield anew
    for store in stores:
        store.close()


def _kept(store: ProfileStore, table: TableRef = FLIGHTS) -> list[str]:
    return [line.profile_id.removeprefix("profile-") for line in store.history("warehouse", table)]


def _decide(store: ProfileStore, kind: DecisionKind, **fields: Any) -> None:
    store.decide(Decision(kind=kind, source="warehouse", table=FLIGHTS, at=NOON, **fields))


def test_a_write_forgets_runs_beyond_those_that_are_kept_and_no_other_tables(opened: Opened) -> None:
    store = opened(Retention(keep_runs=2))
    other = table_of(texts("a", ["x"]), ref=TableRef("other"))
    store.save(run(0, profile_id="other", table=TableRef("other"), profile=other))
    for number in (1, 2, 3, 4):
        store.save(run(number))
    assert _kept(store) == ["4", "3"]
    assert _kept(store, TableRef("other")) == ["other"]
    assert store.load("profile-1") is None


def test_a_write_forgets_runs_of_too_many_days_ago(opened: Opened) -> None:
    store = opened(Retention(keep_days=2 / 24))
    for number in (1, 2, 3, 5):
        store.save(run(number))
    assert _kept(store) == ["5", "3"]  # the third is two hours old, not more


def test_a_write_forgets_a_bounded_number_of_runs(opened: Opened) -> None:
    store = opened(Retention())
    for number in range(AFTER_A_WRITE + 5):
        store.save(run(number))
    limited = opened(Retention(keep_runs=1))
    limited.save(run(100))
    assert len(_kept(limited)) == 6
    limited.save(run(101))
    assert _kept(limited) == ["101"]


def test_some_runs_are_never_forgotten(opened: Opened) -> None:
    store = opened(Retention())
    store.save(run(1))
    store.save(run(2))
    store.save(run(3), state=b"the state of the table")
    store.save(run(4))
    store.save(run(5))
    store.save(run(6, passed=False))
    _decide(store, DecisionKind.PIN, profile_id="profile-1")
    _decide(store, DecisionKind.ACCEPT, profile_id="profile-2")
    (gone,) = store.prune(Retention(keep_runs=1), now=NOON + 99 * _HOUR)
    assert _kept(store) == ["6", "5", "3", "2", "1"]  # the newest, the baseline, the state's, accepted, pinned
    assert (gone.runs, gone.of_runs) == (1, 6)
    assert store.state("warehouse", FLIGHTS) == b"the state of the table"


def test_a_run_that_is_no_longer_pinned_is_forgotten(opened: Opened) -> None:
    store = opened(Retention())
    store.save(run(1))
    store.save(run(2))
    _decide(store, DecisionKind.PIN, profile_id="profile-1")
    store.decide(Decision(kind=DecisionKind.UNPIN, source="warehouse", table=FLIGHTS, at=NOON + _HOUR))
    list(store.prune(Retention(keep_runs=1), now=NOON))
    assert _kept(store) == ["2"]


def test_events_go_with_the_runs_of_their_time(opened: Opened) -> None:
    store = opened(Retention())
    for number in (1, 2, 3):
        store.save(run(number))
        at = NOON + number * _HOUR
        store.record_event(Event(kind="profiled", source="warehouse", table=FLIGHTS, at=at, payload={"n": number}))
    (gone,) = store.prune(Retention(keep_runs=1), now=NOON)
    assert gone.events == 2
    assert [event.payload["n"] for event in store.events("warehouse", FLIGHTS)] == [3]


def test_a_dry_run_forgets_nothing_and_says_what_would_go(opened: Opened) -> None:
    store = opened(Retention())
    for number in (1, 2, 3):
        store.save(run(number))
    (would,) = store.prune(Retention(keep_runs=1), now=NOON, dry_run=True)
    assert (would.runs, would.of_runs, str(would.table)) == (2, 3, "public.flights")
    assert _kept(store) == ["3", "2", "1"]


def test_nothing_is_forgotten_without_a_setting(opened: Opened) -> None:
    store = opened(Retention())
    for number in range(3):
        store.save(run(number))
    assert [one.runs for one in store.prune(Retention(), now=NOON + 9999 * _HOUR)] == [0]
    assert len(_kept(store)) == 3


def test_pruning_goes_on_until_nothing_is_left_to_forget(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("taskflow_profilemesh.storage.sql.AT_A_TIME", 2)
    with closing(open_store(f"sqlite:///{tmp_path}/mesh.db")) as store:
        for number in range(8):
            store.save(run(number))
        (gone,) = store.prune(Retention(keep_runs=1), now=NOON)
        assert gone.runs == 7
        assert _kept(store) == ["7"]


def test_a_run_is_stored_even_if_old_ones_cannot_be_forgotten(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with closing(open_store(f"sqlite:///{tmp_path}/mesh.db", retention=Retention(keep_runs=1))) as store:
        store.save(run(1))
        with store._engine.begin() as connection:
            connection.execute(
                text("create trigger t before delete on profilemesh_runs begin select raise(abort, 'no'); end")
            )
        store.save(run(2))
        assert _kept(store) == ["2", "1"]
    assert "old runs were not forgotten" in caplog.text


@pytest.mark.parametrize("given", [{"keep_runs": 0}, {"keep_days": 0}, {"keep_days": -1}, {"keep_days": float("nan")}])
def test_keeping_nothing_is_refused(given: dict[str, Any]) -> None:
    with pytest.raises(InvalidOption, match=next(iter(given))):
        Retention.of(given)


def test_a_thousand_years_are_kept() -> None:
    runs = [("a", NOON)]
    assert Retention(keep_days=9_999_999).forgotten(runs, total=1, now=NOON, spared=()) == []
