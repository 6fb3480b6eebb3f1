"""`profilemesh expectations`: what a table's profiles agree on, and whether its last one is as a file expects.

Suggested from the runs that may be a baseline: those that failed a gate, or were profiled before one that somebody
accepted, say nothing of how the table should be.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any, Final

from taskflow_profilemesh.amounts import amount
from taskflow_profilemesh.commands.showing import print_json, print_table
from taskflow_profilemesh.commands.stores import known_table, opened
from taskflow_profilemesh.commands.words import number, short
from taskflow_profilemesh.drift.expectations import check, span_in_words, suggest
from taskflow_profilemesh.errors import InvalidConfig, InvalidOption
from taskflow_profilemesh.expectations_file import as_yaml, plain, read_expectations

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence
    from pathlib import Path

    from taskflow_profilemesh.drift.expectations import Expectation, Outcome
    from taskflow_profilemesh.profiling import TableProfile
    from taskflow_profilemesh.storage import ProfileStore
    from taskflow_profilemesh.tables import TableRef

_NOT_MET: Final = 3
_WIDEST: Final = 60
_WORDS: Final = {True: "met", False: "not met", None: "cannot tell"}


def run(options: argparse.Namespace) -> int:
    """Print what is expected, or check it; return 3 where an expectation is not met. Raises `ProfileMeshError`."""
    if options.check and options.output:
        raise InvalidOption(option="--output", got="one beside --check", expected="either of the two")
    wanted = read_expectations(options.check) if options.check else None
    with opened(options) as store:
        source, table = known_table(store, options.table, source=options.source)
        if wanted is not None:
            return _check(wanted, table, _profiles(store, source, table, last=None)[0], options)
        profiles = _profiles(store, source, table, last=options.last)
    found = suggest(profiles, least=options.least)
    if options.output:
        _write(options.output, str(table), found)
    _print(table, found, profiles, options)
    return 0


def _profiles(store: ProfileStore, source: str, table: TableRef, *, last: int | None) -> list[TableProfile]:
    """Return the last so many profiles to learn from, newest first; None: the very last, whatever became of it."""
    lines = store.history(source, table, limit=1) if last is None else store.candidates(source, table)[:last]
    return [stored.profile for line in lines if (stored := store.load(line.profile_id))]


def _check(
    wanted: dict[str, tuple[Expectation, ...]], table: TableRef, profile: TableProfile, options: argparse.Namespace
) -> int:
    if str(table) not in wanted:
        expected = f"expectations of {table}"
        raise InvalidConfig(path=str(options.check), key="tables", got="other tables", expected=expected)
    outcomes = check(wanted[str(table)], profile)
    if options.json:
        print_json({"table": str(table), "outcomes": [_outcome(one) for one in outcomes]})
    else:
        rows = [
            (one.expectation.column or "", one.expectation.kind.value, _WORDS[one.met], one.sentence)
            for one in outcomes
        ]
        print_table(("column", "expected", "", "why"), rows)
    missed = sum(one.met is False for one in outcomes)
    if missed:
        print(f"profilemesh: {table}: {amount(missed, 'expectation')} not met", file=sys.stderr)
    return _NOT_MET if missed else 0


def _outcome(one: Outcome) -> dict[str, Any]:
    return {**plain(one.expectation), "met": one.met, "sentence": one.sentence}


def _print(
    table: TableRef, found: Sequence[Expectation], profiles: Sequence[TableProfile], options: argparse.Namespace
) -> None:
    if options.json:
        print_json({"table": str(table), "profiles": len(profiles), "expectations": [plain(one) for one in found]})
        return
    if found:
        rows = [(one.column or "", one.kind.value, _what(one), one.evidence) for one in found]
        print_table(("column", "expected", "what", "evidence"), rows)
    elif len(profiles) < options.least:
        few = amount(len(profiles), "profile")
        print(f"{table}: {few} to learn from; {options.least} are needed, see --least.")
    else:
        print(f"{table}: nothing held in all of the {amount(len(profiles), 'profile')}.")


def _what(one: Expectation) -> str:
    if one.values:
        return short(", ".join(one.values), _WIDEST)
    return "" if one.low is None and one.high is None else span_in_words(one.low, one.high, number)


def _write(path: Path, table: str, found: Sequence[Expectation]) -> None:
    """Write the table's expectations into the file, beside those of other tables that stand there."""
    tables = read_expectations(path) if path.exists() else {}
    part = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        part.write_text(as_yaml({**tables, table: tuple(found)}), encoding="utf-8")
        part.replace(path)  # whole or not at all: people have edited what was there
    except OSError as error:
        expected = "a file that can be written"
        raise InvalidOption(option="--output", got=error.strerror or "nothing", expected=expected) from error
