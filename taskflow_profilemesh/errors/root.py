"""The root of the tree: how an error is made of a sentence, facts and advice."""

from __future__ import annotations

from dataclasses import dataclass, fields
from difflib import get_close_matches
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from collections.abc import Sequence


def nearest(wanted: str, known: Sequence[str], *, most: int = 3) -> tuple[str, ...]:
    """Return up to `most` of the `known` names that look like `wanted`, the likeliest first."""
    folded = {name.casefold(): name for name in known}
    return tuple(folded[match] for match in get_close_matches(wanted.casefold(), folded, n=most, cutoff=0.5))


@dataclass(eq=False, kw_only=True)
class ProfileMeshError(Exception):
    """The root: catch this to catch everything that this package raises on purpose."""

    retryable: ClassVar[bool] = False
    what: ClassVar[str] = "Something went wrong"
    advice: ClassVar[str] = "See the error below it."

    def __str__(self) -> str:
        """Say what happened, the facts, and what to do."""
        facts = ", ".join(f"{name}={_shown(value)}" for name, value in self.facts().items())
        return f"{self.what} ({facts}). {self.hint()}" if facts else f"{self.what}. {self.hint()}"

    def facts(self) -> dict[str, Any]:
        """Return the known facts by name; unknown ones (None, empty) are left out."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value for name, value in values.items() if value is not None and value != ()}

    def hint(self) -> str:
        """Return what to do; a class that knows more than its `advice` says it here."""
        return self.advice

    def __reduce__(self) -> tuple[Any, ...]:
        """Survive pickling: the fields are keyword-only, which `Exception` does not expect."""
        return partial(type(self), **{field.name: getattr(self, field.name) for field in fields(self)}), ()


def _shown(value: object) -> str:
    if isinstance(value, tuple):
        return "[" + ", ".join(repr(str(item)) for item in value) + "]"
    return repr(value) if isinstance(value, str) else str(value)
