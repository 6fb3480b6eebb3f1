"""A stored run as rows of the SQL tables, and rows as a stored run again. Pure: no database in sight."""

from __future__ import annotations

import json
from dataclasses import fields
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

from taskflow_profilemesh.errors import StoreDamaged
from taskflow_profilemesh.storage.codec import SCHEMA_VERSION, decode_profile, encode_profile, pack, unpack
from taskflow_profilemesh.storage.results import results_of
from taskflow_profilemesh.storage.schema import LONGEST_COLUMN
from taskflow_profilemesh.storage.store import (
    Decision,
    DecisionKind,
    Event,
    KeptTable,
    MetricPoint,
    RunSummary,
    StoredPartial,
    StoredProfile,
)
from taskflow_profilemesh.tables import TableRef

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_PIECE_BYTES = 1 << 20
_LONGEST_NOTE = 1000

Row = dict[str, Any]

_OF_SUMMARY: Final = tuple(field.name for field in fields(RunSummary) if field.name != "table")

OF_RESULT: Final = ("position", "column_name", "metric", "numeric_value", "text_value", "value_precision")


def run_key(stored: StoredProfile) -> str:
    """Return what a retry of the same task instance on the same table has in common with it; 64 characters."""
    slot = [stored.source, str(stored.table), stored.origin] if stored.origin is not None else [stored.profile_id]
    return _digest(slot)


def table_key(stored: StoredProfile) -> str:
    """Return what all runs of a table have in common; 64 characters."""
    return key_of(stored.source, stored.table)


def key_of(source: str, table: TableRef) -> str:
    """Return what all runs of this table have in common; 64 characters."""
    return _digest([source, str(table)])


def partial_key(partial: StoredPartial) -> str:
    """Return what a retry has in common with the part that it replaces; 64 characters."""
    return _digest([partial.run_id, partial.source, str(partial.table), partial.part])


def run_row(stored: StoredProfile) -> Row:
    """Return the run's row of `profilemesh_runs`."""
    summary = stored.summary()
    row = {name: getattr(summary, name) for name in _OF_SUMMARY}
    return row | {"table_name": str(stored.table), "run_key": run_key(stored)}


def profile_row(stored: StoredProfile) -> Row:
    """Return the run's row of `profilemesh_profiles`."""
    return {
        "profile_id": stored.profile_id,
        "schema_version": SCHEMA_VERSION,
        "document": pack(encode_profile(stored.profile)),
        "drift": pack(stored.drift),
    }


def of_run(stored: StoredProfile) -> Row:
    """Return what all of the run's rows of `profilemesh_results` share."""
    return {
        "profile_id": stored.profile_id,
        "run_id": stored.run_id,
        "source": stored.source,
        "table_name": str(stored.table),
        "profiled_at": stored.profiled_at,
    }


def result_rows(stored: StoredProfile) -> list[tuple[Any, ...]]:
    """Return the rest of the run's rows of `profilemesh_results`, the values of each in the order of `OF_RESULT`."""
    return [
        (
            position,
            result.column[:LONGEST_COLUMN] if result.column is not None else None,
            result.metric,
            result.numeric_value,
            result.text_value,
            result.precision.value,
        )
        for position, result in enumerate(results_of(stored.profile, stored.drift))
    ]


def state_rows(stored: StoredProfile, state: bytes) -> list[Row]:
    """Return the run's rows of `profilemesh_table_state`."""
    shared = {
        "profile_id": stored.profile_id,
        "source": stored.source,
        "table_name": str(stored.table),
        "profiled_at": stored.profiled_at,
    }
    return [{**shared, **piece} for piece in _pieces(state)]


def partial_rows(partial: StoredPartial) -> list[Row]:
    """Return the part's rows of `profilemesh_partials`."""
    shared = {
        "partial_key": partial_key(partial),
        "run_id": partial.run_id,
        "source": partial.source,
        "table_name": str(partial.table),
        "part": partial.part,
        "saved_at": partial.saved_at,
    }
    return [{**shared, **piece} for piece in _pieces(partial.state)]


def event_row(event: Event) -> Row:
    """Return the event's row of `profilemesh_events`."""
    return {
        "kind": event.kind,
        "source": event.source,
        "table_name": str(event.table),
        "at": event.at,
        "payload": json.dumps(dict(event.payload), allow_nan=False),
    }


