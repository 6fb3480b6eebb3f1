"""How the declaration of a table changed: columns added, removed and renamed; types, precision, nulls and the key.

From the catalog's words on both sides. A change is breaking when something that relied on the table can no longer: a
column or a name is gone, a type no longer holds all that it held, nulls may come where there were none, rows are no
longer told apart by the same key.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from taskflow_profilemesh.drift.declared_types import DeclaredType
from taskflow_profilemesh.drift.findings import ChangeKind, SchemaChange, Severity
from taskflow_profilemesh.drift.renames import renames, replaced
from taskflow_profilemesh.profiling.profile import ColumnProfile, Precision

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from taskflow_profilemesh.profiling.profile import TableProfile
    from taskflow_profilemesh.profiling.schema import ColumnSchema, TableSchema


def renamed_columns(baseline: TableProfile, current: TableProfile) -> dict[str, str]:
    """Return the old name by the new name of each column that was probably renamed."""
    removed = [_known(baseline, column) for column in baseline.schema.columns if not current.schema.column(column.name)]
    added = [_known(current, column) for column in current.schema.columns if not baseline.schema.column(column.name)]
    return renames(removed, added, in_place=replaced(baseline.schema, current.schema))


def schema_changes(
    baseline: TableSchema, current: TableSchema, *, old_names: Mapping[str, str]
) -> tuple[SchemaChange, ...]:
    """Return every change of the declaration, the worst first; `old_names` as `renamed_columns` returns them."""
    changes = [change for column in current.columns for change in _column_changes(baseline, column, old_names)]
    gone = set(old_names.values())
    changes += [
        _removed(column) for column in baseline.columns if not current.column(column.name) and column.name not in gone
    ]
    changes += _key_changes(baseline, current, old_names)
    changes += _unique_key_changes(baseline, current, old_names)
    return tuple(sorted(changes, key=lambda change: -change.severity.rank))


def _column_changes(
    baseline: TableSchema, column: ColumnSchema, old_names: Mapping[str, str]
) -> Iterator[SchemaChange]:
    old = baseline.column(old_names.get(column.name, column.name))
    if old is None:
        yield _added(column)
        return
    if old.name != column.name:
        yield _renamed(old, column)
    if old.declared_type != column.declared_type:
        yield from _type_changes(old, column)
    if None not in (old.nullable, column.nullable) and old.nullable != column.nullable:
        yield _nullability_change(column)


def _added(column: ColumnSchema) -> SchemaChange:
    return SchemaChange(
        kind=ChangeKind.ADDED,
        column=column.name,
        before=None,
        after=column.declared_type,
        breaking=False,
        severity=Severity.LOW,
        sentence=f"Column {column.name} ({column.declared_type}) is new.",
    )


def _removed(column: ColumnSchema) -> SchemaChange:
    return SchemaChange(
        kind=ChangeKind.REMOVED,
        column=column.name,
        before=column.declared_type,
        after=None,
        breaking=True,
        severity=Severity.HIGH,
        sentence=f"Column {column.name} ({column.declared_type}) is gone.",
    )


def _renamed(old: ColumnSchema, new: ColumnSchema) -> SchemaChange:
    return SchemaChange(
        kind=ChangeKind.RENAMED,
        column=new.name,
        before=old.name,
        after=new.name,
        breaking=True,
        severity=Severity.HIGH,
        sentence=f"Column {old.name} is now called {new.name}.",
    )


def _type_changes(old: ColumnSchema, new: ColumnSchema) -> Iterator[SchemaChange]:
    before, after = DeclaredType.parse(old.declared_type), DeclaredType.parse(new.declared_type)
    if before == after:  # written otherwise
        return
    fits, same_name = before.fits_into(after), before.name == after.name
    severe = Severity.MEDIUM if same_name else Severity.HIGH
    yield SchemaChange(
        kind=ChangeKind.PRECISION if same_name else ChangeKind.TYPE,
        column=new.name,
        before=old.declared_type,
        after=new.declared_type,
        breaking=not fits,
        severity=Severity.LOW if fits else severe,
        sentence=f"Column {new.name} is now {new.declared_type}, after {old.declared_type}.",
    )


def _nullability_change(new: ColumnSchema) -> SchemaChange:
    loosened = bool(new.nullable)
    return SchemaChange(
        kind=ChangeKind.NULLABILITY,
        column=new.name,
        before="not null" if loosened else "null",
        after="null" if loosened else "not null",
        breaking=loosened,
        severity=Severity.MEDIUM if loosened else Severity.LOW,
        sentence=f"Column {new.name} {'may now be' if loosened else 'can no longer be'} null.",
    )


def _key_changes(baseline: TableSchema, current: TableSchema, old_names: Mapping[str, str]) -> Iterator[SchemaChange]:
    after = tuple(old_names.get(name, name) for name in current.primary_key)
    if after == baseline.primary_key:
        return
    had, has = ", ".join(baseline.primary_key) or None, ", ".join(current.primary_key) or None
    yield SchemaChange(
        kind=ChangeKind.KEY,
        column=None,
        before=had,
        after=has,
        breaking=had is not None,
        severity=Severity.MEDIUM if had else Severity.LOW,
        sentence=f"The primary key is now {has or 'missing'}, after {had or 'none'}.",
    )


def _unique_key_changes(
    baseline: TableSchema, current: TableSchema, old_names: Mapping[str, str]
) -> Iterator[SchemaChange]:
    """Tell of unique keys that came or went; one that became the primary key, or whose column is gone, is no news."""
    if baseline.unique_keys is None or current.unique_keys is None:
        return
    now = {tuple(old_names.get(name, name) for name in key): key for key in current.unique_keys}
    primary = {tuple(old_names.get(name, name) for name in current.primary_key), baseline.primary_key}
    kept = {old_names.get(column.name, column.name) for column in current.columns}
    for key in baseline.unique_keys:
        if key not in now and key not in primary and kept.issuperset(key):
            yield _unique_key_change(before=key, after=None)
    for key, written in now.items():
        if key not in baseline.unique_keys and key not in primary:
            yield _unique_key_change(before=None, after=written)


def _unique_key_change(*, before: tuple[str, ...] | None, after: tuple[str, ...] | None) -> SchemaChange:
    named = ", ".join(before or after or ())
    return SchemaChange(
        kind=ChangeKind.KEY,
        column=None,
        before=", ".join(before) if before else None,
        after=", ".join(after) if after else None,
        breaking=before is not None,
        severity=Severity.MEDIUM if before else Severity.LOW,
        sentence=f"{named} {'need no longer be' if before else 'must now be'} unique.",
    )


def _known(profile: TableProfile, schema: ColumnSchema) -> ColumnProfile:
    """Return what the profile says of the column; only its declaration where it was not profiled."""
    found = profile.column(schema.name)
    return found or ColumnProfile(schema=schema, precision=Precision.EXACT, row_count=0, null_count=0)
