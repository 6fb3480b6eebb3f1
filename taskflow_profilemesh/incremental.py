"""Going on from what is known of a table: what to read of it, and what to make of the rows that were read.

A table that names a cursor is looked at once before it is read. If the state of its last profile is there, fits, and
the rows that it was made of are still the same, only newer rows are read and merged into it. In any other case the
table is read whole, and the plan says why. Small tables always are: reading them costs less than looking after a state.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Protocol

from taskflow_profilemesh.amounts import amount
from taskflow_profilemesh.profiling.saved_state import SavedState, Unusable, load_state, save_state
from taskflow_profilemesh.reading.cursor import Mark, difference
from taskflow_profilemesh.reading.plan import ReadPlan

if TYPE_CHECKING:
    from collections.abc import Mapping

    from taskflow_profilemesh.profiling.schema import TableSchema
    from taskflow_profilemesh.reading.cursor import Survey
    from taskflow_profilemesh.reading.plan import Growth

_PRIVACY: Final = "privacy"


class SurveyedSource(Protocol):
    """What is asked of a source about a table that grows."""

    def survey(self, growth: Growth, after: Mark | None) -> Survey:
        """Return how far the table reaches now and, with an earlier mark, what has become of the rows up to it."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What is read of a table, what it is merged with (None: nothing), and up to which mark (None: it has none)."""

    plan: ReadPlan
    known: SavedState | None = None
    mark: Mark | None = None

    def misses(self, row_count: int) -> bool:
        """Whether the rows that were read do not go with what is known: others came or went in the meantime."""
        return self.known is not None and row_count != self.plan.row_count


def reading_of(
    plan: ReadPlan, source: SurveyedSource, state: bytes | None, *, small_rows: int, privacy: str | None = None
) -> Reading:
    """Decide what of a planned table is read, given the state that its last profile left (None: none).

    Up to `small_rows` rows it is all of it. `privacy`: the stamp of what is withheld; a state that was saved under
    another one lacks texts, or has too many.
    """
    growth = plan.growth
    if growth is None:
        return Reading(plan)
    known = _loaded(state, plan.schema, growth.part | {_PRIVACY: privacy})
    after = Mark.of_document(known.mark) if isinstance(known, SavedState) else None
    survey = source.survey(growth, after)
    why = known.reason if isinstance(known, Unusable) else None if after is None else difference(after, survey)
    if survey.mark.row_count <= small_rows:
        why = f"it is small ({amount(survey.mark.row_count, 'row')})"
    if why is None and isinstance(known, SavedState) and after is not None:
        return Reading(growth.new(after, survey), known, survey.mark)
    return Reading(growth.whole(survey, why or "nothing is known of it"), None, survey.mark)


def read_whole(reading: Reading, source: SurveyedSource, *, why: str) -> Reading:
    """Return the reading of the same table as a whole, as it is now."""
    growth = reading.plan.growth
    if growth is None:
        return reading
    survey = source.survey(growth, None)
    return Reading(growth.whole(survey, why), None, survey.mark)


def merged(reading: Reading, read: SavedState) -> SavedState:
    """Return what is known of the table with the rows that were read."""
    if reading.mark is not None:
        read = replace(read, mark=reading.mark.as_document())
    return read if reading.known is None else reading.known.combine(read)


def kept(reading: Reading, whole: SavedState, *, small_rows: int, privacy: str | None = None) -> bytes | None:
    """Return the state for the next profile, or None where there is nothing to go on from.

    That is so without a cursor, for a small table, and where other rows were read than those up to the mark.
    """
    growth, mark = reading.plan.growth, reading.mark
    if growth is None or mark is None or whole.state.row_count != mark.row_count or mark.row_count <= small_rows:
        return None
    return save_state(whole, part=growth.part | {_PRIVACY: privacy})


def _loaded(state: bytes | None, schema: TableSchema, part: Mapping[str, str | None]) -> SavedState | Unusable:
    if state is None:
        return Unusable("there is no state of an earlier profile")
    loaded = load_state(state, schema, part=part)
    return loaded if isinstance(loaded, SavedState) else Unusable(f"the saved state cannot be used: {loaded.reason}")