def decision_row(decision: Decision) -> Row:
    """Return the decision's row of `profilemesh_decisions`."""
    row = {field.name: getattr(decision, field.name) for field in fields(decision)}
    row |= {"kind": decision.kind.value, "table_name": str(row.pop("table")), "column_name": row.pop("column")}
    return row | {"note": decision.note[:_LONGEST_NOTE]}


def decision_from(row: Mapping[str, Any]) -> Decision:
    """Return the decision that a row of `profilemesh_decisions` tells."""
    named = {name: row[name] for name in ("source", "at", "profile_id", "metric", "until", "note")}
    kind, table = DecisionKind(row["kind"]), TableRef.parse(row["table_name"])
    return Decision(kind=kind, table=table, column=row["column_name"], **named)


def summary_from(row: Mapping[str, Any]) -> RunSummary:
    """Return the line of the history that a row of `profilemesh_runs` tells."""
    return RunSummary(table=TableRef.parse(row["table_name"]), **{name: row[name] for name in _OF_SUMMARY})


def drift_from(row: Mapping[str, Any], *, store: str) -> dict[str, Any]:
    """Return the drift that a row of `profilemesh_profiles` holds; raises `StoreDamaged`."""
    try:
        return unpack(row["drift"])
    except ValueError as error:
        raise StoreDamaged(store=store, profile_id=row["profile_id"], reason=str(error)) from error


def kept_from(row: Mapping[str, Any]) -> KeptTable:
    """Return what a row of a count of runs tells of one table."""
    named = {name: row[name] for name in ("source", "runs", "first_at", "last_at")}
    return KeptTable(table=TableRef.parse(row["table_name"]), **named)


def point_from(row: Mapping[str, Any]) -> MetricPoint:
    """Return the value, with its moment, that a row of `profilemesh_results` tells."""
    return MetricPoint(**{field.name: row[field.name] for field in fields(MetricPoint)})


def stored_from(row: Mapping[str, Any], *, store: str) -> StoredProfile:
    """Return the run that a row of `profilemesh_runs` joined with `profilemesh_profiles` tells.

    Raises `StoreDamaged` for a document that cannot be read, `StoreTooNew` for one of a newer version.
    """
    try:
        profile = decode_profile(unpack(row["document"]), store=store)
        drift = unpack(row["drift"])
    except ValueError as error:
        raise StoreDamaged(store=store, profile_id=row["profile_id"], reason=str(error)) from error
    return StoredProfile(
        profile_id=row["profile_id"],
        run_id=row["run_id"],
        source=row["source"],
        table=TableRef.parse(row["table_name"]),
        profiled_at=row["profiled_at"],
        profile=profile,
        logical_date=row["logical_date"],
        origin=row["origin"],
        duration_seconds=row["duration_seconds"],
        drift=drift,
        passed=row["passed"],
    )


def partials_from(rows: Iterable[Mapping[str, Any]]) -> list[StoredPartial]:
    """Return the parts that rows of `profilemesh_partials`, with the pieces in order, tell; in the order of names."""
    pieces: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        pieces.setdefault(row["partial_key"], []).append(row)
    partials = (
        StoredPartial(
            run_id=first["run_id"],
            source=first["source"],
            table=TableRef.parse(first["table_name"]),
            part=first["part"],
            saved_at=first["saved_at"],
            state=b"".join(row["state"] for row in own),
        )
        for own in pieces.values()
        for first in own[:1]
    )
    return sorted(partials, key=lambda partial: partial.part)


def event_from(row: Mapping[str, Any]) -> Event:
    """Return the event that a row of `profilemesh_events` tells."""
    return Event(
        kind=row["kind"],
        source=row["source"],
        table=TableRef.parse(row["table_name"]),
        at=row["at"],
        payload=json.loads(row["payload"]),
    )


def _pieces(state: bytes) -> Iterator[Row]:
    for number, start in enumerate(range(0, max(1, len(state)), _PIECE_BYTES)):
        yield {"piece": number, "state": state[start : start + _PIECE_BYTES]}


def _digest(names: list[str]) -> str:
    return sha256(json.dumps(names).encode()).hexdigest()
