"""Where values of personal columns leave a profile: once, when it is finished, before anybody else sees it.

What is stored, compared, published, told to lineage or printed is made of the profile that comes out of here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from taskflow_profilemesh.profiling.privacy import Privacy, withheld_columns
from taskflow_profilemesh.profiling.withheld_state import without_texts
from taskflow_profilemesh.profiling.withholding import comparable, without_values

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from taskflow_profilemesh.profiling.profile import TableProfile
    from taskflow_profilemesh.profiling.saved_state import SavedState
    from taskflow_profilemesh.profiling.withheld import Withheld
    from taskflow_profilemesh.tables import TableRef


@dataclass(frozen=True, slots=True)
class Guard:
    """What is shown of one source's tables."""

    privacy: Privacy
    source: str

    def profile(self, profile: TableProfile, *, earlier: TableProfile | None) -> TableProfile:
        """Return a finished profile without the values that must not be shown."""
        withheld = withheld_columns(profile, self.privacy, earlier=earlier)
        return without_values(profile, withheld, self.privacy, salt=self._salt(profile.schema.table))

    def pair(self, baseline: TableProfile, current: TableProfile) -> tuple[TableProfile, TableProfile]:
        """Return a guarded profile and an older one as they can be compared."""
        return comparable(baseline, current, self.privacy, salt=self._salt(current.schema.table))

    def alike(
        self, baselines: Sequence[TableProfile], current: TableProfile
    ) -> tuple[list[TableProfile], TableProfile]:
        """Return a guarded profile and older ones as they can be compared: what one withholds, all of them do."""
        for baseline in baselines:
            _, current = self.pair(baseline, current)
        return [self.pair(baseline, current)[0] for baseline in baselines], current

    def state(self, saved: SavedState, shown: TableProfile) -> SavedState:
        """Return the state to be saved beside a guarded profile."""
        return self._without_texts(saved, {column.schema.name: column.withheld for column in shown.columns})

    def part(self, saved: SavedState) -> SavedState:
        """Return the state of a part, which is saved before there is a profile of the table."""
        return self._without_texts(saved, withheld_columns(saved.state.profile(), self.privacy))

    def _without_texts(self, saved: SavedState, told: Mapping[str, Withheld | None]) -> SavedState:
        withheld = {name: reason for name, reason in told.items() if reason is not None}
        return without_texts(saved, withheld, self.privacy, salt=self._salt(saved.state.schema.table))

    def _salt(self, table: TableRef) -> str:
        return f"{self.source}/{table}"
