"""The law has teeth: a `combine` that is broken on purpose turns the law of its state red."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from typing import Any

import pytest

from taskflow_profilemesh import profiling
from taskflow_profilemesh.profiling.boolean_column import BooleanStatistics
from taskflow_profilemesh.profiling.columns import ColumnState
from taskflow_profilemesh.profiling.counts import CountState
from taskflow_profilemesh.profiling.decimal_totals import DecimalState
from taskflow_profilemesh.profiling.distinct import DistinctState
from taskflow_profilemesh.profiling.extremes import ExtremeState
from taskflow_profilemesh.profiling.heavy_hitters import HeavyHitterState
from taskflow_profilemesh.profiling.lengths import LengthState
from taskflow_profilemesh.profiling.moments import MomentState
from taskflow_profilemesh.profiling.null_pairs import NullPairState
from taskflow_profilemesh.profiling.number_column import NumberStatistics
from taskflow_profilemesh.profiling.order import OrderState
from taskflow_profilemesh.profiling.ranks import RankState
from taskflow_profilemesh.profiling.row_sample import RowSample
from taskflow_profilemesh.profiling.rows import RowState
from taskflow_profilemesh.profiling.saved_state import SavedState
from taskflow_profilemesh.profiling.special_values import SpecialValueState
from taskflow_profilemesh.profiling.sync_signals import SignalState
from taskflow_profilemesh.profiling.table import TableState
from taskflow_profilemesh.profiling.text_column import TextStatistics
from taskflow_profilemesh.profiling.totals import TotalState
from taskflow_profilemesh.profiling.truths import TruthState
from tests.laws import test_merge_law, test_row_law, test_saved_states, test_table_merge_law

LAWS: dict[type, Callable[[], None]] = {
    CountState: test_merge_law.test_counts_obey_the_law,
    DecimalState: test_merge_law.test_decimal_totals_obey_the_law,
    DistinctState: test_merge_law.test_distinct_states_obey_the_law_to_the_last_bit,
    ExtremeState: test_merge_law.test_extremes_obey_the_law,
    HeavyHitterState: test_merge_law.test_heavy_hitters_obey_the_law_within_their_error,
    LengthState: test_merge_law.test_lengths_obey_the_law,
    MomentState: test_merge_law.test_moments_obey_the_law,
    NullPairState: test_row_law.test_null_pairs_obey_the_law,
    OrderState: test_row_law.test_orders_obey_the_law_by_forgetting,
    RankState: test_merge_law.test_ranks_obey_the_law_within_their_bound,
    RowSample: test_row_law.test_row_samples_obey_the_law_to_the_last_bit,
    RowState: test_row_law.test_rows_obey_the_law_to_the_last_bit,
    SavedState: test_saved_states.test_saved_decimals_obey_the_law_from_wherever_they_are_known,
    SignalState: test_row_law.test_signals_obey_the_law,
    SpecialValueState: test_merge_law.test_special_values_obey_the_law,
    TotalState: test_merge_law.test_totals_obey_the_law,
    TruthState: test_merge_law.test_truths_obey_the_law,
    BooleanStatistics: test_table_merge_law.test_tables_obey_the_law,
    ColumnState: test_table_merge_law.test_tables_obey_the_law,
    NumberStatistics: test_table_merge_law.test_tables_obey_the_law,
    TextStatistics: test_table_merge_law.test_tables_obey_the_law,
    TableState: test_table_merge_law.test_tables_obey_the_law,
}


@pytest.mark.parametrize("state", LAWS, ids=lambda state: state.__name__)
@pytest.mark.parametrize("kept", ["left", "right"])
def test_a_combine_that_forgets_a_side_breaks_the_law(state: type, kept: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(one: Any, other: Any) -> Any:
        return one if kept == "left" else other

    monkeypatch.setattr(state, "combine", broken)
    with pytest.raises((AssertionError, ArithmeticError)):  # counts that contradict each other may divide by zero
        LAWS[state]()


def test_no_state_is_without_a_law() -> None:
    found = set()
    for module in pkgutil.iter_modules(profiling.__path__):
        namespace = vars(importlib.import_module(f"{profiling.__name__}.{module.name}"))
        states = (one for one in namespace.values() if isinstance(one, type) and "combine" in vars(one))
        found |= {state.__name__ for state in states if state.__module__.startswith(profiling.__name__)}
    assert found - {"Statistics"} == {state.__name__ for state in LAWS}
