"""States as bytes and back, to the last bit: frozen dataclasses of arrays and plain values, whatever they are.

It stands alone because a saved state must hold nothing but what its reader expects: a class that is not in the caller's
list is refused in both directions, so that bytes never choose what is built (as a pickle's do). A new state class is
one more name in that list.

The bytes: a line that says what they are, then, compressed, the length of a JSON document, the document, and the arrays
that it refers to by number. Arrays are stored by significance (all highest bytes first), ascending integers as
differences, which halves them.
"""

from __future__ import annotations

import json
import math
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass
from enum import Enum
from hashlib import sha256
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

MAGIC: Final = b"profilemesh state\n"

_TAG: Final = "$"
_LENGTH_BYTES: Final = 8
_LEVEL: Final = 1  # the highest one saves another 2 % for twice the time
_ALLOWED: Final = frozenset({"<u8", "<i8", "<f8", "<u4", "<i4", "<f4", "|u1", "|b1"})


def pack(document: Mapping[str, Any], value: object, classes: Sequence[type]) -> bytes:
    """Return a JSON document and a value built of `classes` as bytes.

    Raises TypeError for what cannot be kept without loss: a class that is not in the list, an array of objects.
    """
    writer = _Writer({one.__name__: one for one in classes})
    whole = {"document": dict(document), "value": writer.written(value), "arrays": writer.kinds}
    text = json.dumps(whole, allow_nan=False, separators=(",", ":")).encode()
    body = b"".join([len(text).to_bytes(_LENGTH_BYTES, "little"), text, *writer.blobs])
    return MAGIC + zlib.compress(body, _LEVEL)


def unpack_document(data: bytes) -> tuple[dict[str, Any], Unread]:
    """Return the document in the bytes, and its value unread; raises ValueError for damaged bytes."""
    if not data.startswith(MAGIC):
        message = "it does not begin as a state does"
        raise ValueError(message)
    try:
        body = zlib.decompress(data[len(MAGIC) :])
        end = _LENGTH_BYTES + int.from_bytes(body[:_LENGTH_BYTES], "little")
        whole = json.loads(body[_LENGTH_BYTES:end])
        return whole["document"], Unread(whole["value"], whole["arrays"], body[end:])
    except (zlib.error, ValueError, LookupError, TypeError) as error:
        message = f"its bytes are damaged ({type(error).__name__})"
        raise ValueError(message) from error


@dataclass(frozen=True, slots=True, eq=False)
class Unread:
    """A packed value that nobody has looked at yet."""

    value: object
    kinds: Sequence[Sequence[Any]]
    blobs: bytes

    def read(self, classes: Sequence[type]) -> object:
        """Return the value, built of nothing but `classes`; raises ValueError for damaged bytes."""
        try:
            return _Reader({one.__name__: one for one in classes}, self._arrays()).read(self.value)
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
            message = f"its bytes are damaged ({type(error).__name__})"
            raise ValueError(message) from error

    def _arrays(self) -> list[NDArray[Any]]:
        arrays, start = [], 0
        for dtype, shape, ascends in self.kinds:
            size = math.prod(shape) * _dtype(dtype).itemsize
            arrays.append(_from_blob(self.blobs[start : start + size], _dtype(dtype), shape, ascends=ascends))
            start += size
        if start != len(self.blobs):
            message = "bytes are left over"
            raise ValueError(message)
        return arrays


def shape_of(classes: Sequence[type]) -> str:
    """Return what stands for the classes' fields: it changes as soon as one gains, loses or retypes a field."""
    drawn = sorted(
        (one.__name__, [(part.name, str(part.type)) for part in fields(one)]) for one in classes if is_dataclass(one)
    )
    return sha256(json.dumps(drawn).encode()).hexdigest()[:16]


@dataclass
class _Writer:
    classes: Mapping[str, type]
    kinds: list[tuple[str, tuple[int, ...], bool]] = field(default_factory=list)
    blobs: list[bytes] = field(default_factory=list)

    def written(self, value: object) -> object:
        match value:
            case Enum():
                return {_TAG: self._named(value), "value": value.value}
            case None | bool() | int() | str():
                return value
            case float():
                return float(value) if math.isfinite(value) else {_TAG: "float", "value": repr(float(value))}
            case tuple():
                return [self.written(item) for item in value]
            case _:
                return self._composed(value)

    def _composed(self, value: object) -> object:
        if isinstance(value, np.ndarray):
            return {_TAG: "array", "at": self._kept(value)}
        if isinstance(value, Mapping):  # by hash
            keys = self._kept(np.fromiter(value.keys(), np.uint64, len(value)))
            return {_TAG: "mapping", "at": keys, "values": [self.written(item) for item in value.values()]}
        if not is_dataclass(value):
            message = f"a state cannot hold a {type(value).__name__}"
            raise TypeError(message)
        parts = {part.name: self.written(getattr(value, part.name)) for part in fields(value)}
        return {_TAG: self._named(value), "fields": parts}

    def _named(self, value: object) -> str:
        name = type(value).__name__
        if self.classes.get(name) is not type(value):
            message = f"{name} is not among the classes of states: name it where they are listed"
            raise TypeError(message)
        return name

    def _kept(self, array: NDArray[Any]) -> int:
        plain = np.ascontiguousarray(array.astype(array.dtype.newbyteorder("<"), copy=False))
        ascends = bool(
            plain.dtype.kind in "ui" and plain.ndim == 1 and len(plain) > 1 and np.all(plain[1:] >= plain[:-1])
        )
        self.kinds.append((_dtype(plain.dtype.str).str, plain.shape, ascends))
        self.blobs.append(_blob(plain, ascends=ascends))
        return len(self.kinds) - 1


@dataclass
class _Reader:
    classes: Mapping[str, type]
    arrays: Sequence[NDArray[Any]]

    def read(self, value: Any) -> Any:  # noqa: ANN401 -- walks any value of a state
        if isinstance(value, list):
            return tuple(self.read(item) for item in value)
        return self._composed(value) if isinstance(value, dict) else value

    def _composed(self, value: Mapping[str, Any]) -> Any:  # noqa: ANN401 -- builds any value of a state
        match value[_TAG]:
            case "float":
                return float(value["value"])
            case "array":
                return self.arrays[value["at"]]
            case "mapping":
                keys = self.arrays[value["at"]].tolist()
                return dict(zip(keys, (self.read(item) for item in value["values"]), strict=True))
            case name if "fields" in value:
                return self.classes[name](**{part: self.read(item) for part, item in value["fields"].items()})
            case name:
                return self.classes[name](value["value"])


def _dtype(name: str) -> np.dtype[Any]:
    if name not in _ALLOWED:
        message = f"a state cannot hold an array of {name}"
        raise TypeError(message)
    return np.dtype(name)


def _blob(array: NDArray[Any], *, ascends: bool) -> bytes:
    """Return an array's bytes by significance; of ascending integers those of the first and the differences."""
    if ascends:
        array = np.diff(array, prepend=array.dtype.type(0))
    return array.reshape(-1, 1).view(np.uint8).T.tobytes() if array.size else b""


def _from_blob(blob: bytes, dtype: np.dtype[Any], shape: Sequence[int], *, ascends: bool) -> NDArray[Any]:
    shuffled = (
        np.frombuffer(blob, np.uint8).reshape(dtype.itemsize, -1) if blob else np.empty((dtype.itemsize, 0), np.uint8)
    )
    array: NDArray[Any] = np.ascontiguousarray(shuffled.T).view(dtype).reshape(shape)
    return np.cumsum(array, dtype=dtype) if ascends else array
