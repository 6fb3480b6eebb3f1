"""How large a stored profile is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import numpy as np
import polars as pl
import pytest

from taskflow_profilemesh.profiling import ColumnSchema, Kind, TableSchema, TableState
from taskflow_profilemesh.storage.codec import encode_profile, pack
from taskflow_profilemesh.tables import TableRef

_BAR_BYTES = 250_000


@pytest.mark.parametrize("rows", [1_000, 60_000])  # profiled exactly, and by sketches
def test_a_profile_of_200_columns_is_under_250_kb(rows: int) -> None:
    chance = np.random.default_rng(7)
    made: list[tuple[Kind, Callable[[], Any]]] = [
        (Kind.FLOAT, lambda: chance.normal(50, 10, rows)),
        (Kind.INTEGER, lambda: chance.integers(0, 1_000_000, rows)),
        (Kind.TEXT, lambda: [f"word {number}" for number in chance.integers(0, 20, rows)]),
        (Kind.FLOAT, lambda: np.round(chance.normal(50, 10, rows), 2)),
        (Kind.TEXT, lambda: [f"{number:016x}" for number in chance.integers(0, 1 << 62, rows)]),
    ]
    kinds = [made[number % len(made)] for number in range(200)]
    schema = TableSchema(
        TableRef("wide"), tuple(ColumnSchema(f"column_{n}", kind, kind.value) for n, (kind, _) in enumerate(kinds))
    )
    state = TableState.empty(schema)
    state.add(pl.DataFrame({f"column_{number}": values() for number, (_, values) in enumerate(kinds)}))
    profile = state.profile(now=datetime(2026, 1, 1, tzinfo=UTC))
    assert len(profile.columns) == 200
    assert 50_000 < len(pack(encode_profile(profile))) < _BAR_BYTES
