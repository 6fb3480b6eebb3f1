"""Small drawings that stand in a line of text, as SVG: they are there at once, without a script, and on paper.

Each is a fixed frame of numbers; nothing of a table's data but numbers gets in. They say nothing to a screen reader:
the figures beside them do.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Final

from markupsafe import Markup

if TYPE_CHECKING:
    from collections.abc import Sequence

    from taskflow_profilemesh.profiling.profile import Distribution
    from taskflow_profilemesh.report.overlay import Overlay

_WIDTH: Final = 200  # so that whole numbers are fine enough
_HEIGHT: Final = 48
_MIDDLE: Final = _HEIGHT // 2
_EDGE: Final = 4
_STRIP: Final = (0.05, 0.25, 0.5, 0.75, 0.95)


def histogram(drawn: Overlay) -> Markup:
    """Draw the current distribution as bars, the baseline's as a line over them."""
    tallest = max(*drawn.current, *drawn.baseline, 1e-12)
    bars = _stairs(drawn.current, tallest)
    line = f'<path class="was" d="{_stairs(drawn.baseline, tallest)}"/>' if drawn.baseline else ""
    return _svg("hist", f'<path class="now" d="{bars}z"/>{line}')


def sparkline(values: Sequence[float | None]) -> Markup | None:
    """Draw values in the order of their runs, unknown ones as gaps; None of fewer than two known ones.

    From the smallest to the largest, so that it shows when something moved and not how much.
    """
    known = [value for value in values if value is not None]
    if len(known) < 2:  # noqa: PLR2004 -- a line has two ends
        return None
    low, high = min(known), max(known)
    spread = (high - low) or 1.0
    step = _WIDTH / (len(values) - 1)
    path, pen = "", "M"
    for index, value in enumerate(values):
        if value is None:
            pen = "M"
            continue
        height = 0.5 if high == low else (value - low) / spread
        path += f"{pen}{_n(index * step)} {_n(_EDGE + (_HEIGHT - 2 * _EDGE) * (1 - height))}"
        pen = " "  # what follows a point is a line
    return _svg("spark", f'<path d="{path}"/>')


def quantile_strip(distribution: Distribution) -> Markup | None:
    """Draw where the middle 90 %, the middle half and the median lie between the extremes; None of one value."""
    low, high = distribution.points[0], distribution.points[-1]
    if not low < high or high - low == float("inf"):
        return None
    p5, p25, p50, p75, p95 = ((distribution.quantile(at) - low) / (high - low) * _WIDTH for at in _STRIP)
    return _svg(
        "strip",
        f'<path class="all" d="M0 {_MIDDLE}H{_WIDTH}"/><path class="most" d="M{_n(p5)} {_MIDDLE}H{_n(p95)}"/>'
        f'<path class="half" d="M{_n(p25)} {_MIDDLE}H{_n(max(p75, p25 + 1))}"/><path class="mid" d="M{_n(p50)} 8V40"/>',
    )


def _stairs(shares: Sequence[float], tallest: float) -> str:
    """Draw steps of one width, from the ground back to the ground; equal ones in one line: a page has thousands."""
    step, path = _WIDTH / len(shares), f"M0 {_HEIGHT}"
    for height, equal in groupby(_y(value / tallest) for value in shares):
        path += f"V{height}h{_n(step * len(list(equal)))}"
    return f"{path}V{_HEIGHT}"


def _y(height: float) -> str:
    return _n(_HEIGHT * (1 - height))


def _n(value: float) -> str:
    return f"{value:.0f}"


def _svg(kind: str, inner: str) -> Markup:
    frame = f'viewBox="0 0 {_WIDTH} {_HEIGHT}" preserveAspectRatio="none" aria-hidden="true"'
    return Markup(f'<svg class="{kind}" {frame}>{inner}</svg>')  # noqa: S704 -- made of numbers alone
