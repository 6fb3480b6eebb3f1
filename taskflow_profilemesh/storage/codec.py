"""A table's profile as a JSON document and as bytes, and back, without loss.

Pure: it stands alone because a stored profile outlives the code that wrote it. The document follows the fields of the
profile values; a field that has its default is left out, so a field that is added later reads back as its default from
older documents. A scalar that JSON has no word for is tagged: `{"$": "decimal", "value": "1.20"}`. The document is
strict JSON: it never holds NaN or infinity.

`SCHEMA_VERSION` says how to read a document. It goes up with every change of the profile values' fields, so that older
code refuses a document instead of dropping what it does not know; a version whose older documents need more than
defaults gets a step in `_upgraded`.
"""

from __future__ import annotations

import json
import math
import zlib
from dataclasses import MISSING, fields, is_dataclass
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from functools import cache, partial
from operator import attrgetter
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Any, Final, TypeAlias, get_args, get_origin, get_type_hints

from taskflow_profilemesh.errors import StoreTooNew
from taskflow_profilemesh.profiling.profile import TableProfile

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

SCHEMA_VERSION: Final = 4
Reader: TypeAlias = "Callable[[Any], Any]"

_WORDS: Final = frozenset({NoneType, bool, int, str})  # classes whose values are JSON as they are
_TAG = "$"
_TAGGED: Final[Mapping[str, tuple[type, Callable[[Any], str], Callable[[str], Any]]]] = {
    "decimal": (Decimal, str, Decimal),
    "datetime": (datetime, datetime.isoformat, datetime.fromisoformat),  # before date: a datetime is one too
    "date": (date, date.isoformat, date.fromisoformat),
    "time": (time, time.isoformat, time.fromisoformat),
    "float": (float, repr, float),  # NaN and ±infinity only
}


def encode_profile(profile: TableProfile) -> dict[str, Any]:
    """Return the profile as a JSON document of the current `SCHEMA_VERSION`."""
    return {"schema_version": SCHEMA_VERSION, "profile": _encoded(profile)}


def decode_profile(document: Mapping[str, Any], *, store: str = "a profile document") -> TableProfile:
    """Return the profile that the document holds; `store` names its origin in errors.

    Raises `StoreTooNew` for a document of a newer version, and `ValueError` for one that is no profile.
    """
    version = document.get("schema_version")
    if not isinstance(version, int) or version < 1:
        message = f"the document has no valid schema_version, but {version!r}"
        raise ValueError(message)
    if version > SCHEMA_VERSION:
        raise StoreTooNew(store=store, found_version=version, known_version=SCHEMA_VERSION)
    try:
        profile = _reader(TableProfile)(document["profile"])
    except (ArithmeticError, AttributeError, LookupError, TypeError) as error:
        message = f"the document holds no profile ({type(error).__name__})"
        raise ValueError(message) from error
    if not isinstance(profile, TableProfile):
        message = f"the document holds no profile, but a {type(profile).__name__}"
        raise ValueError(message)  # noqa: TRY004 -- a damaged document is wrong data, not a caller's wrong type
    return profile


def pack(document: Mapping[str, Any]) -> bytes:
    """Return a JSON document as compressed bytes; raises `ValueError` for NaN and infinity."""
    return zlib.compress(json.dumps(document, allow_nan=False, separators=(",", ":")).encode())


def unpack(data: bytes) -> dict[str, Any]:
    """Return the JSON document in the bytes; raises `ValueError` for bytes that `pack` did not make."""
    try:
        document = json.loads(zlib.decompress(data))
    except zlib.error as error:
        message = f"the bytes are no compressed document ({error})"
        raise ValueError(message) from error
    if not isinstance(document, dict):
        message = f"the bytes hold no document, but a {type(document).__name__}"
        raise ValueError(message)  # noqa: TRY004 -- damaged bytes are wrong data, not a caller's wrong type
    return document


def _encoded(value: object) -> object:
    kind: Any = type(value)
    return value if kind in _WORDS else _writer(kind)(value)


@cache
def _writer(kind: Any) -> Callable[[Any], object]:  # noqa: ANN401 -- the class of any of the profile values
    """Return what writes a value of that class; made once, as what `_reader` returns."""
    if issubclass(kind, Enum):
        return attrgetter("value")
    if issubclass(kind, tuple):
        return _write_each
    if issubclass(kind, float):
        return _write_float
    if issubclass(kind, tuple(_WORDS)):
        return _plain
    if is_dataclass(kind):
        return partial(_write_fields, tuple((field.name, field.default) for field in fields(kind)))
    return _tagged


def _write_each(values: tuple[Any, ...]) -> list[object]:
    kinds = set(map(type, values))
    if kinds <= _WORDS or (kinds == {float} and all(map(math.isfinite, values))):
        return list(values)
    return [_encoded(value) for value in values]


def _write_float(value: float) -> object:
    return value if math.isfinite(value) else _tagged(value)


def _write_fields(named: tuple[tuple[str, object], ...], value: object) -> dict[str, object]:
    values = ((name, getattr(value, name), default) for name, default in named)
    return {name: _encoded(held) for name, held, default in values if default is MISSING or held != default}


def _tagged(value: object) -> dict[str, str]:
    for name, (kind, printed, _) in _TAGGED.items():
        if isinstance(value, kind):
            return {_TAG: name, "value": printed(value)}
    message = f"a profile cannot hold a {type(value).__name__}"
    raise TypeError(message)


@cache
def _reader(kind: Any) -> Reader:  # noqa: ANN401 -- the type of any field of the profile values
    """Return what reads a value of that type; made once, because typing's answers cost more than the reading."""
    if get_origin(kind) is UnionType:
        members = [member for member in get_args(kind) if member is not NoneType]
        return _plain if len(members) > 1 else partial(_read_unless_none, _reader(members[0]))
    if get_origin(kind) is tuple:
        return partial(_read_each, _reader(get_args(kind)[0]))
    if is_dataclass(kind):
        hints = get_type_hints(kind)
        return partial(_build, kind, {field.name: _reader(hints[field.name]) for field in fields(kind)})
    return partial(_read_label, kind) if issubclass(kind, Enum) else _plain


def _plain(value: Any) -> Any:  # noqa: ANN401 -- a scalar, tagged or not
    return _TAGGED[value[_TAG]][2](value["value"]) if isinstance(value, dict) else value


def _read_unless_none(read: Reader, value: Any) -> Any:  # noqa: ANN401 -- what the reader reads
    return None if value is None else read(value)


def _read_each(read: Reader, values: Any) -> tuple[Any, ...]:  # noqa: ANN401 -- what the reader reads
    return tuple(values) if read is _plain and dict not in set(map(type, values)) else tuple(map(read, values))


def _read_label(kind: type[Enum], value: Any) -> Enum:  # noqa: ANN401 -- the value of any enumeration
    return kind(value)


def _build(kind: Any, readers: Mapping[str, Reader], value: Mapping[str, Any]) -> Any:  # noqa: ANN401 -- builds any of the profile values
    return kind(**{name: readers[name](item) for name, item in value.items()})
