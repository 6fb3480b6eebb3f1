"""Two distributions laid over each other: their distances, and the finding that remarkable ones make.

PSI sees mass that moves between the baseline's deciles; KS also sees what moves inside one (a constant that becomes
another one below it); Wasserstein sees how far it went, and counts where one of the others stands out of the noise. All
are recorded; what is remarkable makes one finding. Whether a column is judged at all is decided elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from taskflow_profilemesh.drift.distances import Steps, decile_bins, psi, widest_gap
from taskflow_profilemesh.drift.findings import Distance, Finding, Severity
from taskflow_profilemesh.drift.floors import ks_floor, psi_floor, sampling
from taskflow_profilemesh.drift.thresholds import Thresholds
from taskflow_profilemesh.drift.wasserstein import WASSERSTEIN, in_deviations, wasserstein
from taskflow_profilemesh.profiling.profile import Distribution

if TYPE_CHECKING:
    from taskflow_profilemesh.drift.distances import Bin, Gap

PSI: Final = "psi"
KS: Final = "ks"

_NAMES: Final = {PSI: "PSI", KS: "KS", WASSERSTEIN: "Wasserstein"}


@dataclass(frozen=True, slots=True)
class Pair:
    """Two distributions of n and m values."""

    before: Distribution
    after: Distribution
    n: int
    m: int

    @classmethod
    def of(cls, before: Distribution | None, after: Distribution | None, *, n: int, m: int) -> Pair | None:
        """Return the pair; None where a side has no values."""
        if before is None or after is None or not before.points or not after.points or n < 1 or m < 1:
            return None
        return cls(before, after, n, m)

    @property
    def smaller(self) -> int:
        """How many values the smaller side has."""
        return min(self.n, self.m)


@dataclass(frozen=True, slots=True)
class Told:
    """What is told of a pair: its distances, and the finding that they make.

    `prefix` is before the names of the metrics; `note` returns what stands after the finding's sentence.
    """

    column: str
    prefix: str
    thresholds: Thresholds
    pair: Pair
    judged: bool
    note: Callable[[], str] = str

    def tell(self, std: float | None) -> tuple[list[Distance], Finding | None]:
        """Return the distances and what is remarkable about them; `std` is the baseline's standard deviation."""
        pair = self.pair
        steps, bins = Steps.of(pair.before, pair.after), decile_bins(pair.before, pair.after)
        gap = widest_gap(steps)
        distances = self._distances(self._psi(bins), self._ks(gap), steps, std)
        return distances, self._finding(distances, bins, gap)

    def _distances(self, by_psi: Distance, by_ks: Distance, steps: Steps, std: float | None) -> list[Distance]:
        """Return PSI and KS, and Wasserstein where the baseline's standard deviation is known."""
        distance = in_deviations(wasserstein(steps), std) if std else None
        if distance is None:
            return [by_psi, by_ks]
        stands_out = any(item.value >= item.noise_floor for item in (by_psi, by_ks))
        by_work = self._distance(WASSERSTEIN, distance, self.thresholds.wasserstein_warn, 0.0)
        return [by_psi, by_ks, replace(by_work, judged=self.judged and stands_out)]

    def _finding(self, distances: list[Distance], bins: tuple[Bin, ...], gap: Gap) -> Finding | None:
        """Return what is remarkable, told by the first of the distances that is."""
        limits = self.thresholds
        fails = {PSI: limits.psi_fail, KS: limits.ks_fail, WASSERSTEIN: limits.wasserstein_fail}
        remarkable = [distance for distance in distances if distance.exceeded]
        severe = any(found.value >= fails[found.metric.removeprefix(self.prefix)] for found in remarkable)
        if not remarkable:
            return None
        told = remarkable[0]
        if told.metric.endswith(PSI):
            gained = max(bins, key=lambda item: item.current_share - item.baseline_share)
            before, after, where = gained.baseline_share, gained.current_share, _place(gained)
        else:
            before, after = gap.baseline_share, gap.current_share
            where = "at or below the point where both differ most"
        what, lie = ("The length of the texts in ", "have lengths") if self.prefix else ("", "lie")
        name = _NAMES[told.metric.removeprefix(self.prefix)]
        return Finding(
            metric=told.metric,
            column=told.column,
            baseline_value=before,
            current_value=after,
            distance=told.value,
            threshold=told.threshold,
            severity=Severity.HIGH if severe else Severity.MEDIUM,
            sentence=f"{what}{told.column} is distributed differently ({name} {told.value:.2f}): "
            f"{after:.0%} of its values {lie} {where}, after {before:.0%}{self.note()}.",
        )

    def _psi(self, bins: tuple[Bin, ...]) -> Distance:
        pair = self.pair
        shares = [(item.baseline_share + item.current_share) / 2 for item in bins]
        floor = psi_floor(shares, variation=sampling(pair.n, pair.m), bound=self._bound, alpha=self.thresholds.alpha)
        value = psi(bins, baseline_count=pair.n, current_count=pair.m)
        return self._distance(PSI, value, self.thresholds.psi_warn, floor)

    def _ks(self, gap: Gap) -> Distance:
        pair = self.pair
        floor = ks_floor(variation=sampling(pair.n, pair.m), bound=self._bound, alpha=self.thresholds.alpha)
        return self._distance(KS, gap.ks, self.thresholds.ks_warn, floor)

    @property
    def _bound(self) -> float:
        return self.pair.before.rank_error_ratio + self.pair.after.rank_error_ratio

    def _distance(self, metric: str, value: float, threshold: float, floor: float) -> Distance:
        return Distance(
            metric=self.prefix + metric,
            column=self.column,
            value=value,
            threshold=threshold,
            noise_floor=floor,
            judged=self.judged,
        )


def _place(item: Bin) -> str:
    if not item.baseline_share:
        return "above all earlier ones"
    first, last = item.baseline_from, item.baseline_from + item.baseline_share
    return f"between the earlier percentiles {100 * first:.0f} and {100 * last:.0f}"
