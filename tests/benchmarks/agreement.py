"""How far two profiles of the same rows agree that were made in different ways."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace

import numpy as np

from taskflow_profilemesh.profiling import ColumnProfile, TableProfile
from taskflow_profilemesh.storage import open_store
from tests.laws.test_table_merge_law import same_exact_values


def newest_profile(store_url: str) -> TableProfile:
    """Return the last profile that was stored of the only table in the store."""
    with closing(open_store(store_url)) as store:
        ((source, table),) = store.tables()
        stored = store.load(store.history(source, table, limit=1)[0].profile_id)
    assert stored is not None
    return stored.profile


def disagreeing(one: TableProfile, other: TableProfile) -> list[str]:
    """Return the columns whose exact numbers are not the same, and `row_count` if that is not.

    How fresh a column is depends on when one looked, so only the range of its dates is compared.
    """
    columns = zip(one.columns, other.columns, strict=True)
    differing = [left.schema.name for left, right in columns if not _agree(left, right)]
    return differing if one.row_count == other.row_count else ["row_count", *differing]


def widest_gap(one: TableProfile, other: TableProfile) -> float:
    """Return the widest gap (0 to 1) between the two distributions of a column, over all columns.

    Between two of its points a distribution is taken for a straight line.
    """
    gaps = [0.0]
    for left, right in zip(one.columns, other.columns, strict=True):
        if left.distribution is not None and right.distribution is not None:
            expected = np.interp(
                left.distribution.points, right.distribution.points, right.distribution.cumulative_ratio
            )
            gaps.append(float(np.abs(expected - left.distribution.cumulative_ratio).max()))
    return max(gaps)


def _agree(one: ColumnProfile, other: ColumnProfile) -> bool:
    spans = [column.time_span.range_seconds if column.time_span else None for column in (one, other)]
    try:
        same_exact_values(replace(one, time_span=None), replace(other, time_span=None))
    except AssertionError:
        return False
    return spans[0] == spans[1]
