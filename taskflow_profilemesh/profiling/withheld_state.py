"""Takes the texts of personal columns out of a saved state, which lives in the store as profiles do.

A state remembers frequent texts so that merging can show them, and extremes. Of a column that is withheld it remembers
the names that stand for them: they merge as the texts would. Other columns' texts stay; a state keeps no rows at all.
Numbers of phones, cards and accounts stay in it as its distribution's points, without which nothing could be merged.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from taskflow_profilemesh.profiling.extremes import ExtremeState
from taskflow_profilemesh.profiling.table import TableState
from taskflow_profilemesh.profiling.text_column import TextStatistics
from taskflow_profilemesh.profiling.withholding import replacement

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from taskflow_profilemesh.profiling.columns import ColumnState
    from taskflow_profilemesh.profiling.privacy import Privacy
    from taskflow_profilemesh.profiling.saved_state import SavedState
    from taskflow_profilemesh.profiling.withheld import Withheld


def without_texts(saved: SavedState, withheld: Mapping[str, Withheld], privacy: Privacy, *, salt: str) -> SavedState:
    """Return the state without the texts of these columns, for being saved; `salt` as in `withholding`."""
    columns = saved.state.schema.columns
    if not any(column.name in withheld for column in columns):
        return saved
    sketches = saved.state.sketches()
    guarded = tuple(
        _guarded(state, replacement(withheld[column.name], privacy, salt)) if column.name in withheld else state
        for column, state in zip(columns, sketches.columns, strict=True)
    )
    return replace(saved, state=TableState.resumed(saved.state.schema, replace(sketches, columns=guarded)))


def _guarded(column: ColumnState, named: Callable[[str], str | None]) -> ColumnState:
    held = column.statistics
    if not isinstance(held, TextStatistics):
        return column
    texts = {hash_: name for hash_, text in held.frequent.texts.items() if (name := named(text)) is not None}
    frequent = replace(held.frequent, texts=texts)
    return replace(column, statistics=replace(held, extremes=ExtremeState.EMPTY_TEXT, frequent=frequent))
