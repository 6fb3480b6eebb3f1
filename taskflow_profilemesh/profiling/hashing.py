"""Hash values to 64 bits, alike in every process: the ground on which the distinct and the frequency sketch stand.

Numbers go through the finalizer of SplitMix64 (Steele, Lea and Flood, 2014), which is a bijection: different numbers
never share a hash, and a number can be read back from its hash, so that a sketch need not keep it. Texts and bytes go
through Polars' own hash, which is stable between processes of one Polars version but promised no further: a state
that outlives its process must carry `HASH_STAMP`, and states of different stamps must never be combined.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from numpy.typing import NDArray

HASH_SEED: Final = 0
HASH_STAMP: Final = f"splitmix64 polars-{pl.__version__} seed-{HASH_SEED} wide-decimals mixed-rows"
HASH_RANGE: Final = 2.0**64

_GAMMA: Final = np.uint64(0x9E3779B97F4A7C15)  # so that 0 does not stay 0
_FIRST: Final = 0xBF58476D1CE4E5B9
_SECOND: Final = 0x94D049BB133111EB
_FIRST_INVERSE: Final = np.uint64(pow(_FIRST, -1, 1 << 64))
_SECOND_INVERSE: Final = np.uint64(pow(_SECOND, -1, 1 << 64))


def hash_numbers(numbers: NDArray[Any]) -> NDArray[np.uint64]:
    """Hash integers or floats; equal numbers of any integer (or of any float) width have equal hashes."""
    wide = numbers.astype(np.float64 if numbers.dtype.kind == "f" else _wide(numbers.dtype), copy=False)
    mixed = wide.view(np.uint64) + _GAMMA
    shifted = mixed >> np.uint64(30)
    mixed ^= shifted
    mixed *= np.uint64(_FIRST)
    mixed ^= np.right_shift(mixed, np.uint64(27), out=shifted)
    mixed *= np.uint64(_SECOND)
    mixed ^= np.right_shift(mixed, np.uint64(31), out=shifted)
    return mixed


def unhash_numbers(hashes: NDArray[np.uint64], *, dtype: type[np.number[Any]]) -> NDArray[Any]:
    """Read back the numbers behind the hashes, as 64-bit numbers of the given type."""
    mixed = (hashes ^ (hashes >> np.uint64(31)) ^ (hashes >> np.uint64(62))) * _SECOND_INVERSE
    mixed = (mixed ^ (mixed >> np.uint64(27)) ^ (mixed >> np.uint64(54))) * _FIRST_INVERSE
    mixed = mixed ^ (mixed >> np.uint64(30)) ^ (mixed >> np.uint64(60))
    numbers: NDArray[Any] = (mixed - _GAMMA).view(dtype)
    return numbers


def hash_texts(texts: pl.Expr) -> pl.Expr:
    """Return the expression that hashes texts or bytes."""
    return texts.hash(HASH_SEED)


def _wide(dtype: np.dtype[Any]) -> type[np.number[Any]]:
    return np.uint64 if dtype == np.uint64 else np.int64
