"""A profile compared with what came before: choose the baseline, compare, look at the history, heed people's decisions.

The thin edge between the store and `drift/`, which is pure: what is asked of the store is bounded, whatever the length
of the history (the last 500 runs as lines, at most seven profiles, 28 runs' numbers, ten reports).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeAlias, TypeVar

from taskflow_profilemesh.drift import Thresholds, compare
from taskflow_profilemesh.drift.anomalies import MOST_RUNS, WARM_UP, WATCHED, anomalies
from taskflow_profilemesh.drift.averaging import averaged
from taskflow_profilemesh.drift.baselines import WINDOW, BaselineKind, PastRun, choose, same_slot
from taskflow_profilemesh.drift.expectations import Expectation
from taskflow_profilemesh.drift.rules import FIELD_OF, Check, Override, Rules, Strategy
from taskflow_profilemesh.drift.schema_rules import SchemaRules
from taskflow_profilemesh.drift.telling import LOOKED_AT, Mute, told
from taskflow_profilemesh.drift.unmet import unmet, with_unmet
from taskflow_profilemesh.errors import InvalidOption
from taskflow_profilemesh.storage import DecisionKind
from taskflow_profilemesh.storage.decided import muting
from taskflow_profilemesh.storage.results import results_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from taskflow_profilemesh.drift import DriftReport
    from taskflow_profilemesh.drift.baselines import Choice
    from taskflow_profilemesh.drift.rules import Past
    from taskflow_profilemesh.outcome import Run
    from taskflow_profilemesh.profiling import TableProfile
    from taskflow_profilemesh.storage import Decision, MetricValue, RunSummary, StoredProfile
    from taskflow_profilemesh.tables import TableRef

_Label = TypeVar("_Label", bound=StrEnum)
Alike: TypeAlias = "Callable[[Sequence[TableProfile], TableProfile], tuple[list[TableProfile], TableProfile]]"

_DISTANCES: Final = tuple(f"drift_{metric}" for metric in FIELD_OF)


@dataclass(frozen=True, slots=True, kw_only=True)
class TableSettings:
    """How one table is compared. `find_anomalies`: look at the history of its numbers, too.

    `expectations`: what its profile is held to, whatever it is compared with.
    """

    rules: Rules = field(default_factory=Rules)
    baseline: BaselineKind = BaselineKind.LAST_RUN
    window: int = WINDOW
    find_anomalies: bool = True
    expectations: tuple[Expectation, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TableOverride:
    """What is otherwise for the tables that a pattern names; None and nothing where it stays."""

    thresholds: Mapping[str, float] = field(default_factory=dict)
    strategy: Strategy | None = None
    baseline: BaselineKind | None = None
    window: int | None = None
    columns: Mapping[str, Override] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class DriftSettings:
    """How tables are compared. `tables`: by pattern (`shop.*`); of several that fit, the later one is heard first.

    `schema`: which changes of a declaration count; `schema_tables`: what is otherwise for the tables of a pattern, as
    `SchemaRules.changed` takes it. `expectations`: by table, as the store calls it.
    """

    baseline: BaselineKind = BaselineKind.LAST_RUN
    strategy: Strategy = Strategy.ABSOLUTE_THRESHOLD
    window: int = WINDOW
    deviations: float = 3.0
    find_anomalies: bool = True
    types: Mapping[str, Override] = field(default_factory=dict)
    columns: Mapping[str, Override] = field(default_factory=dict)
    tables: Mapping[str, TableOverride] = field(default_factory=dict)
    schema: SchemaRules = field(default_factory=SchemaRules)
    schema_tables: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    expectations: Mapping[str, tuple[Expectation, ...]] = field(default_factory=dict)

    def for_table(self, table: TableRef, thresholds: Thresholds) -> TableSettings:
        """Return how this table is compared; `thresholds` are those of all tables."""
        rules = Rules(
            thresholds=thresholds,
            strategy=self.strategy,
            deviations=self.deviations,
            types=self.types,
            columns=self.columns,
            schema=self._schema(table),
        )
        found = TableSettings(
            rules=rules,
            baseline=self.baseline,
            window=self.window,
            find_anomalies=self.find_anomalies,
            expectations=self.expectations.get(str(table), ()),
        )
        for pattern, override in self.tables.items():
            if fnmatchcase(str(table), pattern):
                found = _changed(found, override)
        return found

    def _schema(self, table: TableRef) -> SchemaRules:
        found = self.schema
        for pattern, given in self.schema_tables.items():
            if fnmatchcase(str(table), pattern):
                found = found.changed(given)
        return found


def drift_settings(given: Mapping[str, Any]) -> DriftSettings:
    """Return the settings that plain data gives, as a config file has it under `drift_detection:`.

    `schema_change` among them is what a config file has under that name. `expectations` is the path of a file, which is
    read here. Raises `InvalidOption` for a baseline, a strategy, a threshold or a kind of change that there is not, and
    `InvalidConfig` for a file of expectations that cannot be read.
    """
    columns = {name: _override(column) for name, column in given.get("columns", {}).items()}
    types = {name: _override(family) for name, family in given.get("types", {}).items()}
    tables = {name: _table_override(table) for name, table in given.get("tables", {}).items()}
    plain = {name: given[name] for name in ("window", "deviations", "find_anomalies") if name in given}
    schema = dict(given.get("schema_change") or {})
    schema_tables = schema.pop("tables", None) or {}
    settings = DriftSettings(
        baseline=_one_of(BaselineKind, "baseline", given.get("baseline")) or BaselineKind.LAST_RUN,
        strategy=_one_of(Strategy, "strategy", given.get("strategy")) or Strategy.ABSOLUTE_THRESHOLD,
        types=types,
        columns=columns,
        tables=tables,
        schema=SchemaRules().changed(schema),
        schema_tables=schema_tables,
        expectations=_expectations(given.get("expectations")),
        **plain,
    )
    for override in tables.values():
        Thresholds().changed(override.thresholds)
    for said in schema_tables.values():
        settings.schema.changed(said)
    return settings


def _expectations(file: str | None) -> dict[str, tuple[Expectation, ...]]:
    if file is None:
        return {}
    from taskflow_profilemesh.expectations_file import read_expectations  # costs the import of what reads YAML

    return read_expectations(Path(file))


def _override(given: Mapping[str, Any]) -> Override:
    return Override(
        thresholds=given.get("thresholds", {}),
        strategy=_one_of(Strategy, "strategy", given.get("strategy")),
        check=_one_of(Check, "check", given.get("check")),
    )


def _table_override(given: Mapping[str, Any]) -> TableOverride:
    return TableOverride(
        thresholds=given.get("thresholds", {}),
        strategy=_one_of(Strategy, "strategy", given.get("strategy")),
        baseline=_one_of(BaselineKind, "baseline", given.get("baseline")),
        window=given.get("window"),
        columns={name: _override(column) for name, column in given.get("columns", {}).items()},
    )


def _one_of(kind: type[_Label], option: str, got: str | None) -> _Label | None:
    known = tuple(label.value for label in kind)
    if got is not None and got not in known:
        raise InvalidOption(option=option, got=str(got), expected=f"one of {', '.join(known)}", known=known)
    return None if got is None else kind(got)


class History(Protocol):
    """What a comparison asks of a store; `storage.ProfileStore` says what each means."""

    def candidates(
        self,
        source: str,
        table: TableRef,
        *,
        not_origin: str | None = None,
        limit: int = 500,
        decisions: Sequence[Decision] | None = None,
    ) -> list[RunSummary]:
        """Return the runs that may be a baseline, newest first."""

    def history(self, source: str, table: TableRef, *, limit: int = 100) -> list[RunSummary]:
        """Return the last runs, newest first."""

    def decisions(self, source: str, table: TableRef) -> list[Decision]:
        """Return what was decided, the last decision first."""

    def load(self, profile_id: str) -> StoredProfile | None:
        """Return that run, or None."""

    def numbers(self, runs: Sequence[RunSummary], metrics: Sequence[str]) -> list[MetricValue]:
        """Return these numbers of these runs of one table."""

    def reports(self, profile_ids: Sequence[str]) -> dict[str, Mapping[str, Any]]:
        """Return the drift of those of the runs that there are."""


def compared(  # noqa: PLR0913 -- each is a collaborator, or what one comparison is about
    profile: TableProfile,
    store: History,
    settings: TableSettings,
    *,
    source: str,
    now: datetime,
    run: Run,
    alike: Alike = lambda baselines, profile: ([*baselines], profile),
    loaded: StoredProfile | None = None,
) -> DriftReport | None:
    """Return what changed, and which expectations are not met; None where there is nothing to tell.

    `loaded`: a run that the caller has at hand, which is not read from the store again.
    `alike` withholds from the baselines what the profile withholds, and the other way about: else a change of what is
    shown would look like new values.
    """
    table, at = profile.schema.table, run.logical_date or now
    decisions = store.decisions(source, table)
    runs = store.candidates(source, table, not_origin=run.origin, decisions=decisions)
    choice = choose(
        settings.baseline,
        [_past_run(line) for line in runs],
        at=at,
        pinned=_pinned(decisions, store),
        window=settings.window,
    )
    known = {loaded.profile_id: loaded} if loaded else {}
    found = [known.get(chosen.profile_id) or store.load(chosen.profile_id) for chosen in choice.runs] if choice else []
    profiles = [stored.profile for stored in found if stored]
    report = None
    if choice is not None and profiles:
        report = _since(choice, alike(profiles, profile), settings, past=_past(store, runs, settings))
        report = (
            _with_anomalies(report, profile, store, runs, at=at, rules=settings.rules)
            if settings.find_anomalies
            else report
        )
        report = _with_run_ids(report, choice)
    report = with_unmet(report, unmet(settings.expectations, profile))
    if report is None:
        return None
    earlier = _earlier(store, source, table, not_origin=run.origin) if report.findings else ()
    mutes = [Mute(column=one.column, metric=one.metric, until=one.until) for one in muting(decisions)]
    return told(report, earlier=earlier, mutes=mutes, now=now)


def _earlier(store: History, source: str, table: TableRef, *, not_origin: str | None) -> list[Mapping[str, Any]]:
    """Return what the last runs told, newest first; those that failed a gate told something too."""
    last = store.history(source, table, limit=LOOKED_AT + 1)
    ids = [line.profile_id for line in last if not_origin is None or line.origin != not_origin]
    reports = store.reports(ids)
    return [reports[profile_id] for profile_id in ids if profile_id in reports]


def _since(
    choice: Choice, both: tuple[list[TableProfile], TableProfile], settings: TableSettings, *, past: Past
) -> DriftReport:
    """Compare a profile with those that were chosen as its baseline."""
    baselines, current = both
    report = compare(averaged(baselines), current, settings.rules, past=past)
    return replace(report, baseline=choice.kind.value, baseline_run_ids=choice.run_ids)


def _with_anomalies(
    report: DriftReport,
    profile: TableProfile,
    store: History,
    runs: Sequence[RunSummary],
    *,
    at: datetime,
    rules: Rules,
) -> DriftReport:
    """Add the numbers that are unlike the history, but not where the comparison has told of the column already."""
    by_id = {line.profile_id: line for line in runs}
    past = [_past_run(line) for line in runs]
    same = same_slot(past, at)
    chosen = (same if len(same) >= WARM_UP else past)[:MOST_RUNS]
    if len(chosen) < WARM_UP:
        return report
    history: dict[tuple[str | None, str], list[float]] = {}
    for number in store.numbers([by_id[one.profile_id] for one in chosen], tuple(WATCHED)):
        history.setdefault((number.column, number.metric), []).append(number.value)
    current = {
        (result.column, result.metric): value
        for result in results_of(profile, {})
        if result.metric in WATCHED and (value := result.numeric_value) is not None
    }
    known = {finding.column for finding in report.findings}
    new = anomalies(profile, current, history, rules, run_ids=[one.run_id for one in chosen])
    return replace(report, findings=(*report.findings, *(found for found in new if found.column not in known)))


def _past(store: History, runs: Sequence[RunSummary], settings: TableSettings) -> Past:
    """Return the distances of the last runs, where a strategy asks for them."""
    overrides = (*settings.rules.types.values(), *settings.rules.columns.values())
    strategies = {settings.rules.strategy, *(override.strategy for override in overrides)}
    found: dict[tuple[str | None, str], list[float]] = {}
    if Strategy.STANDARD_DEVIATION in strategies:
        for number in store.numbers(runs[:MOST_RUNS], _DISTANCES):
            found.setdefault((number.column, number.metric.removeprefix("drift_")), []).append(number.value)
    return found


def _with_run_ids(report: DriftReport, choice: Choice) -> DriftReport:
    findings = (
        found if found.baseline_run_ids else replace(found, baseline_run_ids=choice.run_ids)
        for found in report.findings
    )
    return replace(report, findings=tuple(findings))


def _past_run(line: RunSummary) -> PastRun:
    return PastRun(
        profile_id=line.profile_id,
        run_id=line.run_id,
        at=line.logical_date or line.profiled_at,
        row_count=line.row_count,
        drifted=line.drift_severity is not None,
    )


def _pinned(decisions: Sequence[Decision], store: History) -> PastRun | None:
    """Return the run that was pinned last, unless it was unpinned since, or is gone."""
    pins = (one for one in decisions if one.kind in (DecisionKind.PIN, DecisionKind.UNPIN))
    last = next(pins, None)
    stored = store.load(last.profile_id) if last and last.profile_id else None
    return _past_run(stored.summary()) if stored else None


def _changed(settings: TableSettings, override: TableOverride) -> TableSettings:
    rules = replace(
        settings.rules,
        thresholds=settings.rules.thresholds.changed(override.thresholds),
        strategy=override.strategy or settings.rules.strategy,
        columns={**settings.rules.columns, **override.columns},
    )
    return replace(
        settings,
        rules=rules,
        baseline=override.baseline or settings.baseline,
        window=override.window or settings.window,
    )
