"""From which effect on a change is worth telling, and from which on it is severe.

Each pair is an effect size: at `…_warn` a finding is medium, at `…_fail` high. An effect must also stand out of the
noise (`floors.py`). PSI: .1 and .25 are the customary bounds of credit scoring.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Self

from taskflow_profilemesh.errors import InvalidOption

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """Options of a comparison. All are ≥ 0, and no warn is above its fail.

    `nulls_…`: change of the share of nulls (0 to 1; 0.05 is five percentage points). `rows_lost_…`: share of the
    baseline's rows that are gone (0 to 1). `rows_gained_…`: rows that came, as a share of the baseline's (0.5: half as
    many again). `psi_…`, `ks_…`, `wasserstein_…` (in standard deviations), `js_…`: distance between two distributions;
    only said of `minimum_rows` values or more on both sides, as `unseen_…` is: share of the values that the baseline
    did not have, and `earlier_…`: share of the dates before its first one. `nan_…` (infinities too), `empty_…`,
    `true_…`, `future_…`: change of the share of such values.
    `unique_…`: change of the share of different values; `duplicates_…`: share of values that repeat another one in a
    column that had none. `shapes_…`: Jensen-Shannon distance of the forms of texts. `overlap_…`: change of the share of
    rows in which two columns are null together. `freshness_…`: seconds that the last value is older than it used to be.
    `alpha`: how probable a false alarm may be, per comparison (0 to 1, exclusive).
    """

    psi_warn: float = 0.1
    psi_fail: float = 0.25
    ks_warn: float = 0.1
    ks_fail: float = 0.2
    wasserstein_warn: float = 0.1
    wasserstein_fail: float = 0.5
    js_warn: float = 0.1
    js_fail: float = 0.2
    unseen_warn: float = 0.05
    unseen_fail: float = 0.2
    nan_warn: float = 0.01
    nan_fail: float = 0.1
    empty_warn: float = 0.05
    empty_fail: float = 0.2
    true_warn: float = 0.05
    true_fail: float = 0.2
    earlier_warn: float = 0.05
    earlier_fail: float = 0.2
    future_warn: float = 0.01
    future_fail: float = 0.1
    unique_warn: float = 0.1
    unique_fail: float = 0.3
    duplicates_warn: float = 0.01
    duplicates_fail: float = 0.1
    shapes_warn: float = 0.3
    shapes_fail: float = 0.5
    overlap_warn: float = 0.2
    overlap_fail: float = 0.5
    freshness_warn: float = 86_400.0
    freshness_fail: float = 604_800.0
    nulls_warn: float = 0.05
    nulls_fail: float = 0.2
    rows_lost_warn: float = 0.2
    rows_lost_fail: float = 0.5
    rows_gained_warn: float = 0.5
    rows_gained_fail: float = 3.0
    minimum_rows: int = 500
    alpha: float = 1e-4

    @classmethod
    def from_mapping(cls, values: Mapping[str, float]) -> Self:
        """Return the defaults with some of them changed, by name; raises `InvalidOption`."""
        return cls().changed(values)

    def changed(self, values: Mapping[str, float]) -> Self:
        """Return these with some of them changed, by name; raises `InvalidOption`."""
        known = tuple(field.name for field in fields(self))
        for name in values:
            if name not in known:
                raise InvalidOption(option="thresholds", got=name, expected=f"one of {', '.join(known)}", known=known)
        return replace(self, **values) if values else self  # type: ignore[arg-type] # minimum_rows is a number too

    def __post_init__(self) -> None:
        """Refuse thresholds that cannot be meant; raises `InvalidOption`."""
        for field in fields(self):
            value: object = getattr(self, field.name)
            if not isinstance(value, int | float) or isinstance(value, bool) or not value >= 0:  # NaN too
                raise InvalidOption(option=field.name, got=repr(value), expected="a number of 0 or more")
        if not 0 < self.alpha < 1:
            raise InvalidOption(option="alpha", got=str(self.alpha), expected="a probability between 0 and 1")
        for field in fields(self):
            value = getattr(self, field.name)
            if field.name.endswith("_warn") and value > getattr(self, field.name.replace("_warn", "_fail")):
                raise InvalidOption(option=field.name, got=str(value), expected="a number that is not above its fail")
