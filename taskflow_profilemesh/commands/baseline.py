"""`profilemesh baseline`: what people decide about a table: accept a run, pin one, mute findings until a day.

A mute that fits nothing would be silent for ever, and so would its taker-back: both name what there is.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING

from taskflow_profilemesh.clock import SystemClock
from taskflow_profilemesh.commands.showing import moment, print_json, print_table
from taskflow_profilemesh.commands.stores import known_table, opened
from taskflow_profilemesh.errors import InvalidOption
from taskflow_profilemesh.storage import Decision, DecisionKind
from taskflow_profilemesh.storage.decided import covers, muting, standing

if TYPE_CHECKING:
    import argparse

    from taskflow_profilemesh.storage import SqlStore
    from taskflow_profilemesh.tables import TableRef

_EACH = "*"
_SHOW = "show"


def run(options: argparse.Namespace) -> int:
    """Keep the decision and say so; return 0. Raises `ProfileMeshError`."""
    with opened(options) as store:
        if options.action == _SHOW:
            return _show(options, store)
        decision = _decision(options, store)
        store.decide(decision)
    if options.json:
        print_json(_plain(decision))
    else:
        print(_sentence(decision))
    return 0


def _decision(options: argparse.Namespace, store: SqlStore) -> Decision:
    kind, now = DecisionKind(options.action), SystemClock().now()
    source, table = known_table(store, options.table, source=options.source)
    mutes = kind in (DecisionKind.MUTE, DecisionKind.UNMUTE)
    if not mutes and (options.finding or options.until):
        raise InvalidOption(option="finding", got=f"one beside {kind}", expected="a finding, and --until, beside mute")
    column, _, metric = (options.finding or _EACH).partition(":")
    made = Decision(
        kind=kind,
        source=source,
        table=table,
        at=now,
        profile_id=_profile(options, store, source, table) if kind in (DecisionKind.ACCEPT, DecisionKind.PIN) else None,
        column=None if not mutes or column == _EACH else column,
        metric=(metric or None) if mutes else None,
        until=_moment(options.until, now) if options.until else None,
        note=options.note,
    )
    if kind is DecisionKind.MUTE:
        _refuse_unknown(made, store)
    if kind is DecisionKind.UNMUTE and options.finding:
        _refuse_unmuted(made, store)
    return made


def _refuse_unknown(mute: Decision, store: SqlStore) -> None:
    """Refuse a column that the last profile has not, and a metric that there is not; raises `InvalidOption`."""
    from taskflow_profilemesh.drift.metrics import FOUND

    if mute.metric is not None and mute.metric not in FOUND:
        expected = "a finding's metric, as `profilemesh drift` names it; a config's schema_change is about columns"
        raise InvalidOption(option="finding", got=mute.metric, expected=expected, known=FOUND)
    last = store.load(store.history(mute.source, mute.table, limit=1)[0].profile_id)
    columns = tuple(column.schema.name for column in last.profile.columns) if last else ()
    if mute.column is not None and mute.column not in columns:
        expected = "COLUMN, COLUMN:METRIC or *:METRIC, with a column of the last profile"
        raise InvalidOption(option="finding", got=mute.column, expected=expected, known=columns)


def _refuse_unmuted(unmute: Decision, store: SqlStore) -> None:
    """Refuse to take back what nobody muted, or what is muted by a wider mute; raises `InvalidOption`."""
    muted = muting(store.decisions(unmute.source, unmute.table))
    if not any(covers(unmute, one) for one in muted):
        known = tuple(map(_what, muted))
        expected = f"what is muted: {', '.join(known) or 'nothing is'}"
        raise InvalidOption(option="finding", got=_what(unmute), expected=expected, known=known)


def _show(options: argparse.Namespace, store: SqlStore) -> int:
    """Print what holds, and return 0."""
    source, table = known_table(store, options.table, source=options.source)
    found = standing(store.decisions(source, table), now=SystemClock().now())
    if options.json:
        print_json([_plain(one) for one in found])
    elif found:
        rows = [
            (one.kind.value, one.profile_id or _what(one), _day(one.until), moment(one.at), one.note) for one in found
        ]
        print_table(("decision", "of", "until", "decided at (UTC)", "note"), rows)
    else:
        print(f"{table}: nothing is decided.")
    return 0


def _day(until: datetime | None) -> str:
    return f"{until:%Y-%m-%d}" if until else ""


def _what(decision: Decision) -> str:
    return f"{decision.column or _EACH}:{decision.metric or _EACH}"


def _profile(options: argparse.Namespace, store: SqlStore, source: str, table: TableRef) -> str:
    """Return the profile that is meant: the one that was named, or the table's last, whether it passed or not."""
    if options.profile is None:
        return store.history(source, table, limit=1)[0].profile_id
    stored = store.load(options.profile)
    if stored is None or (stored.source, stored.table) != (source, table):
        raise InvalidOption(option="profile", got=options.profile, expected=f"the id of a profile of {table}")
    return stored.profile_id


def _moment(text: str, now: datetime) -> datetime:
    try:
        until = datetime.combine(date.fromisoformat(text), time(), UTC)
    except ValueError:
        until = now
    if until <= now:
        raise InvalidOption(option="until", got=text, expected="a day to come, such as 2026-12-24")
    return until


def _plain(decision: Decision) -> dict[str, str | None]:
    return {
        "kind": decision.kind.value,
        "source": decision.source,
        "table": str(decision.table),
        "at": decision.at.isoformat(),
        "profile_id": decision.profile_id,
        "column": decision.column,
        "metric": decision.metric,
        "until": decision.until.isoformat() if decision.until else None,
        "note": decision.note,
    }


def _sentence(decision: Decision) -> str:
    what = f"{decision.column or 'every column'}, {decision.metric or 'every metric'}"
    until = f" until {decision.until:%Y-%m-%d}" if decision.until else ""
    match decision.kind:
        case DecisionKind.ACCEPT:
            words = "is the new normal; nothing before it is compared with"
            return f"{decision.table}: profile {decision.profile_id} {words}."
        case DecisionKind.PIN:
            return f"{decision.table}: profile {decision.profile_id} is the pinned baseline."
        case DecisionKind.UNPIN:
            return f"{decision.table}: no baseline is pinned any more."
        case DecisionKind.MUTE:
            return f"{decision.table}: findings of {what} are not told{until}."
        case DecisionKind.UNMUTE:
            return f"{decision.table}: findings of {what} are told again."
