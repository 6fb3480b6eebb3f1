"""Physical numbers turn into the values that people know, and never raise."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest

from taskflow_profilemesh.profiling import Kind, Scalar
from taskflow_profilemesh.profiling.scalars import to_scalar, to_text

DAY = 86_400_000_000  # microseconds


@pytest.mark.parametrize(
    ("physical", "kind", "value", "text"),
    [
        (15_706, Kind.DATE, date(2013, 1, 1), "2013-01-01"),
        (-1, Kind.DATE, date(1969, 12, 31), "1969-12-31"),
        (-719_163, Kind.DATE, "0000-12-31", "0000-12-31"),
        (2_932_897, Kind.DATE, "10000-01-01", "10000-01-01"),
        (-735_160, Kind.DATE, "-0043-03-15", "-0043-03-15"),
        (95_026_236, Kind.DATE, "infinity", "infinity"),
        (-96_465_292, Kind.DATE, "-infinity", "-infinity"),
        (95_026_237 * DAY - 1, Kind.DATETIME, "infinity", "infinity"),
        (-96_465_292 * DAY, Kind.DATETIME, "-infinity", "-infinity"),
        (-735_160 * DAY, Kind.DATETIME, "-0043-03-15T00:00:00.000000", "-0043-03-15T00:00:00.000000"),
        (DAY + 1, Kind.DATETIME, datetime(1970, 1, 2, 0, 0, 0, 1), "1970-01-02T00:00:00.000001"),  # noqa: DTZ001 -- no zone
        (2**62, Kind.DATETIME, "148108-07-06T14:00:27.387904", "148108-07-06T14:00:27.387904"),
        (3_661_000_001, Kind.TIME, time(1, 1, 1, 1), "01:01:01.000001"),
        (DAY, Kind.TIME, "24:00:00", "24:00:00"),
        (-5, Kind.INTEGER, -5, "-5"),
        (0.1, Kind.FLOAT, 0.1, "0.1"),
    ],
)
def test_each_kind_has_its_values(physical: float, kind: Kind, value: Scalar, text: str) -> None:
    assert to_scalar(physical, kind) == value
    assert to_text(physical, kind) == text


def test_datetimes_of_a_column_with_a_time_zone_carry_utc() -> None:
    assert to_scalar(0, Kind.DATETIME, aware=True) == datetime(1970, 1, 1, tzinfo=UTC)
    assert to_text(2**62, Kind.DATETIME, aware=True).endswith("+00:00")
