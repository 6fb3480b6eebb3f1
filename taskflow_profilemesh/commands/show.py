"""`profilemesh show`: one stored profile, the last of a table or any by its id."""

from __future__ import annotations

from typing import TYPE_CHECKING

from taskflow_profilemesh.amounts import amount
from taskflow_profilemesh.commands.history import as_plain
from taskflow_profilemesh.commands.profile_words import print_profile
from taskflow_profilemesh.commands.showing import moment, print_json, print_table
from taskflow_profilemesh.commands.stores import known_table, opened
from taskflow_profilemesh.commands.words import number
from taskflow_profilemesh.errors import InvalidOption
from taskflow_profilemesh.storage.codec import encode_profile
from taskflow_profilemesh.storage.results import results_of

if TYPE_CHECKING:
    import argparse

    from taskflow_profilemesh.storage import SqlStore, StoredProfile


def run(options: argparse.Namespace) -> int:
    """Print the profile and return 0. Raises `ProfileMeshError`."""
    with opened(options) as store:
        stored = wanted(store, options.table, profile_id=options.profile, source=options.source)
    if options.json:
        document = {"run": as_plain(stored.summary()), "profile": encode_profile(stored.profile)}
        print_json(document | {"drift": dict(stored.drift)})
    elif options.column is not None:
        _print_column(stored, options.column)
    else:
        _print(stored)
    return 0


def wanted(store: SqlStore, table: str, *, profile_id: str | None, source: str | None) -> StoredProfile:
    """Return the table's profile of that id, or its last one; raises `InvalidOption`."""
    source, named = known_table(store, table, source=source)
    stored = store.load(profile_id or store.history(source, named, limit=1)[0].profile_id)
    if stored is None or (stored.source, stored.table) != (source, named):
        expected = f"the id of a profile of {named}, as `history` lists them"
        raise InvalidOption(option="profile", got=str(profile_id), expected=expected)
    return stored


def _print(stored: StoredProfile) -> None:
    profile = stored.profile
    rows, columns = amount(profile.row_count, "row"), amount(len(profile.columns), "column")
    if profile.profiled_rows != profile.row_count:
        rows += f" (statistics from {number(profile.profiled_rows)} of them)"
    print(f"{stored.table} of {stored.source}: {rows} × {columns}, {moment(stored.profiled_at)} UTC")
    print(f"profile {stored.profile_id}, run {stored.run_id}")
    print_profile(profile)
    print(stored.drift.get("summary") or "Nothing was there to compare it with.")


def _print_column(stored: StoredProfile, column: str) -> None:
    """Print every number of one column."""
    own = [result for result in results_of(stored.profile, stored.drift) if result.column == column]
    if not own:
        known = tuple(one.schema.name for one in stored.profile.columns)
        raise InvalidOption(option="column", got=column, expected="a column of the profile", known=known)
    rows = [
        (result.metric, result.text_value or number(result.numeric_value), result.precision.value) for result in own
    ]
    print_table(("metric", "value", "precision"), rows)
