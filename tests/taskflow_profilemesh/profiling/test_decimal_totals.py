from __future__ import annotations

from decimal import Decimal

import polars as pl
import pytest

from taskflow_profilemesh.profiling import DecimalTotals, Kind
from taskflow_profilemesh.profiling.decimal_totals import DecimalState
from tests.taskflow_profilemesh.profiling.frames import column_of, profile_of, state_of

NINES = Decimal("9" * 36 + ".99")


def _cells(*values: Decimal | None, precision: int = 12, scale: int = 2) -> pl.Series:
    return pl.Series(values, dtype=pl.Decimal(precision, scale))


@pytest.mark.parametrize("small_rows", [0, 50_000])
def test_decimals_keep_every_digit_of_extremes_and_sum(small_rows: int) -> None:
    parts = [_cells(NINES, None, precision=38), _cells(NINES, Decimal("0.01"), precision=38)]
    column = column_of(*parts, kind=Kind.DECIMAL, small_rows=small_rows)
    assert column.numbers is not None
    assert (column.minimum, column.maximum) == (Decimal("0.01"), NINES)
    assert str(column.numbers.total) == "1999999999999999999999999999999999999.99"
    assert column.numbers.mean == pytest.approx(2e36 / 3)


def test_sums_of_the_widest_decimals_do_not_overflow() -> None:
    state = DecimalState.of(_cells(*[NINES] * 50, precision=38))
    assert state.totals(value_count=50) == DecimalTotals(
        NINES, NINES, Decimal("49999999999999999999999999999999999999.50")
    )


def test_scales_merge_to_the_finer_one() -> None:
    one, two = DecimalState.of(_cells(Decimal("1.50"))), DecimalState.of(_cells(Decimal("-0.125"), scale=3))
    both = one.combine(two)
    assert both == two.combine(one)
    assert both.totals(value_count=2) == DecimalTotals(Decimal("-0.125"), Decimal("1.5"), Decimal("1.375"))


def test_without_values_there_are_no_totals() -> None:
    assert DecimalState.of(_cells(None)) == DecimalState.EMPTY
    assert DecimalState.EMPTY.totals(value_count=0) is None


@pytest.mark.parametrize("small_rows", [0, 50_000])
def test_a_column_of_which_a_part_came_in_doubles_says_so_and_claims_nothing_exact(small_rows: int) -> None:
    batches = [pl.DataFrame({"a": _cells(Decimal("1.10"))}), pl.DataFrame({"a": [2.2, None]})]
    state = state_of(*batches, kinds={"a": Kind.DECIMAL}, small_rows=small_rows)
    assert state.rounded_decimals == ("a",)
    assert state.combine(state_of(batches[0], kinds={"a": Kind.DECIMAL})).rounded_decimals == ("a",)
    (column,) = state.profile().columns
    assert (column.minimum, column.maximum) == (1.1, 2.2)
    assert isinstance(column.minimum, float)


def test_a_column_of_nulls_is_not_rounded() -> None:
    nulls = pl.DataFrame({"a": pl.Series([None], dtype=pl.Float64)})
    assert state_of(nulls, kinds={"a": Kind.DECIMAL}).rounded_decimals == ()


WIDE = 1_234_567_890_123_456_789


@pytest.mark.parametrize("small_rows", [50_000, 0])
def test_decimals_of_more_digits_than_a_double_are_told_apart(small_rows: int) -> None:
    cells = _cells(*(Decimal(WIDE + n) for n in range(100)), precision=20, scale=0)
    profile = profile_of(cells.to_frame("n"), kinds={"n": Kind.DECIMAL}, small_rows=small_rows)
    (column,) = profile.columns
    assert column.distinct is not None
    assert (column.distinct.count, column.distinct.is_rounded, column.distinct.is_exact) == (100, False, True)
    assert column.distinct.top == ()  # which value a double stands for is not known
    assert column.is_key_candidate
    assert profile.duplicates is not None
    assert (profile.duplicates.duplicate_count, profile.duplicates.is_exact) == (0, True)


