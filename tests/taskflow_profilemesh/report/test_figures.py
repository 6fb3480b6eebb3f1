from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from taskflow_profilemesh.profiling.profile import Distinct, Precision
from taskflow_profilemesh.report.figures import Figure, distinct_figure, duration, moment, plain, share, volume


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "–"),
        (1234567, "1,234,567"),
        (1234.5, "1,234.5"),
        (0.1 + 0.2, "0.3"),
        (3.14159265, "3.1416"),
        (1e-9, "1e-09"),
        (-2.0, "-2"),
        (float("nan"), "nan"),
        (float("-inf"), "-inf"),
        (True, "true"),
        (Decimal("12.50"), "12.50"),
        (date(2026, 3, 2), "2026-03-02"),
        (datetime(2026, 3, 2, 12, tzinfo=UTC), "2026-03-02 12:00:00+00:00"),
        ("two\nlines", "two lines"),
        ("x" * 300, "x" * 256),
    ],
)
def test_any_value_is_written_on_one_line(value: object, text: str) -> None:
    assert plain(value) == text


@pytest.mark.parametrize(
    ("ratio", "text"),
    [(None, "–"), (0.0, "0 %"), (1.0, "100 %"), (0.0004, "<0.1 %"), (0.9996, ">99.9 %"), (0.125, "12.5 %")],
)
def test_a_share_never_reads_as_none_or_all_unless_it_is(ratio: float | None, text: str) -> None:
    assert share(ratio) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(None, "–"), (0.25, "0.25 s"), (61, "1 min 1 s"), (90_000, "1 d 1 h"), (-3600, "\N{MINUS SIGN}1 h 0 min")],
)
def test_seconds_are_told_in_two_units(seconds: float | None, text: str) -> None:
    assert duration(seconds) == text


def test_bytes_and_moments_have_their_units() -> None:
    assert (volume(1536), volume(10), volume(None)) == ("1.5 KiB", "10 B", "–")
    assert moment(datetime(2026, 3, 2, 12, 30, tzinfo=UTC)) == "2026-03-02 12:30 UTC"


@pytest.mark.parametrize(
    ("distinct", "precision", "mark", "note"),
    [
        (Distinct(5), Precision.EXACT, "", ""),
        (Distinct(5, error_ratio=0.016), Precision.APPROXIMATE, "≈", "within 1.6 %"),
        (Distinct(5), Precision.SAMPLED, "~", "in a sample of the rows"),
        (Distinct(5, is_rounded=True), Precision.EXACT, "≥", "decimals of many digits were compared as doubles"),
    ],
)
def test_a_count_of_values_says_how_it_was_come_by(
    distinct: Distinct, precision: Precision, mark: str, note: str
) -> None:
    assert distinct_figure(distinct, precision) == Figure("Distinct", "5", mark, note)
