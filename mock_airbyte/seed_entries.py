"""A seed's entries: their names and ids, what they refer to, and what is said of those that cannot be planted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from mock_airbyte.texts import as_id

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

Entry = Mapping[str, Any]


class BadSeed(ValueError):
    """The file says something that the mock cannot do; the message says where."""


class _Named(Protocol):
    @property
    def name(self) -> str: ...


Thing = TypeVar("Thing", bound=_Named)


def name_of(kind: str, entry: Entry) -> str:
    """Return an entry's name; raises `BadSeed` without one."""
    if not isinstance(entry.get("name"), str):
        message = f"A {kind} of the seed file lacks a name (given={sorted(map(str, entry))})."
        raise BadSeed(message)
    return str(entry["name"])


def id_of(entry: Entry) -> str | None:
    """Return the id that an entry asks for, or None; raises a `Problem` for what is no UUID."""
    return as_id(str(entry["id"])) if entry.get("id") is not None else None


def known(kind: str, entry: Entry, things: Iterable[Thing], id_field: str, before: Collection[str]) -> Thing | None:
    """Return the thing that an entry is about: the one with its id or, where it gives none, with its name.

    None: there is no such thing. Raises `BadSeed` for a name that several have, or that something of the ids `before`
    has while the entry asks for another id.
    """
    everything, wanted = list(things), id_of(entry)
    named = [one for one in everything if one.name == entry.get("name")]
    if wanted is not None:
        same = [one for one in everything if getattr(one, id_field) == wanted]
        others = [getattr(one, id_field) for one in named if getattr(one, id_field) in before]
        if not same and others:
            reason = f"There is one of this name already, with another id (id={others[0]})."
            raise bad(kind, entry, f"{reason} Leave the id out to change that one, or remove it.")
        return same[0] if same else None
    if len(named) > 1:
        ids = ", ".join(getattr(one, id_field) for one in named)
        raise bad(kind, entry, f"There are several of this name already. Give an id: {ids}.")
    return named[0] if named else None


def referred(kind: str, entry: Entry, what: str, things: Iterable[Thing], id_field: str) -> Thing:
    """Return what an entry refers to in its field `what`, by id or by name; raises `BadSeed` for none or several."""
    asked, everything = entry.get(what), list(things)
    found = [one for one in everything if getattr(one, id_field) == asked]
    found = found or [one for one in everything if one.name == asked]
    if not found:
        names = sorted({one.name for one in everything})
        raise bad(kind, entry, f"The seed file has no such {what} (name={asked!r}, known={names}).")
    if len(found) > 1:
        ids = ", ".join(getattr(one, id_field) for one in found)
        raise bad(kind, entry, f"Several {what}s have this name (name={asked!r}). Give an id: {ids}.")
    return found[0]


def bad(kind: str, entry: Entry, reason: object) -> BadSeed:
    """Return the error that names an entry and says why it cannot be planted."""
    return BadSeed(f"The seed file's {kind} cannot be created (name={entry.get('name', '?')!r}). {reason}")
