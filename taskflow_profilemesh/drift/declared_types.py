"""Reading a declared type: its name, its arguments, and whether another one can hold everything that it holds.

The catalog's own words ("numeric(12,2)", "character varying(4)", "timestamp(6) with time zone", "int unsigned").
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_ARGUMENTS = re.compile(r"\(\s*(\d+)\s*(?:,\s*(\d+)\s*)?\)")

_FAMILIES: Final = (  # each holds all values of the ones before it; names in one group are one type
    (("tinyint",), ("smallint", "int2"), ("mediumint",), ("integer", "int", "int4"), ("bigint", "int8")),
    (("real", "float4", "float"), ("double precision", "double", "float8")),
    (("character", "char", "bpchar"), ("character varying", "varchar"), ("text",)),
    (("json",), ("text",)),
)
_TWO = 2


@dataclass(frozen=True, slots=True)
class DeclaredType:
    """A type's name in small letters without its arguments, and these: lengths, or precision and scale."""

    name: str
    arguments: tuple[int, ...] = ()

    @classmethod
    def parse(cls, text: str) -> DeclaredType:
        """Read any text; arguments that are no numbers stay in the name."""
        folded = " ".join(text.casefold().split())
        found = _ARGUMENTS.search(folded)
        if found is None:
            return cls(folded)
        name = " ".join((folded[: found.start()] + folded[found.end() :]).split())
        return cls(name, tuple(int(argument) for argument in found.groups() if argument is not None))

    def fits_into(self, other: DeclaredType) -> bool:
        """Tell whether every value of this type is also one of `other`; False where that is not known."""
        ranks = _ranks(self.name, other.name)
        return ranks is not None and ranks[0] <= ranks[1] and _not_narrower(self.arguments, other.arguments)


def _ranks(*names: str) -> tuple[int, ...] | None:
    """Return the place of each name in the family that they share, or None where they share none."""
    if len(set(names)) == 1:
        return (0,) * len(names)
    for family in _FAMILIES:
        ranks = tuple(rank for name in names for rank, group in enumerate(family) if name in group)
        if len(ranks) == len(names):
            return ranks
    return None


def _not_narrower(before: tuple[int, ...], after: tuple[int, ...]) -> bool:
    """Tell whether arguments hold at least as much; none at all hold everything."""
    if not after or before == after:
        return True
    if not before:
        return False
    (digits, scale), (new_digits, new_scale) = _digits(before), _digits(after)
    return new_digits >= digits and new_scale >= scale


def _digits(arguments: tuple[int, ...]) -> tuple[int, int]:
    """Return how many digits (or characters) stand before the point, and how many after it."""
    return (arguments[0] - arguments[1], arguments[1]) if len(arguments) == _TWO else (arguments[0], 0)