@pytest.mark.parametrize("small_rows", [50_000, 0])
def test_wide_decimals_that_doubles_tell_apart_keep_their_most_frequent_values(small_rows: int) -> None:
    cells = _cells(Decimal(WIDE), Decimal(WIDE), Decimal("0.5"), None, precision=30, scale=2)
    profile = profile_of(cells.to_frame("n"), kinds={"n": Kind.DECIMAL}, small_rows=small_rows)
    distinct = profile.columns[0].distinct
    assert distinct is not None
    assert (distinct.count, [value.count for value in distinct.top]) == (2, [2, 1])
    assert profile.duplicates is not None
    assert profile.duplicates.duplicate_count == 1


@pytest.mark.parametrize("small_rows", [50_000, 0])
def test_an_approximate_count_of_wide_decimals_keeps_its_bound(small_rows: int) -> None:
    cells = pl.Series("n", range(20_000)).cast(pl.Decimal(38, 0)) + Decimal(WIDE)
    profile = profile_of(cells.to_frame(), kinds={"n": Kind.DECIMAL}, small_rows=small_rows)
    distinct = profile.columns[0].distinct
    assert distinct is not None
    assert abs(distinct.count - 20_000) <= distinct.error_ratio * 20_000


@pytest.mark.parametrize("small_rows", [50_000, 0])
def test_decimals_of_which_some_came_as_doubles_never_pass_for_counted_exactly(small_rows: int) -> None:
    cells = _cells(*(Decimal(WIDE + n) for n in range(100)), precision=20, scale=0)
    batches = [pl.DataFrame({"n": cells}), pl.DataFrame({"n": [float("nan")] * 3})]
    state = state_of(*batches, kinds={"n": Kind.DECIMAL}, small_rows=small_rows)
    totals = DecimalTotals(Decimal(WIDE), Decimal(WIDE + 99), Decimal(WIDE * 100 + 4950))
    profile = state.profile(decimals={"n": totals})
    distinct = profile.columns[0].distinct
    assert distinct is not None
    assert distinct.is_rounded
    assert profile.duplicates is not None
    assert profile.duplicates.is_rounded
    assert not profile.exact
    assert profile.columns[0].is_key_candidate is None


@pytest.mark.parametrize(
    ("values", "count"),
    [
        ((Decimal("999999999999.999"), Decimal("0.001"), Decimal("0.001")), 2),  # 15 digits
        ((Decimal("1000000000000.001"), Decimal("0.001"), Decimal("0.001")), 2),  # 16
        ((Decimal("99999999999999999.998"), Decimal("99999999999999999.999"), Decimal(10**17)), 3),  # one double
        ((Decimal("-99999999999999999.998"), Decimal("99999999999999999.998")), 2),
        ((Decimal("99999999999999999.990"), Decimal("99999999999999999.99")), 1),
        ((Decimal(0), Decimal("-0"), None), 1),
    ],
)
def test_different_decimals_are_counted_by_all_their_digits(values: tuple[Decimal | None, ...], count: int) -> None:
    (column,) = profile_of(_cells(*values, precision=38, scale=3).to_frame("n"), kinds={"n": Kind.DECIMAL}).columns
    assert column.distinct is not None
    assert (column.distinct.count, column.distinct.is_exact) == (count, True)


@pytest.mark.parametrize("small_rows", [50_000, 0])
def test_one_value_is_one_whatever_the_scales_of_its_batches(small_rows: int) -> None:
    batches = [
        pl.DataFrame({"n": _cells(Decimal(WIDE), Decimal("1.5"), precision=38, scale=scale)}) for scale in (2, 10, 12)
    ]
    states = [state_of(batch, kinds={"n": Kind.DECIMAL}, small_rows=small_rows) for batch in batches]
    profile = states[0].combine(states[1]).combine(states[2]).profile()
    assert profile.columns[0].distinct is not None
    assert profile.columns[0].distinct.count == 2
    assert profile.duplicates is not None
    assert profile.duplicates.duplicate_count == 4
