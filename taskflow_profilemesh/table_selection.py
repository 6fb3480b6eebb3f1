"""Choosing tables by what they are called: wildcards, regular expressions, whole schemas, and exclusions.

A wildcard is `*` (any text) or `?` (one character), and a name in double quotes has none. Names are matched whole and
case-sensitively. What names no schema means the tables that a plain name without a schema would find; an exclusion that
names none means any. The order is the order of the choices and, within each, of schema and name.
"""

from __future__ import annotations

import logging
import re
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from taskflow_profilemesh.errors import InvalidOption, NoTableMatches, nearest
from taskflow_profilemesh.tables import TableRef, TableRequest, split

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from taskflow_profilemesh.tables import NamePart

_LOG = logging.getLogger(__name__)
_TWO = 2
_ALL_OF_IT = TableRequest(TableRef(""))
OF_ONE_WORKER = ("sample", "sample_method", "max_rows", "incremental")
_RULED = ("columns", "where", "sample", "sample_method", "max_rows", "partition", "incremental")
_ONLY_SCHEMA = "main"  # what SQLite calls a file's own, whose tables are listed without it


@dataclass(frozen=True, slots=True)
class NamePattern:
    """What a table's name has to look like.

    `name` and `schema` are regular expressions, matched whole; without a schema, `name` may be of a table's name or of
    `schema.name` if `may_be_full`. `written` is what somebody wrote.
    """

    written: str
    name: str
    schema: str | None = None
    may_be_full: bool = False

    @classmethod
    def of_wildcards(cls, text: str) -> NamePattern:
        """Read `name`, `na*e`, `schema.*` and such; raises `InvalidOption` for what is no name."""
        parts = split(text)
        return cls(text, _expression(parts[-1]), _expression(parts[0]) if len(parts) == _TWO else None)

    @classmethod
    def of_expression(cls, text: str, *, schema: str | None = None) -> NamePattern:
        """Read a regular expression; raises `InvalidOption` for what is none."""
        try:
            re.compile(text)
        except re.error as error:
            raise InvalidOption(option="pattern", got=text, expected=f"a regular expression ({error})") from error
        if schema is None:
            return cls(text, text, may_be_full=True)
        return cls(f"{text} in schema {schema}", text, _schema_expression(schema))

    @classmethod
    def of_schema(cls, schema: str) -> NamePattern:
        """Read the name of a schema, maybe with wildcards; raises `InvalidOption` for what is none."""
        return cls(f"{schema}.*", ".*", _schema_expression(schema))

    def fits(self, table: TableRef, *, is_unnamed: bool) -> bool:
        """Say whether a table is meant; `is_unnamed`: it is found without naming its schema."""
        if self.schema is not None:
            schema = table.schema or _ONLY_SCHEMA
            return _is_whole(self.schema, schema) and _is_whole(self.name, table.name)
        if is_unnamed and _is_whole(self.name, table.name):
            return True
        return self.may_be_full and _is_whole(self.name, f"{table.schema}.{table.name}")


@dataclass(frozen=True, slots=True)
class TableRule:
    """What is profiled of the tables that fit, where nobody who is heard before says otherwise.

    `pattern`: None fits every table; one without a schema fits in any. `each`: options, but for its table; its
    `unwanted_columns` are added. `stays_whole`: a cursor that others name is not for these tables.
    """

    pattern: NamePattern | None = None
    each: TableRequest = _ALL_OF_IT
    stays_whole: bool = False


@dataclass(frozen=True, slots=True)
class TableSelection:
    """Tables by their names, and what of each of them should be profiled: `each`, but for its table.

    `rules` say what `each` leaves open, table by table.
    """

    pattern: NamePattern
    exclude: tuple[NamePattern, ...] = ()
    each: TableRequest = _ALL_OF_IT
    rules: tuple[TableRule, ...] = ()


Wanted = TableRequest | TableSelection


def expand(
    wanted: Sequence[Wanted], *, tables: Callable[[bool], Sequence[TableRef]], source: str
) -> list[TableRequest]:
    """Return what is wanted table by table, each once: by the request that names it, else by the first that fits.

    `tables(True)` returns the tables that are found without their schema, `tables(False)` all; neither is asked unless
    something is to be chosen. Raises `NoTableMatches` for a choice that nothing fits, or all of which is excluded.
    """
    if all(isinstance(one, TableRequest) for one in wanted):
        return [one for one in wanted if isinstance(one, TableRequest)]
    known, unnamed = tables(False), frozenset(tables(True))  # noqa: FBT003 -- the one argument of a callback
    for exclusion in _idle(wanted, known, unnamed):
        _LOG.warning("The exclusion %r leaves out none of the tables that were chosen.", exclusion)
    named = {one.table for one in wanted if isinstance(one, TableRequest)}
    named |= {table for table in unnamed if TableRef(table.name) in named}
    chosen: dict[TableRef, TableRequest] = {}
    for one in wanted:
        if isinstance(one, TableRequest):
            chosen[one.table] = one
            continue
        for table in _fitting(one, known, unnamed, source):
            if table not in named:
                chosen.setdefault(table, ruled(replace(one.each, table=table), one.rules))
    return list(chosen.values())


