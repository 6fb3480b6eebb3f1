"""What every store promises, on every store."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from taskflow_profilemesh.storage import Decision, DecisionKind, Event, ProfileStore, StoredPartial
from taskflow_profilemesh.tables import TableRef
from tests.taskflow_profilemesh.profiles import FLIGHTS, texts
from tests.taskflow_profilemesh.profiles import table as table_of
from tests.taskflow_profilemesh.storage.runs import NOON, profile, run

_HOUR = timedelta(hours=1)
_DRIFT = {"detected": True, "severity": "high", "findings": [{"metric": "psi", "distance": 0.5}], "schema_changes": []}


def _latest_id(store: ProfileStore, **options: Any) -> str | None:
    found = store.latest("warehouse", FLIGHTS, **options)
    return found.profile_id if found else None


def test_what_is_saved_is_loaded_unchanged(store: ProfileStore) -> None:
    stored = run(1, drift=_DRIFT, passed=False)
    store.save(stored)
    assert store.load("profile-1") == stored


def test_an_empty_store_knows_nothing(store: ProfileStore) -> None:
    assert store.load("profile-1") is None
    assert store.latest("warehouse", FLIGHTS) is None
    assert store.history("warehouse", FLIGHTS) == []
    assert store.tables() == []
    assert store.events("warehouse", FLIGHTS) == []


def test_unknown_things_stay_unknown(store: ProfileStore) -> None:
    stored = run(1, logical_date=None, origin=None, duration_seconds=None)
    store.save(stored)
    assert store.load("profile-1") == stored


def test_a_time_keeps_its_instant_to_the_microsecond(store: ProfileStore) -> None:
    at = datetime(2026, 3, 29, 3, 30, 0, 123457, tzinfo=timezone(timedelta(hours=5, minutes=30)))
    store.save(run(1, profiled_at=at))
    loaded = store.load("profile-1")
    assert loaded is not None
    assert loaded.profiled_at == at
    assert loaded.profiled_at.tzinfo is not None


def test_the_latest_run_is_the_one_that_was_profiled_last(store: ProfileStore) -> None:
    for number in (2, 3, 1):
        store.save(run(number))
    assert _latest_id(store) == "profile-3"
    assert store.latest("warehouse", FLIGHTS) == run(3)


def test_the_latest_run_can_be_asked_for_as_of_a_moment(store: ProfileStore) -> None:
    for number in (1, 2, 3):
        store.save(run(number))
    assert _latest_id(store, before=NOON + 3 * _HOUR) == "profile-2"
    assert _latest_id(store, before=NOON) is None


def test_a_task_instance_is_not_its_own_baseline(store: ProfileStore) -> None:
    store.save(run(1))
    store.save(run(2))
    assert _latest_id(store, not_origin="shop.profile.2") == "profile-1"


def test_a_run_without_an_origin_is_a_baseline_for_any_origin(store: ProfileStore) -> None:
    store.save(run(1, origin=None))
    assert _latest_id(store, not_origin="shop.profile.2") == "profile-1"


def test_a_run_that_failed_a_gate_is_no_baseline(store: ProfileStore) -> None:
    store.save(run(1))
    store.save(run(2, passed=False))
    assert _latest_id(store) == "profile-1"


def test_a_backfill_never_becomes_the_newest_baseline(store: ProfileStore) -> None:
    store.save(run(5))
    store.save(run(6, logical_date=NOON))
    assert _latest_id(store) == "profile-5"


def test_the_first_run_may_be_of_any_logical_date_and_later_ones_need_none(store: ProfileStore) -> None:
    store.save(run(1, logical_date=NOON - 1000 * _HOUR))
    assert _latest_id(store) == "profile-1"
    store.save(run(2, logical_date=None))
    assert _latest_id(store) == "profile-2"


def test_a_run_of_the_same_logical_date_is_no_backfill(store: ProfileStore) -> None:
    store.save(run(1, logical_date=NOON))
    store.save(run(2, logical_date=NOON))
    assert _latest_id(store) == "profile-2"


def test_a_later_logical_date_of_another_table_makes_no_backfill(store: ProfileStore) -> None:
    store.save(run(1, table=TableRef("planes"), logical_date=NOON + 9 * _HOUR))
    store.save(run(2, source="lake", logical_date=NOON + 9 * _HOUR))
    store.save(run(3))
    assert _latest_id(store) == "profile-3"


def test_a_retry_replaces_its_own_run(store: ProfileStore) -> None:
    store.save(run(1))
    retry = run(1, profile_id="profile-1b", run_id="run-1b", profile=profile(2))
    store.save(retry)
    assert [line.profile_id for line in store.history("warehouse", FLIGHTS)] == ["profile-1b"]
    assert store.load("profile-1") is None
    assert store.load("profile-1b") == retry


def test_saving_a_run_twice_keeps_it_once(store: ProfileStore) -> None:
    store.save(run(1, origin=None))
    store.save(run(1, origin=None, passed=False))
    assert [line.passed for line in store.history("warehouse", FLIGHTS)] == [False]


def test_runs_without_an_origin_do_not_replace_each_other(store: ProfileStore) -> None:
    store.save(run(1, origin=None))
    store.save(run(2, origin=None))
    assert len(store.history("warehouse", FLIGHTS)) == 2


def test_one_task_instance_may_profile_several_tables_and_sources(store: ProfileStore) -> None:
    for number, (source, table) in enumerate([("warehouse", FLIGHTS), ("lake", FLIGHTS), ("lake", TableRef("x"))]):
        store.save(run(number, source=source, table=table, origin="one"))
    assert store.tables() == [("lake", FLIGHTS), ("lake", TableRef("x")), ("warehouse", FLIGHTS)]


def test_names_that_differ_in_case_are_different_tables(store: ProfileStore) -> None:
    store.save(run(1))
    store.save(run(2, table=TableRef("Flights", "public")))
    assert _latest_id(store) == "profile-1"
    assert store.tables() == [("warehouse", TableRef("Flights", "public")), ("warehouse", FLIGHTS)]


@pytest.mark.parametrize("name", ['a "b".c', "größe 😀", "x" * 200, "it's; drop table runs --", "%s :key"])
def test_any_name_of_a_table_and_a_column_can_be_kept(store: ProfileStore, name: str) -> None:
    table = TableRef(name, "s.x")
    stored = run(1, table=table, profile=table_of(texts(name, ["x"]), ref=table))
    store.save(stored)
    assert store.latest("warehouse", table) == stored
    assert store.tables() == [("warehouse", table)]


def test_the_history_tells_the_last_runs_newest_first(store: ProfileStore) -> None:
    for number in (2, 1, 3):
        store.save(run(number, drift=_DRIFT if number == 3 else {}))
    lines = store.history("warehouse", FLIGHTS, limit=2)
    assert lines == [run(3, drift=_DRIFT).summary(), run(2).summary()]
    assert (lines[0].drift_severity, lines[0].finding_count, lines[0].row_count) == ("high", 1, 4)
    assert (lines[1].drift_severity, lines[1].finding_count) == (None, 0)


def test_events_are_told_newest_first(store: ProfileStore) -> None:
    muted = Event(kind="mute", source="warehouse", table=FLIGHTS, at=NOON, payload={"until": "2026-02-01", "n": None})
    accepted = replace(muted, kind="accept", payload={})
    later = replace(muted, at=NOON + _HOUR)
    for event in (later, muted, accepted, replace(muted, table=TableRef("planes")), replace(muted, source="lake")):
        store.record_event(event)
    assert store.events("warehouse", FLIGHTS) == [later, accepted, muted]
    assert store.events("warehouse", FLIGHTS, limit=1) == [later]


def test_a_table_of_many_columns_is_kept_whole(store: ProfileStore) -> None:
    wide = table_of(*(texts(f"c{number}", ["x", "y"]) for number in range(300)))
    store.save(run(1, profile=wide))
    loaded = store.load("profile-1")
    assert loaded is not None
    assert loaded.profile == wide


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="profiled_at must have a time zone"):
        run(1, profiled_at=NOON.replace(tzinfo=None))
    with pytest.raises(ValueError, match="logical_date must"):
        run(1, logical_date=NOON.replace(tzinfo=None))
    with pytest.raises(ValueError, match="at must"):
        Event(kind="mute", source="warehouse", table=FLIGHTS, at=NOON.replace(tzinfo=None))


def test_a_store_says_where_it_is_and_whether_that_is_a_file(store: ProfileStore) -> None:
    kind = store.name.partition(":")[0]
    assert kind in {"memory", "sqlite", "postgresql", "mysql"}
    assert store.is_file == (kind == "sqlite")


def _partial(part: str, **changes: Any) -> StoredPartial:
    fields: dict[str, Any] = {
        "run_id": "run-1",
        "source": "warehouse",
        "table": FLIGHTS,
        "part": part,
        "saved_at": NOON,
        "state": part.encode(),
    }
    return StoredPartial(**(fields | changes))


def test_a_state_is_kept_with_its_run_and_is_the_tables_own(store: ProfileStore) -> None:
    store.save(run(1), state=b"one")
    assert store.state("warehouse", FLIGHTS) == b"one"
    assert store.state("lake", FLIGHTS) is None
    assert store.state("warehouse", TableRef("planes")) is None


def test_a_state_of_many_megabytes_survives(store: ProfileStore) -> None:
    large = bytes(range(256)) * 20_000
    store.save(run(1), state=large)
    store.save_partial(_partial("a", state=large))
    assert store.state("warehouse", FLIGHTS) == large
    assert [partial.state for partial in store.partials("run-1", "warehouse", FLIGHTS)] == [large]


def test_the_state_of_the_run_that_ends_last_replaces_the_one_before(store: ProfileStore) -> None:
    store.save(run(2), state=b"two" * 900_000)
    store.save(run(1), state=b"one")
    assert store.state("warehouse", FLIGHTS) == b"one"


def test_a_run_that_failed_a_gate_leaves_the_state_before_it(store: ProfileStore) -> None:
    store.save(run(1), state=b"one")
    store.save(run(2, passed=False), state=b"two")
    assert store.state("warehouse", FLIGHTS) == b"one"


def test_a_run_without_a_state_leaves_the_state_before_it(store: ProfileStore) -> None:
    store.save(run(1), state=b"one")
    store.save(run(2))
    assert store.state("warehouse", FLIGHTS) == b"one"


def test_the_state_of_a_run_that_is_replaced_goes_with_it(store: ProfileStore) -> None:
    store.save(run(1), state=b"one")
    store.save(run(1, profile_id="profile-1b", passed=False), state=b"again")
    assert store.state("warehouse", FLIGHTS) is None
    store.save(run(1, profile_id="profile-1c"), state=b"third")
    assert store.state("warehouse", FLIGHTS) == b"third"


def test_the_parts_of_a_run_are_told_in_the_order_of_their_names(store: ProfileStore) -> None:
    for part in ("b", "a", "größe 😀"):
        store.save_partial(_partial(part))
    assert store.partials("run-1", "warehouse", FLIGHTS) == [_partial("a"), _partial("b"), _partial("größe 😀")]


def test_a_part_belongs_to_one_run_source_and_table(store: ProfileStore) -> None:
    for changes in ({"run_id": "run-2"}, {"source": "lake"}, {"table": TableRef("planes")}):
        store.save_partial(_partial("a", **changes))
    assert store.partials("run-1", "warehouse", FLIGHTS) == []


def test_a_retry_replaces_its_own_part(store: ProfileStore) -> None:
    store.save_partial(_partial("a", state=b"old" * 900_000))
    store.save_partial(_partial("a", state=b"new"))
    assert store.partials("run-1", "warehouse", FLIGHTS) == [_partial("a", state=b"new")]


def test_parts_that_nobody_merged_are_forgotten_after_a_week(store: ProfileStore) -> None:
    store.save_partial(_partial("a"))
    store.save_partial(_partial("b", run_id="run-2", saved_at=NOON + timedelta(days=7)))
    assert store.partials("run-1", "warehouse", FLIGHTS) == [_partial("a")]
    store.save_partial(_partial("b", run_id="run-2", saved_at=NOON + timedelta(days=7, seconds=1)))
    assert store.partials("run-1", "warehouse", FLIGHTS) == []


def test_parts_are_forgotten_with_their_run_and_those_of_others_stay(store: ProfileStore) -> None:
    for run_id in ("run-1", "run-2"):
        store.save_partial(_partial("a", run_id=run_id, state=b"large" * 900_000))
    store.forget_partials("run-1")
    store.forget_partials("run-3")
    assert store.partials("run-1", "warehouse", FLIGHTS) == []
    assert [one.part for one in store.partials("run-2", "warehouse", FLIGHTS)] == ["a"]


# What a comparison asks for, and what people decide


def _candidates(store: ProfileStore, **options: Any) -> list[str]:
    return [line.profile_id for line in store.candidates("warehouse", FLIGHTS, **options)]


def _decide(store: ProfileStore, kind: DecisionKind, **fields: Any) -> Decision:
    given: dict[str, Any] = {"kind": kind, "source": "warehouse", "table": FLIGHTS, "at": NOON} | fields
    decision = Decision(**given)
    store.decide(decision)
    return decision


def test_candidates_are_the_runs_that_passed_and_are_no_backfill_newest_first(store: ProfileStore) -> None:
    for number in (1, 2, 3, 4):
        store.save(run(number, passed=number != 2))
    store.save(run(5, logical_date=NOON))  # a backfill: profiled last, dated first
    assert _candidates(store) == ["profile-4", "profile-3", "profile-1"]
    assert _candidates(store, not_origin="shop.profile.4") == ["profile-3", "profile-1"]
    assert _candidates(store, limit=2) == ["profile-4"]


def test_a_backfill_is_known_by_runs_beyond_the_limit(store: ProfileStore) -> None:
    store.save(run(1, logical_date=NOON + 90 * _HOUR))
    store.save(run(2))
    store.save(run(3))
    assert _candidates(store, limit=2) == []


def test_what_was_accepted_is_a_candidate_and_nothing_before_it(store: ProfileStore) -> None:
    for number in (1, 2, 3):
        store.save(run(number, passed=number != 2))
    _decide(store, DecisionKind.ACCEPT, profile_id="profile-2")
    assert _candidates(store) == ["profile-3", "profile-2"]


def test_reports_and_numbers_are_those_of_the_runs_asked_for(store: ProfileStore) -> None:
    for number in (1, 2, 3):
        store.save(run(number, drift=_DRIFT | {"summary": str(number)}))
    assert {key: drift["summary"] for key, drift in store.reports(["profile-1", "profile-3", "profile-9"]).items()} == {
        "profile-1": "1",
        "profile-3": "3",
    }
    lines = store.candidates("warehouse", FLIGHTS)[:2]
    found = {(one.profile_id, one.column, one.metric): one.value for one in store.numbers(lines, ["row_count", "mean"])}
    assert found == {
        (profile_id, column, metric): value
        for profile_id in ("profile-2", "profile-3")
        for column, metric, value in ((None, "row_count", 4.0), ("dep_delay", "mean", 1.0))
    }
    assert store.numbers([], ["row_count"]) == []


def test_a_metric_is_told_over_the_last_runs_newest_first(store: ProfileStore) -> None:
    for number in (1, 2, 3):
        store.save(run(number, profile=profile(number)))
    points = store.series("warehouse", FLIGHTS, column="dep_delay", metric="max", limit=2)
    assert [(one.run_id, one.numeric_value) for one in points] == [("run-3", 2.0), ("run-2", 1.0)]
    assert (points[0].profiled_at, points[0].metric) == (NOON + 3 * _HOUR, "max")
    rows = store.series("warehouse", FLIGHTS, column=None, metric="row_count")
    assert [(one.numeric_value, one.value_precision) for one in rows] == [
        (4.0, "exact"),
        (3.0, "exact"),
        (2.0, "exact"),
    ]
    (text, *_) = store.series("warehouse", FLIGHTS, column="carrier", metric="max")
    assert (text.numeric_value, text.text_value) == (None, "a\\u0000b")
    assert store.series("warehouse", FLIGHTS, column="nowhere", metric="max") == []


def test_decisions_are_kept_the_last_one_first(store: ProfileStore) -> None:
    mute = _decide(
        store, DecisionKind.MUTE, column="a\u00e9", metric="psi", until=NOON + _HOUR, note="until it is mended"
    )
    pin = _decide(store, DecisionKind.PIN, profile_id="profile-1", at=NOON + _HOUR)
    assert store.decisions("warehouse", FLIGHTS) == [pin, mute]
    assert store.decisions("warehouse", TableRef("other")) == []
