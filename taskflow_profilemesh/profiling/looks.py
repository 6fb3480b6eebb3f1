"""What the texts of a column look like, as a profile says it: always from a sample of the rows, unless marked exact."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from taskflow_profilemesh.profiling.precision import Precision


class SemanticType(StrEnum):
    """What nearly all texts of a column are."""

    UUID = "uuid"
    EMAIL = "email"
    URL = "url"
    IP_ADDRESS = "ip_address"  # version 4 or 6, with or without the length of a prefix
    DATE = "date"  # ISO 8601, a day of the calendar
    DATETIME = "datetime"  # ISO 8601 or with a space between date and time
    INTEGER = "integer"  # without leading zeros, which only codes have
    DECIMAL = "decimal"  # a decimal point in some of them at least
    JSON = "json"  # an object or an array


@dataclass(frozen=True, slots=True)
class Looks:
    """The semantic type of a text column, and the shapes of its values.

    A shape has `9` for a run of digits and `a` for a run of letters; all else stands as it is.
    """

    semantic_type: SemanticType | None  # None: fewer than 95 % of the sampled values agree, or too few were sampled
    semantic_ratio: float | None  # share (0.95 to 1) of the sampled values that are of the type
    shapes: tuple[Shape, ...]  # the most frequent first, at most three
    sampled_rows: int  # that hold a value
    precision: Precision = Precision.SAMPLED


@dataclass(frozen=True, slots=True)
class Shape:
    """A form that texts have in common."""

    form: str  # "a-9", at most 64 characters
    ratio: float  # share (0 to 1) of the values whose shape was looked at


@dataclass(frozen=True, slots=True)
class JsonKey:
    """A key at the top of JSON objects."""

    key: str  # at most 64 characters
    ratio: float  # share (0 to 1] of the sampled documents that have it


@dataclass(frozen=True, slots=True)
class JsonKeys:
    """The top-level keys of a JSON column."""

    keys: tuple[JsonKey, ...]  # the most frequent first, at most 20
    object_ratio: float | None  # share (0 to 1) of the sampled documents that are objects; None without any
    sampled_rows: int  # that hold a document; one beyond 4,096 characters counts as no object
    precision: Precision = Precision.SAMPLED
