from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from taskflow_profilemesh.drift import ChangeKind, SchemaChange, Severity
from taskflow_profilemesh.drift.schema_changes import renamed_columns, schema_changes
from taskflow_profilemesh.profiling.profile import ColumnProfile, TableProfile
from tests.taskflow_profilemesh.profiles import numbers, renamed, retyped, table, texts

_DELAY = numbers("dep_delay", np.arange(800.0))
_CARRIER = texts("carrier", ["UA", "DL"] * 400)


def _changes(baseline: TableProfile, current: TableProfile) -> list[SchemaChange]:
    old_names = renamed_columns(baseline, current)
    return list(schema_changes(baseline.schema, current.schema, old_names=old_names))


def _only(baseline: TableProfile, current: TableProfile) -> SchemaChange:
    (change,) = _changes(baseline, current)
    return change


def test_the_same_declaration_is_no_change() -> None:
    assert _changes(table(_DELAY, _CARRIER), table(_CARRIER, _DELAY)) == []


def test_a_column_that_came() -> None:
    change = _only(table(_DELAY), table(_DELAY, _CARRIER))
    assert (change.kind, change.column, change.breaking) == (ChangeKind.ADDED, "carrier", False)
    assert change.severity is Severity.LOW
    assert change.sentence == "Column carrier (text) is new."


def test_a_column_that_went() -> None:
    change = _only(table(_DELAY, _CARRIER), table(_DELAY))
    assert (change.kind, change.column, change.breaking) == (ChangeKind.REMOVED, "carrier", True)
    assert change.severity is Severity.HIGH


def test_a_column_that_was_renamed() -> None:
    change = _only(table(_DELAY, _CARRIER), table(renamed(_DELAY, "departure_delay"), _CARRIER))
    assert (change.kind, change.before, change.after) == (ChangeKind.RENAMED, "dep_delay", "departure_delay")
    assert change.breaking
    assert change.sentence == "Column dep_delay is now called departure_delay."


@pytest.mark.parametrize(
    ("before", "after", "kind", "severity"),
    [
        ("integer", "bigint", ChangeKind.TYPE, Severity.LOW),
        ("bigint", "integer", ChangeKind.TYPE, Severity.HIGH),
        ("bigint", "text", ChangeKind.TYPE, Severity.HIGH),
        ("numeric(12,2)", "numeric(14,2)", ChangeKind.PRECISION, Severity.LOW),
        ("numeric(12,2)", "numeric(12,1)", ChangeKind.PRECISION, Severity.MEDIUM),
    ],
)
def test_a_type_that_changed(before: str, after: str, kind: ChangeKind, severity: Severity) -> None:
    change = _only(table(retyped(_DELAY, before)), table(retyped(_DELAY, after)))
    assert (change.kind, change.before, change.after, change.severity) == (kind, before, after, severity)
    assert change.breaking == (severity is not Severity.LOW)


def test_a_type_that_is_written_otherwise_is_no_change() -> None:
    assert _changes(table(retyped(_DELAY, "NUMERIC(12, 2)")), table(retyped(_DELAY, "numeric(12,2)"))) == []


def test_a_column_that_may_now_be_null() -> None:
    change = _only(table(_nullable(_DELAY, nullable=False)), table(_nullable(_DELAY, nullable=True)))
    assert (change.kind, change.breaking, change.severity) == (ChangeKind.NULLABILITY, True, Severity.MEDIUM)
    assert (change.before, change.after) == ("not null", "null")


def test_a_column_that_can_no_longer_be_null() -> None:
    change = _only(table(_nullable(_DELAY, nullable=True)), table(_nullable(_DELAY, nullable=False)))
    assert (change.kind, change.breaking, change.severity) == (ChangeKind.NULLABILITY, False, Severity.LOW)


def test_what_the_catalog_does_not_say_does_not_change() -> None:
    assert _changes(table(_nullable(_DELAY, nullable=None)), table(_nullable(_DELAY, nullable=True))) == []


@pytest.mark.parametrize(
    ("before", "after", "severity", "sentence"),
    [
        ((), ("carrier",), Severity.LOW, "The primary key is now carrier, after none."),
        (("carrier",), (), Severity.MEDIUM, "The primary key is now missing, after carrier."),
        (("carrier",), ("carrier", "dep_delay"), Severity.MEDIUM, "The primary key is now carrier, dep_delay, after"),
    ],
)
def test_a_key_that_changed(before: tuple[str, ...], after: tuple[str, ...], severity: Severity, sentence: str) -> None:
    change = _only(table(_DELAY, _CARRIER, primary_key=before), table(_DELAY, _CARRIER, primary_key=after))
    assert (change.kind, change.column, change.severity) == (ChangeKind.KEY, None, severity)
    assert change.sentence.startswith(sentence)


def test_a_key_whose_column_was_renamed_is_the_same_key() -> None:
    before = table(_DELAY, primary_key=("dep_delay",))
    after = table(renamed(_DELAY, "departure_delay"), primary_key=("departure_delay",))
    assert _only(before, after).kind is ChangeKind.RENAMED


def test_a_unique_key_that_came_or_went() -> None:
    loose, unique = (table(_DELAY, _CARRIER, unique_keys=keys) for keys in ((), (("carrier", "dep_delay"),)))
    lost, gained = _only(unique, loose), _only(loose, unique)
    assert (lost.kind, lost.before, lost.after, lost.breaking) == (ChangeKind.KEY, "carrier, dep_delay", None, True)
    assert (lost.severity, gained.severity) == (Severity.MEDIUM, Severity.LOW)
    assert gained.sentence == "carrier, dep_delay must now be unique."


def test_unique_keys_that_nobody_asked_for_are_no_change() -> None:
    unique = table(_DELAY, _CARRIER, unique_keys=(("carrier",),))
    assert _changes(table(_DELAY, _CARRIER), unique) == _changes(unique, table(_DELAY, _CARRIER)) == []


def test_a_unique_key_that_became_the_primary_one_or_lost_its_column_is_told_once() -> None:
    unique = table(_DELAY, _CARRIER, unique_keys=(("carrier",),))
    promoted = table(_DELAY, _CARRIER, unique_keys=(), primary_key=("carrier",))
    assert [change.sentence[:15] for change in _changes(unique, promoted)] == ["The primary key"]
    assert [change.kind for change in _changes(unique, table(_DELAY, unique_keys=()))] == [ChangeKind.REMOVED]
    moved = table(_DELAY, renamed(_CARRIER, "carriers"), unique_keys=(("carriers",),))
    assert [change.kind for change in _changes(unique, moved)] == [ChangeKind.RENAMED]


def test_a_renamed_column_may_change_in_other_ways_too_and_the_worst_comes_first() -> None:
    after = table(retyped(renamed(_DELAY, "departure_delay"), "numeric"), _CARRIER)
    kinds = [change.kind for change in _changes(table(_DELAY), after)]
    assert kinds == [ChangeKind.RENAMED, ChangeKind.TYPE, ChangeKind.ADDED]


def test_a_column_that_was_declared_but_not_profiled_is_compared_by_its_declaration() -> None:
    before = replace(table(_DELAY, _CARRIER), columns=(_DELAY,))
    after = replace(table(_DELAY, renamed(_CARRIER, "carriers")), columns=(_DELAY,))
    assert _only(before, after).kind is ChangeKind.RENAMED


def _nullable(column: ColumnProfile, *, nullable: bool | None) -> ColumnProfile:
    return replace(column, schema=replace(column.schema, nullable=nullable))
