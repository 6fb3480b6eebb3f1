"""Pearson's correlation of pairs of numeric columns, from the sample of rows.

r = Σ w (x - x̄)(y - ȳ) / √(Σ w (x - x̄)² · Σ w (y - ȳ)²) over the rows in which both hold a finite number, each with the
number of rows that it stands for as its weight. Columns are centred and scaled first, so that neither large offsets
nor large units cost digits. Of a sample, the standard error of r is about (1 - r²) / √n.

Told are at most 50 pairs of the first 128 numeric columns, the strongest first: those with |r| ≥ 0.3 that n rows
without any relation hardly show (|r| ≥ 4 / √n).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from taskflow_profilemesh.profiling.facts import Correlation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from taskflow_profilemesh.profiling.precision import Precision

COLUMNS: Final = 128
MOST_PAIRS: Final = 50

_LEAST: Final = 0.3
_SIGMAS: Final = 4.0
_FLAT: Final = 1e-12  # a variance that is this small a part of the squares is rounding


def correlations(
    rows: NDArray[np.float64], weights: NDArray[np.int64], names: Sequence[str], *, precision: Precision
) -> tuple[Correlation, ...]:
    """Return the strongest correlations among the named columns of sampled rows, each of which stands for `weights`."""
    if len(names) < 2 or not len(rows):  # noqa: PLR2004 -- a pair
        return ()
    coefficients, counts = pearson(rows[:, :COLUMNS], weights)
    least = np.maximum(_LEAST, _SIGMAS / np.sqrt(np.maximum(counts, 1)))
    lefts, rights = np.nonzero(np.triu(np.abs(np.nan_to_num(coefficients)) >= least, k=1))
    found = [
        Correlation(
            left=names[left],
            right=names[right],
            coefficient=float(coefficients[left, right]),
            sampled_rows=int(counts[left, right]),
            precision=precision,
        )
        for left, right in zip(lefts.tolist(), rights.tolist(), strict=True)
    ]
    return tuple(sorted(found, key=lambda pair: (-abs(pair.coefficient), pair.left, pair.right))[:MOST_PAIRS])


def pearson(rows: NDArray[np.float64], weights: NDArray[Any]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return r for every pair of columns (NaN where it is not defined), and the weight of the rows behind it."""
    finite = np.isfinite(rows)
    centred = np.where(finite, _scaled(rows, finite), 0.0)
    held = finite.astype(np.float64)
    weighted = held * weights[:, None]
    counts = weighted.T @ held
    some = np.maximum(counts, 1.0)
    sums = (centred * weights[:, None]).T @ held  # of the left column, over the rows that both hold
    squares = (centred**2 * weights[:, None]).T @ held
    products = (centred * weights[:, None]).T @ centred
    spread = squares - sums**2 / some
    spread[spread <= _FLAT * squares] = np.nan
    with np.errstate(invalid="ignore"):
        coefficients = (products - sums * sums.T / some) / np.sqrt(spread * spread.T)
    return np.clip(coefficients, -1.0, 1.0), counts


def _scaled(rows: NDArray[np.float64], finite: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Move each column's middle to about 0 and its largest distance from it to about 1."""
    low = np.min(rows, axis=0, initial=math.inf, where=finite)
    high = np.max(rows, axis=0, initial=-math.inf, where=finite)
    known = low <= high
    low, high = np.where(known, low, 0.0), np.where(known, high, 0.0)
    middle = low / 2 + high / 2
    half = high / 2 - low / 2
    return (rows / 2 - middle[None, :] / 2) / np.where(half > 0, half, 1.0)[None, :]
