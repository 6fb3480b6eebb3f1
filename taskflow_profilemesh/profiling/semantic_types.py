"""What the texts of a column are: addresses, moments, numbers written as text; decided from the sample of rows.

A type is told when 95 % of the sampled values (at least 10) are of it, and only types that a text either is or is not:
no phone numbers, no codes of countries. Of n values a share of 95 % has a standard error of √(0.0475 / n), 1.4 % for
256.
"""

from __future__ import annotations

import ipaddress
import json
import re
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

from taskflow_profilemesh.profiling.looks import SemanticType

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

LEAST_RATIO: Final = 0.95
LEAST_ROWS: Final = 10
NULL: Final = 255  # the code of no text; 0 is that of a text of no type, others count the types from 1

_UUID_LENGTH: Final = 36
_LONGEST: Final = 4096  # characters; what is longer is of no type
_LABEL: Final = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_DAY: Final = r"\d{4}-\d\d-\d\d"
_FORMS: Final[Mapping[SemanticType, str]] = {
    SemanticType.INTEGER: r"[+-]?(?:0|[1-9]\d*)",
    SemanticType.DECIMAL: r"[+-]?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?",
    SemanticType.DATE: _DAY,
    SemanticType.DATETIME: rf"{_DAY}[T ]\d\d:\d\d\S{{0,24}}",
    SemanticType.UUID: r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}",
    SemanticType.IP_ADDRESS: r"[0-9A-Fa-f]{0,4}[.:][0-9A-Fa-f:.]{1,40}(?:/\d{1,3})?",
    SemanticType.JSON: r"\s*[\[{].*[\]}]\s*",
    SemanticType.URL: r"[A-Za-z][A-Za-z0-9+.-]*://[^\s/]\S*",
    SemanticType.EMAIL: rf"[A-Za-z0-9.!#$%&'*+/=?^_`{{|}}~-]{{1,64}}@(?:{_LABEL}\.)+[A-Za-z]{{2,63}}",
}
TYPES: Final = tuple(_FORMS)  # by code, from 1
_CODES: Final = {kind: code for code, kind in enumerate(TYPES, start=1)}
_WORDS: Final = re.compile(r"[A-Za-z][^@:\0]*(?:\0[A-Za-z][^@:\0]*)*")  # as a text of no type begins and goes on
_ALIKE: Final = (SemanticType.UUID, SemanticType.EMAIL)  # are of no other type, and nothing of them is parsed
_COLUMNS: Final = re.compile("|".join(rf"({form}(?:\0{form})*)" for form in map(_FORMS.__getitem__, _ALIKE)), re.ASCII)
_ANY: Final = re.compile("|".join(f"({form})" for form in _FORMS.values()), re.DOTALL | re.ASCII)


def type_codes(texts: Sequence[str]) -> list[int]:
    """Return the code of each text's type; columns of words, of UUIDs and of addresses are looked at in one pass."""
    joined = "\0".join(texts)
    if _WORDS.fullmatch(joined) and _UUID_LENGTH not in map(len, texts):
        return [0] * len(texts)
    alike = _COLUMNS.fullmatch(joined)
    if alike and alike.lastindex and joined.count("\0") < len(texts) and max(map(len, texts)) <= _LONGEST:
        return [_CODES[_ALIKE[alike.lastindex - 1]]] * len(texts)
    return [type_code(text) for text in texts]


def type_code(text: str | None) -> int:
    """Return the code of a text's type: of its narrowest, since an integer is a decimal, too."""
    if text is None:
        return NULL
    if text[:1].isalpha() and len(text) != _UUID_LENGTH and "@" not in text and ":" not in text:
        return 0  # most texts of most columns: a word
    found = _ANY.fullmatch(text) if len(text) <= _LONGEST else None
    if found is None or found.lastindex is None:
        return 0
    parse = _PARSERS.get(TYPES[found.lastindex - 1])
    return found.lastindex if parse is None or _parses(text, parse) else 0


def semantic_type(codes: NDArray[np.uint8], weights: NDArray[np.int64]) -> tuple[SemanticType, float] | None:
    """Return the type of a column's sampled texts and its share of them, or None when unsure.

    Each code stands for `weights` rows; those of nulls do not count.
    """
    rows = {code: int(weights[codes == code].sum()) for code in set(codes.tolist()) - {NULL}}
    total = sum(rows.values())
    if total < LEAST_ROWS:
        return None
    integers, decimals = _CODES[SemanticType.INTEGER], _CODES[SemanticType.DECIMAL]
    if rows.get(decimals):  # then the integers among them are decimals that happen to be whole
        rows[decimals] += rows.pop(integers, 0)
    code, most = max(rows.items(), key=lambda item: (item[1], item[0]))
    return (TYPES[code - 1], most / total) if code and most >= LEAST_RATIO * total else None


def _parses(text: str, parse: Callable[[str], Any]) -> bool:
    try:
        parse(text)
    except (ValueError, RecursionError):
        return False
    return True


_PARSERS: Final[Mapping[SemanticType, Callable[[str], Any]]] = {
    SemanticType.DATE: date.fromisoformat,
    SemanticType.DATETIME: datetime.fromisoformat,
    SemanticType.IP_ADDRESS: ipaddress.ip_interface,
    SemanticType.JSON: json.loads,
}
