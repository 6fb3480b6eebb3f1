"""Expectations as people keep them beside their code: a YAML (or JSON) file, written once, then edited by hand.

    version: 1
    tables:
      public.orders:
      - {expect: not_null, column: id, evidence: {profiles: 7, rows: 1400}}
      - {expect: range, column: price, low: 0.0, high: 110.0}

It stands alone because `drift/` is pure and reads no files. The evidence is a note for people; it may be left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import yaml

from taskflow_profilemesh.config.yaml_document import read_yaml
from taskflow_profilemesh.drift.expectations import Expectation, ExpectationKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from taskflow_profilemesh.config.document import Document, Place

VERSION: Final = 1
_KEYS: Final = ("expect", "column", "low", "high", "values", "evidence")
_BOUNDED: Final = (ExpectationKind.RANGE, ExpectationKind.ROW_COUNT)
_KINDS: Final = tuple(kind.value for kind in ExpectationKind)


def as_document(tables: Mapping[str, Sequence[Expectation]]) -> dict[str, Any]:
    """Return the expectations of tables as plain data."""
    return {"version": VERSION, "tables": {name: [plain(one) for one in found] for name, found in tables.items()}}


def as_yaml(tables: Mapping[str, Sequence[Expectation]]) -> str:
    """Return the text of a file; `read_expectations` reads it back."""
    return yaml.safe_dump(as_document(tables), sort_keys=False, allow_unicode=True)


def plain(one: Expectation) -> dict[str, Any]:
    """Return one expectation as plain data, without what it does not say."""
    said: dict[str, Any] = {"expect": one.kind.value, "column": one.column, "low": one.low, "high": one.high}
    found = {name: value for name, value in said.items() if value is not None}
    if one.values:
        found["values"] = list(one.values)
    return found | {"evidence": {"profiles": one.profiles, "rows": one.rows}}


def read_expectations(path: Path) -> dict[str, tuple[Expectation, ...]]:
    """Return the expectations of each table; raises `InvalidConfig` that names line and key, and repeats no value."""
    document = read_yaml(path)
    data = document.data
    if not isinstance(data, Mapping) or data.get("version") != VERSION:
        raise document.complaint(("version",), expected=f"version: {VERSION}, and tables")
    tables = data.get("tables")
    if not isinstance(tables, Mapping):
        raise document.complaint(("tables",), expected="a mapping of tables")
    found = {}
    for table, entries in tables.items():
        place: Place = ("tables", str(table))
        if not isinstance(entries, list):
            raise document.complaint(place, expected="a list of expectations")
        found[str(table)] = tuple(_read(entry, document, (*place, number)) for number, entry in enumerate(entries))
    return found


def _read(entry: object, document: Document, place: Place) -> Expectation:
    given = entry if isinstance(entry, Mapping) else {}
    wrong = next(_complaints(given), None)
    if wrong is not None:
        name, expected = wrong
        raise document.complaint((*place, name), expected=expected)
    evidence = given.get("evidence")
    seen = evidence if isinstance(evidence, Mapping) else {}
    return Expectation(
        kind=ExpectationKind(given["expect"]),
        column=given.get("column"),
        low=given.get("low"),
        high=given.get("high"),
        values=tuple(given.get("values") or ()),
        profiles=_count(seen.get("profiles")),
        rows=_count(seen.get("rows")),
    )


def _complaints(given: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the keys that are wrong, each with what is expected there."""
    for name in given:
        if name not in _KEYS:
            yield name, f"one of {', '.join(_KEYS)}"
    kind = given.get("expect")
    if kind not in _KINDS:
        yield "expect", f"one of {', '.join(_KINDS)}"
    of_table = kind == ExpectationKind.ROW_COUNT
    if of_table != (given.get("column") is None) or not isinstance(given.get("column"), str | None):
        yield "column", "no column: the table is meant" if of_table else "a column's name"
    yield from _bounds(given)
    values = given.get("values")
    if (kind == ExpectationKind.ALLOWED_VALUES) != bool(values) or not _are_texts(values or ()):
        yield "values", "a list of texts, for allowed_values and no other"


def _bounds(given: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    bounded = given.get("expect") in _BOUNDED
    if bounded and given.get("low") is None and given.get("high") is None:
        yield "low", "a number, or one for high"
    for name in ("low", "high"):
        if bounded and given.get(name) is not None and not _is_number(given[name]):
            yield name, "a number"
        if not bounded and given.get(name) is not None:
            yield name, "nothing: this kind has no bounds"


def _count(value: object) -> int:
    return value if isinstance(value, int) else 0


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _are_texts(values: object) -> bool:
    return isinstance(values, list | tuple) and all(isinstance(value, str) for value in values)
