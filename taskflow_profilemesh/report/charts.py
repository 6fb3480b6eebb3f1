"""Charts as Vega-Lite specifications, and the numbers that are drawn by them.

The specifications stand in a page once. A chart's own data stand beside it as arrays of numbers, which the page's
script (`static/report.js`) puts in. Colours are the style sheet's variables, so that a chart follows the page from
light to dark and to paper without being drawn again.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from taskflow_profilemesh.profiling.schema import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from taskflow_profilemesh.report.overlay import Overlay
    from taskflow_profilemesh.storage import RunSummary

NUMBER, MOMENT, CLOCK, ROWS = "number", "moment", "clock", "rows"

_SCHEMA: Final = "https://vega.github.io/schema/vega-lite/v6.json"  # a name; nothing is loaded from there
_FURTHEST: Final = 8.64e15  # milliseconds from 1970 that a browser's calendar reaches
_MILLISECONDS: Final = {Kind.DATE: 86_400_000.0, Kind.DATETIME: 0.001, Kind.TIME: 0.001}  # in one unit of the points
_DIGITS: Final = 4
_CONFIG: Final[dict[str, Any]] = {
    "background": "transparent",
    "font": "var(--font)",
    "view": {"stroke": None},
    "axis": {
        "domainColor": "var(--line)",
        "gridColor": "var(--line)",
        "labelColor": "var(--soft)",
        "labelFontSize": 11,
        "tickColor": "var(--line)",
        "title": None,
    },
    "axisX": {"grid": False, "labelFlush": True, "labelOverlap": True, "tickCount": 6},
    "axisY": {"domain": False, "tickCount": 3, "ticks": False},
}


def specs() -> dict[str, dict[str, Any]]:
    """Return each kind of chart's specification; its data are called `data`."""
    return {
        NUMBER: _histogram("quantitative", ",.4~g"),
        MOMENT: _histogram("temporal", "%Y-%m-%d %H:%M"),
        CLOCK: _histogram("temporal", "%H:%M:%S"),
        ROWS: _rows(),
    }


def histogram_data(drawn: Overlay, kind: Kind) -> tuple[str, str] | None:
    """Return the kind of chart and its data, `[low, high, [shares], [baseline's shares]]`; None out of any calendar."""
    unit = _MILLISECONDS.get(kind)
    if unit is None:
        return NUMBER, _data(drawn, drawn.low, drawn.high)
    low, high = drawn.low * unit, drawn.high * unit
    if max(abs(low), abs(high)) > _FURTHEST:
        return None
    return (CLOCK if kind is Kind.TIME else MOMENT), _data(drawn, low, high)


def plain_data(drawn: Overlay) -> tuple[str, str]:
    """Return the same for numbers without a unit, such as lengths."""
    return NUMBER, _data(drawn, drawn.low, drawn.high)


def rows_data(runs: Sequence[RunSummary]) -> str | None:
    """Return `[[milliseconds since 1970, rows, whether it drifted], …]`, oldest first; None of fewer than two runs."""
    data = [[int(run.profiled_at.timestamp() * 1000), run.row_count, int(bool(run.drift_severity))] for run in runs]
    return json.dumps(data[::-1], separators=(",", ":")) if len(data) > 1 else None


def _data(drawn: Overlay, low: float, high: float) -> str:
    now, was = (list(map(_short, shares)) for shares in (drawn.current, drawn.baseline))
    return json.dumps([low, high, now, was], allow_nan=False, separators=(",", ":"))


def _short(share: float) -> float:
    return round(share, _DIGITS) or 0  # an empty bin in one character


def _histogram(scale: str, printed: str) -> dict[str, Any]:
    axis = {"format": ",.4~s"} if scale == "quantitative" else {}
    x: dict[str, Any] = {"field": "from", "type": scale, "axis": axis, "scale": {"nice": False, "zero": False}}
    if scale == "temporal":
        x["scale"]["type"] = "utc"
        x["axis"] = {"format": "%H:%M"} if printed.startswith("%H") else {}
    y = {"type": "quantitative", "axis": {"format": "~%"}}
    tooltip = [
        {"field": "from", "type": scale, "title": "from", "format": printed},
        {"field": "to", "type": scale, "title": "to", "format": printed},
        {"field": "now", "type": "quantitative", "title": "this run", "format": ".1%"},
        {"field": "was", "type": "quantitative", "title": "baseline", "format": ".1%"},
    ]
    bars = {
        "mark": {"type": "bar", "color": "var(--now)", "binSpacing": 1},
        "transform": [{"filter": "isValid(datum.now)"}],
        "encoding": {
            "x": {**x, "bin": "binned"},
            "x2": {"field": "to"},
            "y": {**y, "field": "now"},
            "tooltip": tooltip,
        },
    }
    line = {
        "mark": {"type": "line", "color": "var(--was)", "interpolate": "step-after", "strokeWidth": 2},
        "transform": [{"filter": "isValid(datum.was)"}],
        "encoding": {"x": x, "y": {**y, "field": "was"}},
    }
    return _spec({"layer": [bars, line], "height": 150})


def _rows() -> dict[str, Any]:
    x = {"field": "at", "type": "temporal", "scale": {"type": "utc"}}
    y = {"field": "rows", "type": "quantitative", "axis": {"format": "~s"}}
    tooltip = [
        {"field": "at", "type": "temporal", "title": "profiled", "format": "%Y-%m-%d %H:%M"},
        {"field": "rows", "type": "quantitative", "title": "rows", "format": ","},
        {"field": "drift", "type": "nominal", "title": "drift"},
    ]
    shape = {
        "field": "drift",
        "type": "nominal",
        "legend": None,
        "scale": {"domain": ["no", "yes"], "range": ["circle", "triangle-up"]},
    }
    color = {**shape, "scale": {"domain": ["no", "yes"], "range": ["var(--now)", "var(--high)"]}}
    line = {"mark": {"type": "line", "color": "var(--now)", "strokeWidth": 2}, "encoding": {"x": x, "y": y}}
    points = {
        "mark": {"type": "point", "filled": True, "size": 50, "opacity": 1},
        "encoding": {"x": x, "y": y, "shape": shape, "color": color, "tooltip": tooltip},
    }
    return _spec({"layer": [line, points], "height": 160})


def _spec(drawing: dict[str, Any]) -> dict[str, Any]:
    fitted = {"width": "container", "autosize": {"type": "fit", "contains": "padding"}}
    return {"$schema": _SCHEMA, "data": {"name": "data"}, "config": _CONFIG, **fitted, **drawing}
