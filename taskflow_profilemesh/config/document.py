"""What a config says, before anyone knows whether it is right: plain data, and where each part of it stands."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from taskflow_profilemesh.errors import InvalidConfig

Place = tuple[str | int, ...]
"""The way to a part of a config: keys of mappings, and positions in lists (from 0)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """The data of a config. `path`: its file, None for a mapping that was passed in place, which has no lines.

    `line_of` returns the line (from 1) of a place, or of the nearest part of the way to it that exists. `elsewhere`:
    places whose values do not come from the file, with where they come from and what they are called there.
    """

    data: object = field(repr=False)
    path: str | None = None
    line_of: Callable[[Place], int | None] = field(default=lambda _: None, repr=False)
    elsewhere: Mapping[Place, tuple[str, str]] = field(default_factory=dict, repr=False)

    def complaint(
        self, place: Place, *, expected: str, got: str | None = None, nearest: str | None = None
    ) -> InvalidConfig:
        """Return the error that says what is wrong at a place. `got` must never be a value, which may be a secret."""
        for length in range(len(place), 0, -1):
            if (said := self.elsewhere.get(place[:length])) is not None:
                inner = written(place[length:])
                key = f"{said[1]}: {inner}" if inner else said[1]
                return InvalidConfig(path=said[0], key=key, got=got, expected=expected, nearest=nearest)
        return InvalidConfig(
            path=self.path,
            line=self.line_of(place),
            key=written(place) or None,
            got=got,
            expected=expected,
            nearest=nearest,
        )


def written(place: Place) -> str:
    """Return a place as people write it: `profiling.tables[0].sample`."""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in place).removeprefix(".")
