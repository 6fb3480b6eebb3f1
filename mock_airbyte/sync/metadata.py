"""Airbyte's four metadata columns, put in front of a batch, and the destination's limits applied to it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from mock_airbyte.destinations.protocol import EXTRACTED_AT, GENERATION, META, RAW_ID
from mock_airbyte.sources.protocol import Batch
from mock_airbyte.types import AirbyteType

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mock_airbyte.sources.protocol import Stream

_HEX = np.frombuffer(b"0123456789abcdef", dtype=np.uint8)
_ID_LENGTH = 36
_DASHES = (8, 13, 18, 23)
_HEX_PLACES = [place for place in range(_ID_LENGTH) if place not in _DASHES]
_VERSION_PLACE, _VARIANT_PLACE = 14, 19


@dataclass(frozen=True, slots=True)
class Stamp:
    """What every row of one stream in one sync is stamped with."""

    sync_id: int
    extracted_at: datetime
    generation: int
    random: np.random.Generator


def stamped(batch: Batch, stamp: Stamp, names: Mapping[str, str]) -> pl.DataFrame:
    """Return the batch with its metadata columns in front and its columns under their destination's names."""
    height = batch.frame.height
    metadata = pl.DataFrame(
        {
            RAW_ID: _raw_ids(stamp.random, height),
            EXTRACTED_AT: pl.repeat(stamp.extracted_at, height, dtype=pl.Datetime("us", "UTC"), eager=True),
            META: _meta(batch, stamp.sync_id),
            GENERATION: pl.repeat(stamp.generation, height, dtype=pl.Int64, eager=True),
        }
    )
    return pl.concat([metadata, batch.frame.rename(dict(names))], how="horizontal")


def limited(batch: Batch, stream: Stream, *, largest_number: float) -> Batch:
    """Make numbers null that the destination cannot hold, and mark them as misfits."""
    misfits = dict(batch.misfits)
    frame = batch.frame
    for column in stream.columns:
        if column.type is not AirbyteType.NUMBER:
            continue
        too_large = (frame[column.name].abs() >= largest_number).fill_null(value=False)
        if too_large.any():
            frame = frame.with_columns(frame[column.name].set(too_large, None))
            misfits[column.name] = misfits.get(column.name, too_large) | too_large
    return Batch(frame, misfits)


def _raw_ids(random: np.random.Generator, count: int) -> pl.Series:
    """Return random version-4 UUIDs, made all at once: a million by Python's own take three seconds."""
    digits = random.integers(0, 16, size=(count, len(_HEX_PLACES)), dtype=np.uint8)
    texts = np.full((count, _ID_LENGTH), ord("-"), dtype=np.uint8)
    texts[:, _HEX_PLACES] = _HEX[digits]
    texts[:, _VERSION_PLACE] = ord("4")
    texts[:, _VARIANT_PLACE] = _HEX[8 + (random.integers(0, 4, size=count, dtype=np.uint8))]
    return pl.Series(RAW_ID, texts.view(f"S{_ID_LENGTH}").ravel(), dtype=pl.Binary).cast(pl.String)


def _meta(batch: Batch, sync_id: int) -> pl.Series:
    texts = pl.repeat(_meta_text(sync_id, []), batch.frame.height, dtype=pl.String, eager=True)
    if not batch.misfits:
        return texts
    masks = pl.DataFrame([mask.alias(name) for name, mask in batch.misfits.items()])
    changed = masks.with_row_index("_row").filter(pl.any_horizontal(pl.col(list(batch.misfits))))
    rows = changed["_row"]
    described = [
        _meta_text(sync_id, [name for name in batch.misfits if row[name]])
        for row in changed.drop("_row").iter_rows(named=True)
    ]
    return texts.scatter(rows, pl.Series(described, dtype=pl.String))


def _meta_text(sync_id: int, fields: list[str]) -> str:
    changes = [{"field": field, "change": "NULLED", "reason": "DESTINATION_SERIALIZATION_ERROR"} for field in fields]
    return json.dumps({"sync_id": sync_id, "changes": changes}, separators=(",", ":"))
