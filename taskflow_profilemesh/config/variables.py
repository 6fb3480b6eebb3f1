"""Fills `${VAR}` in the texts of a config from the environment; `$${VAR}` stands for the letters `${VAR}`.

It is done on the data, after the YAML is parsed: a value can then never become a key, a list or a line of the file. A
text stays a text. Keys are left as they are.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from taskflow_profilemesh.config.document import Document

if TYPE_CHECKING:
    from taskflow_profilemesh.config.document import Place

_REFERENCE = re.compile(r"\$(?P<doubled>\$?)\{(?P<name>[^{}]*)\}")


def fill_in(document: Document, environ: Mapping[str, str]) -> object:
    """Return the document's data with variables filled in; raises `InvalidConfig` naming one that is not set."""
    return _Filling(document, environ).filled(document.data, ())


@dataclass(slots=True)
class _Filling:
    document: Document
    environ: Mapping[str, str]
    seen: dict[int, object] = field(default_factory=dict)  # a YAML alias is one value in several places, or in itself

    def filled(self, value: object, place: Place) -> object:
        if isinstance(value, str):
            return _REFERENCE.sub(lambda found: self._replaced(found, place), value)
        if id(value) in self.seen:
            return self.seen[id(value)]
        if isinstance(value, Mapping):
            mapping: dict[object, object] = {}
            self.seen[id(value)] = mapping
            mapping.update({key: self.filled(item, (*place, str(key))) for key, item in value.items()})
            return mapping
        if isinstance(value, list | tuple):
            items: list[object] = []
            self.seen[id(value)] = items
            items.extend(self.filled(item, (*place, position)) for position, item in enumerate(value))
            return items
        return value

    def _replaced(self, found: re.Match[str], place: Place) -> str:
        if found["doubled"]:
            return found[0].removeprefix("$")
        if (value := self.environ.get(found["name"])) is None:
            raise self.document.complaint(place, got=found[0], expected="an environment variable that is set")
        return value
