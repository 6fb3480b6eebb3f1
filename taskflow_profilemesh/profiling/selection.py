"""Select for all columns at once, and find the column that spoils it when that fails: one never costs the others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

FAILURES: Final = (pl.exceptions.PolarsError, pl.exceptions.PanicException)


def select_by_column(
    frame: pl.DataFrame, expressions: Mapping[int, Sequence[pl.Expr]]
) -> tuple[pl.DataFrame, dict[int, str]]:
    """Select each column's expressions; those of columns that fail are left out and their error's type is returned.

    Only the type: what Polars says of a failure quotes values of rows.
    """
    if not expressions:
        return pl.DataFrame(), {}
    try:
        return frame.select(expression for wanted in expressions.values() for expression in wanted), {}
    except FAILURES:
        return _one_by_one(frame, expressions)


def _one_by_one(
    frame: pl.DataFrame, expressions: Mapping[int, Sequence[pl.Expr]]
) -> tuple[pl.DataFrame, dict[int, str]]:
    selected: list[pl.Series] = []
    failures: dict[int, str] = {}
    for place, wanted in expressions.items():
        try:
            selected += frame.select(*wanted).get_columns()
        except FAILURES as error:
            failures[place] = type(error).__name__
    return pl.DataFrame(selected), failures
