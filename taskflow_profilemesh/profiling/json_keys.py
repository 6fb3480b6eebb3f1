"""Which keys the objects of a JSON column have at their top, as shares of a sample of 128 documents.

A share p of n documents has a standard error of √(p (1 - p) / n), 4.4 % at most. Keys are names, and are kept as they
are, up to 64 characters and 64 of an object; no value behind a key is.
"""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Final

from taskflow_profilemesh.profiling.looks import JsonKey, JsonKeys

if TYPE_CHECKING:
    from collections.abc import Iterable

    from taskflow_profilemesh.profiling.precision import Precision

MOST_KEYS: Final = 20
LONGEST_KEY: Final = 64
LONGEST_DOCUMENT: Final = 4096  # characters; a longer one is not read
MOST_OF_AN_OBJECT: Final = 64


def top_keys(text: str) -> tuple[str, ...] | None:
    """Return the keys at the top of a JSON object, sorted; None of anything else."""
    if len(text) > LONGEST_DOCUMENT:
        return None
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(document, dict):
        return None
    return tuple(sorted({key[:LONGEST_KEY] for key in document})[:MOST_OF_AN_OBJECT])


def describe_keys(sample: Iterable[tuple[tuple[str, ...] | None, int]], *, precision: Precision) -> JsonKeys | None:
    """Return the keys of sampled documents, each with the number of rows that it stands for; None without any."""
    found: Counter[str] = Counter()
    documents = objects = 0
    for keys, rows in sample:
        documents += rows
        if keys is not None:
            objects += rows
            for key in keys:
                found[key] += rows
    if not documents:
        return None
    frequent = sorted(found.items(), key=lambda item: (-item[1], item[0]))[:MOST_KEYS]
    return JsonKeys(
        keys=tuple(JsonKey(key, rows / documents) for key, rows in frequent),
        object_ratio=objects / documents,
        sampled_rows=documents,
        precision=precision,
    )
