"""How a column is judged: thresholds by its name, by its family of types, or the table's; and by which strategy.

A strategy decides from where on an effect counts. Whatever it says, an effect must also stand out of the noise floor.

- `absolute_threshold`: from the threshold on.
- `standard_deviation`: from so many standard deviations above the mean of the same distance in earlier runs, once there
  are enough of those (and from a quarter of the threshold on: what is too small to matter is no drift).
- `statistical`: wherever it is no chance, from a quarter of the threshold on.
"""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Final, Self

from taskflow_profilemesh.drift.schema_rules import SchemaRules
from taskflow_profilemesh.drift.thresholds import Thresholds
from taskflow_profilemesh.errors import InvalidOption
from taskflow_profilemesh.profiling.schema import Kind

Past = Mapping[tuple[str | None, str], Sequence[float]]  # distances of earlier runs, by column and metric

MATTERS: Final = 0.25  # of a threshold: what is smaller does not matter, however sure it is
WARM_UP: Final = 7  # earlier runs that a spread is learned from

FAMILIES: Final[Mapping[str, frozenset[Kind]]] = {
    "numeric": frozenset({Kind.INTEGER, Kind.FLOAT, Kind.DECIMAL}),
    "temporal": frozenset({Kind.DATE, Kind.DATETIME, Kind.TIME}),
    "boolean": frozenset({Kind.BOOLEAN}),
    "text": frozenset({Kind.TEXT, Kind.OTHER, Kind.JSON, Kind.BINARY}),
}
FIELD_OF: Final[Mapping[str, str]] = {  # the threshold (without _warn) of each metric
    "psi": "psi",
    "length_psi": "psi",
    "ks": "ks",
    "length_ks": "ks",
    "wasserstein": "wasserstein",
    "js": "js",
    "shapes_js": "shapes",
    "unseen_ratio": "unseen",
    "null_ratio": "nulls",
    "nan_ratio": "nan",
    "empty_ratio": "empty",
    "true_ratio": "true",
    "future_ratio": "future",
    "earlier_ratio": "earlier",
    "unique_ratio": "unique",
    "null_overlap": "overlap",
}


class Strategy(StrEnum):
    """From where on an effect counts."""

    ABSOLUTE_THRESHOLD = "absolute_threshold"
    STANDARD_DEVIATION = "standard_deviation"
    STATISTICAL = "statistical"


class Check(StrEnum):
    """Whether a column is judged at all."""

    AUTO = "auto"  # but not what moves by its nature, in what moves
    ALWAYS = "always"
    NEVER = "never"


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """What is judged otherwise: thresholds to change, by name; None and nothing where it stays."""

    thresholds: Mapping[str, float] = field(default_factory=dict)
    strategy: Strategy | None = None
    check: Check | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """How one column is judged."""

    thresholds: Thresholds
    check: Check = Check.AUTO


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """How a table is judged.

    `types`: by family (numeric, temporal, boolean, text). `columns`: by name, `*` and `?` stand for any letters; of
    several patterns that fit, the later one is heard first. `deviations`: of the strategy `standard_deviation`.
    `schema`: which changes of the declaration count.
    """

    thresholds: Thresholds = field(default_factory=Thresholds)
    strategy: Strategy = Strategy.ABSOLUTE_THRESHOLD
    deviations: float = 3.0
    types: Mapping[str, Override] = field(default_factory=dict)
    columns: Mapping[str, Override] = field(default_factory=dict)
    schema: SchemaRules = field(default_factory=SchemaRules)

    def __post_init__(self) -> None:
        """Refuse families that there are not, and thresholds that cannot be meant; raises `InvalidOption`."""
        for name in self.types:
            if name not in FAMILIES:
                known = tuple(FAMILIES)
                raise InvalidOption(option="types", got=name, expected=f"one of {', '.join(known)}", known=known)
        if not self.deviations > 0:
            raise InvalidOption(option="deviations", got=str(self.deviations), expected="a number above 0")
        for override in (*self.types.values(), *self.columns.values()):
            self.thresholds.changed(override.thresholds)

    @classmethod
    def of(cls, thresholds: Thresholds | Self) -> Rules:
        """Return rules that are nothing but thresholds; rules as they are."""
        return thresholds if isinstance(thresholds, Rules) else Rules(thresholds=thresholds)

    def table(self, past: Past) -> Thresholds:
        """Return the thresholds of what is the table's: its rows."""
        return self._effective(self.thresholds, self.strategy, None, past)

    def column(self, name: str, kind: Kind, past: Past) -> Judged:
        """Return how a column is judged, given the distances of earlier runs."""
        heard = [override for family, override in self.types.items() if kind in FAMILIES[family]]
        heard += [override for pattern, override in self.columns.items() if fnmatchcase(name, pattern)]
        thresholds, strategy, check = self.thresholds, self.strategy, Check.AUTO
        for override in heard:
            thresholds = thresholds.changed(override.thresholds)
            strategy, check = override.strategy or strategy, override.check or check
        return Judged(thresholds=self._effective(thresholds, strategy, name, past), check=check)

    def _effective(self, limits: Thresholds, strategy: Strategy, column: str | None, past: Past) -> Thresholds:
        if strategy is Strategy.ABSOLUTE_THRESHOLD:
            return limits
        changed: dict[str, float] = {}
        for metric, name in FIELD_OF.items():
            least = MATTERS * getattr(limits, f"{name}_warn")
            if strategy is Strategy.STATISTICAL:
                changed[f"{name}_warn"] = least
            elif (usual := self._usual(past.get((column, metric), ()))) is not None:
                changed[f"{name}_warn"] = max(least, usual, changed.get(f"{name}_warn", 0.0))
        fails = {f"{name}_fail": getattr(limits, f"{name}_fail") for name in FIELD_OF.values()}
        changed |= {name: max(fail, changed.get(name.replace("_fail", "_warn"), 0.0)) for name, fail in fails.items()}
        return replace(limits, **changed)  # type: ignore[arg-type] # minimum_rows is not among them

    def _usual(self, values: Sequence[float]) -> float | None:
        """Return the largest distance that is usual; None where too little is known."""
        if len(values) < WARM_UP:
            return None
        sizes = [abs(value) for value in values]
        return statistics.fmean(sizes) + self.deviations * statistics.stdev(sizes)
