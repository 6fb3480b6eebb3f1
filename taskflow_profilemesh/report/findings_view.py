"""What drifted, as it stands on a page: the worst first, each a sentence with the figures behind it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from taskflow_profilemesh.report.figures import duration, plain, share

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from taskflow_profilemesh.storage import RunSummary

RANKS: Final = {"high": 2, "medium": 1, "low": 0}
_RATIOS: Final = ("_ratio", "_overlap")
_OF_SHARES: Final = frozenset(  # whose values are shares of the rows, or counts
    {"psi", "ks", "js", "rows_lost", "expectation_not_null", "expectation_unique", "expectation_allowed_values"}
)


@dataclass(frozen=True, slots=True)
class FindingView:
    """One thing that changed. `column` is None for the table; `figures` says before, after, distance and threshold."""

    severity: str
    sentence: str
    column: str | None
    label: str  # the metric, or what kind of change of the schema
    figures: tuple[tuple[str, str], ...] = ()
    breaking: bool = False
    muted: bool = False


def findings_of(drift: Mapping[str, Any]) -> list[FindingView]:
    """Return schema changes and findings of a drift report's `as_dict()`, the worst first, muted ones last."""
    changes = [_change(change) for change in drift.get("schema_changes", ())]
    found = [_finding(finding) for finding in drift.get("findings", ())]
    muted = [_finding(finding, muted=True) for finding in drift.get("muted", ())]
    return [*sorted([*changes, *found], key=lambda item: -RANKS.get(item.severity, 0)), *muted]


def worst_of(found: Iterable[FindingView]) -> str | None:
    """Return the worst severity of those that are not muted, or None."""
    told = [item.severity for item in found if not item.muted]
    return max(told, key=lambda severity: RANKS.get(severity, 0), default=None)


@dataclass(frozen=True, slots=True)
class SchemaMoment:
    """What a run found changed of the declaration, and when."""

    at: str
    run_id: str
    changes: tuple[FindingView, ...]


def schema_moments(runs: Iterable[RunSummary], reports: Mapping[str, Mapping[str, Any]]) -> list[SchemaMoment]:
    """Return those of the runs that found the schema changed, in the given order; `reports` by profile id."""
    told = []
    for run in runs:
        found = reports.get(run.profile_id, {}).get("schema_changes", ())
        if found:
            changes = tuple(_change(change) for change in found)
            told.append(SchemaMoment(f"{run.profiled_at:%Y-%m-%d %H:%M}", run.run_id, changes))
    return told


def _change(change: Mapping[str, Any]) -> FindingView:
    return FindingView(
        severity=change["severity"],
        sentence=change["sentence"],
        column=change["column"],
        label=f"schema: {change['kind']}",
        breaking=change["breaking"],
    )


def _finding(finding: Mapping[str, Any], *, muted: bool = False) -> FindingView:
    metric = finding["metric"]
    written = [
        ("baseline", _value(metric, finding["baseline_value"])),
        ("this run", _value(metric, finding["current_value"])),
        ("distance", _distance(metric, finding["distance"])),
        ("threshold", _distance(metric, finding["threshold"])),
    ]
    return FindingView(
        severity=finding["severity"],
        sentence=finding["sentence"],
        column=finding["column"],
        label=metric.replace("_", " "),
        figures=tuple((name, text) for name, text in written if text),
        muted=muted,
    )


def _value(metric: str, value: float | None) -> str:
    if value is None:
        return ""
    if metric.endswith("_seconds"):
        return duration(value)
    is_share = metric.endswith(_RATIOS) or (metric in _OF_SHARES and 0 <= value <= 1 and metric != "rows_lost")
    return share(value) if is_share else plain(value)


def _distance(metric: str, value: float | None) -> str:
    if value is None:
        return ""
    if metric.endswith("_seconds"):
        return duration(value)
    if metric.endswith(_RATIOS):
        return f"{100 * value:+.3g} points"
    return f"{100 * value:+.3g} %" if metric in {"row_count", "rows_lost"} else f"{value:.3g}"
