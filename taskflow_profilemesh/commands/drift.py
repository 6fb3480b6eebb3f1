"""`profilemesh drift`: a stored profile compared anew, with the baseline that it had then, or with any other profile.

Compared anew, so that thresholds of a config can be tried on what is stored. Nothing is written.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from taskflow_profilemesh.commands.fail_on import DRIFTED, reaches
from taskflow_profilemesh.commands.history import as_plain
from taskflow_profilemesh.commands.show import wanted
from taskflow_profilemesh.commands.showing import moment, print_json, print_table
from taskflow_profilemesh.commands.stores import config_of, opened
from taskflow_profilemesh.commands.words import number
from taskflow_profilemesh.comparison import compared, drift_settings
from taskflow_profilemesh.drift import Thresholds, compare
from taskflow_profilemesh.errors import InvalidOption
from taskflow_profilemesh.outcome import Run
from taskflow_profilemesh.storage import SqlStore

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping, Sequence

    from taskflow_profilemesh.comparison import TableSettings
    from taskflow_profilemesh.drift import DriftReport
    from taskflow_profilemesh.storage import Decision, MetricValue, RunSummary, StoredProfile
    from taskflow_profilemesh.tables import TableRef

_LOOKED_AT = 500  # runs; what was before a run that is older than these cannot be told from the store's answers


def run(options: argparse.Namespace) -> int:
    """Print what changed; return 3 where it reaches `--fail-on`, 0 otherwise. Raises `ProfileMeshError`."""
    config = config_of(options, os.environ)
    with opened(options) as store:
        stored = wanted(store, options.table, profile_id=options.profile, source=options.source)
        thresholds = Thresholds.from_mapping(config.get("thresholds") or {})
        settings = drift_settings(config.get("drift") or {}).for_table(stored.table, thresholds)
        if options.against is None:
            report = _with_its_baseline(stored, store, settings)
        else:
            other = wanted(store, options.table, profile_id=options.against, source=stored.source)
            report = replace(compare(other.profile, stored.profile, settings.rules), baseline_run_ids=(other.run_id,))
    if options.json:
        print_json({"run": as_plain(stored.summary()), "drift": report.as_dict() if report else None})
    else:
        _print(stored, report)
    return DRIFTED if report and reaches(report.severity, options.fail_on) else 0


def _with_its_baseline(stored: StoredProfile, store: SqlStore, settings: TableSettings) -> DriftReport | None:
    """Compare as it was compared when it was profiled; raises `InvalidOption` for a run of too long ago."""
    lines = store.history(stored.source, stored.table, limit=_LOOKED_AT)
    if stored.profiled_at < lines[-1].profiled_at:
        expected = f"one of the table's last {_LOOKED_AT} profiles, or --against another"
        raise InvalidOption(option="profile", got=stored.profile_id, expected=expected)
    return compared(
        stored.profile,
        _Before(store, stored.profiled_at),
        settings,
        source=stored.source,
        now=stored.profiled_at,
        run=Run(run_id=stored.run_id, logical_date=stored.logical_date, origin=stored.origin),
    )


@dataclass(frozen=True, slots=True)
class _Before:
    """A store as it was before a moment, but for what people have decided since."""

    store: SqlStore
    moment: datetime

    def candidates(
        self,
        source: str,
        table: TableRef,
        *,
        not_origin: str | None = None,
        limit: int = _LOOKED_AT,
        decisions: Sequence[Decision] | None = None,
    ) -> list[RunSummary]:
        found = self.store.candidates(source, table, not_origin=not_origin, limit=limit, decisions=decisions)
        return self._earlier(found)

    def history(self, source: str, table: TableRef, *, limit: int = 100) -> list[RunSummary]:
        return self._earlier(self.store.history(source, table, limit=_LOOKED_AT + limit))[:limit]

    def decisions(self, source: str, table: TableRef) -> list[Decision]:
        return self.store.decisions(source, table)

    def load(self, profile_id: str) -> StoredProfile | None:
        return self.store.load(profile_id)

    def numbers(self, runs: Sequence[RunSummary], metrics: Sequence[str]) -> list[MetricValue]:
        return self.store.numbers(runs, metrics)

    def reports(self, profile_ids: Sequence[str]) -> dict[str, Mapping[str, Any]]:
        return self.store.reports(profile_ids)

    def _earlier(self, runs: list[RunSummary]) -> list[RunSummary]:
        return [run for run in runs if run.profiled_at < self.moment]


def _print(stored: StoredProfile, report: DriftReport | None) -> None:
    print(f"{stored.table}: profile {stored.profile_id} of {moment(stored.profiled_at)} UTC")
    if report is None or not report.has_baseline:
        print("There is no profile to compare it with.")
    if report is None:
        return
    kind = f" ({report.baseline})" if report.baseline else ""
    if report.baseline_run_ids:
        print(f"compared with {', '.join(report.baseline_run_ids)}{kind}")
    changes = [*report.schema_changes, *report.findings]
    if not changes:
        print(report.summary)
        return
    rows = [("schema", *_change(one.column, one.severity, one.sentence)) for one in report.schema_changes]
    rows += [(one.metric, *_change(one.column, one.severity, one.sentence)) for one in report.findings]
    print_table(("what", "severity", "column", "sentence"), rows)
    if report.muted:
        print(f"Muted: {number(len(report.muted))}.")


def _change(column: str | None, severity: str, sentence: str) -> tuple[str, str, str]:
    return str(severity), column or "", sentence
