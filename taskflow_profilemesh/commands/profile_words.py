"""One profile for people: a line for each column."""

from __future__ import annotations

from typing import TYPE_CHECKING

from taskflow_profilemesh.commands.showing import print_table
from taskflow_profilemesh.commands.words import number, short

if TYPE_CHECKING:
    from taskflow_profilemesh.profiling import ColumnProfile, TableProfile
    from taskflow_profilemesh.profiling.profile import Distinct, Scalar, SyncSignals

_GENERATIONS = 5  # that are printed, the latest
_HEADS = ("column", "type", "nulls", "distinct", "min", "max", "mean", "std")


def print_profile(profile: TableProfile) -> None:
    """Print what Airbyte says of the rows, the columns, and what went wrong with one."""
    if profile.signals is not None:
        print(f"  {_signals(profile.signals)}")
    print_table(_HEADS, [_row(column) for column in profile.columns], indent="  ")
    for column in profile.columns:
        if column.error:
            print(f"  {column.schema.name}: no statistics, because {column.error}")
        if column.withheld:
            sentence = column.withheld.sentence(shows_extremes=column.minimum is not None)
            print(f"  {column.schema.name}: {sentence}")


def _signals(signals: SyncSignals) -> str:
    latest, changed, generations = signals.latest_extracted_at, signals.changed_ratio, signals.generations
    numbers = ", ".join(map(str, generations[-_GENERATIONS:]))
    told = (
        f"last extracted {latest:%Y-%m-%d %H:%M:%S} UTC" if latest else "",
        "" if changed is None else f"{changed:.1%} of the rows have changes",
        f"generation{'s' if len(generations) > 1 else ''} {numbers}" if generations else "",
    )
    return f"Airbyte: {'; '.join(filter(None, told))}."


def _row(column: ColumnProfile) -> tuple[str, ...]:
    distinct, numbers = column.distinct, column.numbers
    return (
        short(column.schema.name),
        short(column.schema.declared_type, 24),
        "" if column.null_ratio is None else f"{column.null_ratio:.1%}",
        "" if distinct is None else _sign(distinct) + number(distinct.count),
        _end(column.minimum),
        _end(column.maximum),
        "" if numbers is None or numbers.mean is None else number(float(numbers.mean)),
        "" if numbers is None or numbers.std is None else number(float(numbers.std)),
    )


def _end(value: Scalar | None) -> str:
    """Write the smallest or the largest value; `show` has all digits of it."""
    return number(value) if isinstance(value, float) else short(value)


def _sign(distinct: Distinct) -> str:
    """Mark a count that is estimated, or that there may be more of."""
    return "~" if distinct.error_ratio else "≥" if distinct.is_rounded else ""
