"""Describe columns by the sample of rows: the looks of texts, the keys of JSON documents."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from taskflow_profilemesh.profiling.json_keys import describe_keys
from taskflow_profilemesh.profiling.looks import Looks
from taskflow_profilemesh.profiling.precision import Precision
from taskflow_profilemesh.profiling.row_sample import DOCUMENT_KINDS, TEXTS
from taskflow_profilemesh.profiling.semantic_types import NULL, semantic_type
from taskflow_profilemesh.profiling.shapes import frequent_shapes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from taskflow_profilemesh.profiling.looks import JsonKeys
    from taskflow_profilemesh.profiling.row_sample import RowSample
    from taskflow_profilemesh.profiling.schema import Kind


def looks_of(
    kinds: Sequence[Kind], sample: RowSample, weights: NDArray[np.int64], *, precision: Precision
) -> dict[int, Looks | None]:
    """Return the looks of the text columns, by place; `precision` is the sample's, whose rows stand for `weights`."""
    places = [place for place, kind in enumerate(kinds) if kind in TEXTS]
    return {place: _looks(sample, at, weights, precision) for at, place in enumerate(places)}


def keys_of(
    kinds: Sequence[Kind], sample: RowSample, weights: NDArray[np.int64], *, precision: Precision
) -> dict[int, JsonKeys | None]:
    """Return the keys of the JSON columns, likewise."""
    places = [place for place, kind in enumerate(kinds) if kind in DOCUMENT_KINDS]
    return {place: _keys(sample, at, weights, precision) for at, place in enumerate(places)}


def _looks(sample: RowSample, at: int, weights: NDArray[np.int64], precision: Precision) -> Looks | None:
    codes = sample.types[:, at] if len(sample.types) else np.empty(0, np.uint8)
    held = codes != NULL
    rows = int(weights[: len(codes)][held].sum())
    if not rows:
        return None
    kind, ratio = semantic_type(codes, weights[: len(codes)]) or (None, None)
    forms = zip((row[at] for row in sample.shapes), weights[: len(sample.shapes)].tolist(), strict=True)
    return Looks(
        semantic_type=kind,
        semantic_ratio=ratio,
        shapes=frequent_shapes((form, weight) for form, weight in forms if form is not None),
        sampled_rows=rows,
        precision=_precision(precision, sample, len(sample.shapes)),
    )


def _keys(sample: RowSample, at: int, weights: NDArray[np.int64], precision: Precision) -> JsonKeys | None:
    cells = zip((row[at] for row in sample.keys), weights[: len(sample.keys)].tolist(), strict=True)
    held = ((None if isinstance(keys, str) else keys, rows) for keys, rows in cells if keys != "")
    return describe_keys(held, precision=_precision(precision, sample, len(sample.keys)))


def _precision(precision: Precision, sample: RowSample, looked_at: int) -> Precision:
    """Return the precision of what was read from some of the sampled rows."""
    return precision if looked_at == len(sample.hashes) else Precision.SAMPLED
