"""Which findings people hear of: not those that they muted, and of what has not changed only that it has not.

- A muted finding is kept apart in the report: it counts for no severity and no gate, and is stored all the same.
- A finding that the run before told too, no less severe and about as large (within a quarter), is marked `repeated`: it
  still counts for the gate, whoever tells people need not say it again.
- A finding that came and went three times within ten runs is marked `flapping` and weighs no more than low.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

from taskflow_profilemesh.drift.findings import Severity

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from taskflow_profilemesh.drift.findings import DriftReport, Finding

LOOKED_AT: Final = 10  # earlier runs

_FLAPS: Final = 3
_ALIKE: Final = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class Mute:
    """What is not told until the aware moment `until` (None: ever); a column or a metric of None is each."""

    column: str | None = None
    metric: str | None = None
    until: datetime | None = None

    def covers(self, finding: Finding, *, now: datetime) -> bool:
        """Tell whether the finding is muted at that moment."""
        in_time = self.until is None or now < self.until
        return in_time and self.column in (None, finding.column) and self.metric in (None, finding.metric)


def told(
    report: DriftReport, *, earlier: Sequence[Mapping[str, Any]] = (), mutes: Sequence[Mute] = (), now: datetime
) -> DriftReport:
    """Return the report as it is told; `earlier` are the reports (`as_dict()`) of the runs before, newest first."""
    muted = tuple(found for found in report.findings if any(mute.covers(found, now=now) for mute in mutes))
    kept = [_remembered(found, earlier[:LOOKED_AT]) for found in report.findings if found not in muted]
    kept.sort(key=lambda finding: -finding.severity.rank)
    return replace(report, findings=tuple(kept), muted=report.muted + muted)


def _remembered(finding: Finding, earlier: Sequence[Mapping[str, Any]]) -> Finding:
    before = [_same(finding, report) for report in earlier]
    if before and before[0] is not None and _unchanged(finding, before[0]):
        finding = replace(finding, repeated=True)
    here = [True, *(found is not None for found in before)]
    came = sum(now and not then for now, then in pairwise(here))
    if came >= _FLAPS:
        words = finding.sentence + " It has come and gone in the last runs."
        return replace(finding, flapping=True, severity=Severity.LOW, sentence=words)
    return finding


def _same(finding: Finding, report: Mapping[str, Any]) -> Mapping[str, Any] | None:
    found = (
        one for one in report.get("findings", ()) if (one["metric"], one["column"]) == (finding.metric, finding.column)
    )
    return next(found, None)


def _unchanged(finding: Finding, before: Mapping[str, Any]) -> bool:
    was, now = before.get("distance"), finding.distance
    if not Severity(before["severity"]).at_least(finding.severity) and not before.get("flapping"):
        return False
    return was is now or (was is not None and now is not None and abs(now - was) <= _ALIKE * abs(was))