def ruled(request: TableRequest, rules: Sequence[TableRule]) -> TableRequest:
    """Return the request with what it leaves open as the first rule that fits and says it has it.

    A cursor and a sample (or `max_rows`) shut each other out: the one that is named first stays alone.
    """
    stays_whole = False
    for rule in rules:
        if rule.pattern is not None and not rule.pattern.fits(request.table, is_unnamed=True):
            continue
        stays_whole = stays_whole or rule.stays_whole
        request = _filled(request, rule.each, may_grow=not stays_whole)
    return request


def _filled(request: TableRequest, each: TableRequest, *, may_grow: bool) -> TableRequest:
    is_sample = request.sample is not None or request.max_rows is not None
    shut_out = {"sample", "max_rows", "sample_method"} if request.incremental is not None else set()
    if is_sample or not may_grow:
        shut_out |= {"incremental"}
    said = {name: getattr(each, name) for name in _RULED if name not in shut_out and getattr(request, name) is None}
    return replace(
        request,
        unwanted_columns=tuple(dict.fromkeys((*request.unwanted_columns, *each.unwanted_columns))),
        **said,
    )


def existing(wanted: Sequence[Wanted], *, tables: Callable[[bool], Sequence[TableRef]]) -> list[TableRequest]:
    """Return the chosen tables as `expand` does, where a choice that nothing fits chooses nothing."""
    listed = {bare: tables(bare) for bare in (False, True)}
    fitting = []
    for one in wanted:
        with suppress(NoTableMatches):
            expand([one], tables=listed.__getitem__, source="")
            fitting.append(one)
    return expand(fitting, tables=listed.__getitem__, source="")


def _fitting(
    selection: TableSelection, known: Sequence[TableRef], unnamed: Collection[TableRef], source: str
) -> Iterator[TableRef]:
    fitting = [table for table in known if selection.pattern.fits(table, is_unnamed=table in unnamed)]
    kept = [table for table in fitting if not any(one.fits(table, is_unnamed=True) for one in selection.exclude)]
    if not kept:
        raise NoTableMatches(
            source=source,
            pattern=selection.pattern.written,
            excluded_tables=len(fitting) or None,
            known=() if fitting else _nearest(selection.pattern, known),
        )
    yield from kept


def _idle(wanted: Sequence[Wanted], known: Sequence[TableRef], unnamed: Collection[TableRef]) -> list[str]:
    """Return the exclusions that fit none of the tables that any choice with them chooses, each once."""
    used: dict[str, bool] = {}
    for one in wanted:
        if isinstance(one, TableSelection):
            fitting = [table for table in known if one.pattern.fits(table, is_unnamed=table in unnamed)]
            for exclusion in one.exclude:
                fits = any(exclusion.fits(table, is_unnamed=True) for table in fitting)
                used[exclusion.written] = used.get(exclusion.written, False) or fits
    return [written for written, is_used in used.items() if not is_used]


def _nearest(pattern: NamePattern, known: Sequence[TableRef]) -> tuple[str, ...]:
    """Return the tables whose names look like what was written, most alike first; any where none does."""
    plain = re.sub(r"[*?\\^$()\[\]{}|+]", "", pattern.written)
    names = [str(table) for table in known]
    bare = [table.name for table in known]
    close = [*nearest(plain, names), *(names[bare.index(name)] for name in nearest(plain, bare))]
    return tuple(dict.fromkeys(close))[:3] or tuple(names[:3])


def _schema_expression(schema: str) -> str:
    parts = split(schema)
    if len(parts) != 1:
        raise InvalidOption(option="schema", got=schema, expected="the name of one schema")
    return _expression(parts[0])


def _expression(part: NamePart) -> str:
    if not part.is_pattern:
        return re.escape(part.text)
    return re.escape(part.text).replace(r"\*", ".*").replace(r"\?", ".")


def _is_whole(expression: str, text: str) -> bool:
    return re.fullmatch(expression, text, re.DOTALL) is not None
