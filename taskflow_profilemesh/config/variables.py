"""Fills `${VAR}` in the texts of a config from the environment; `$${VAR}` stands for the letters `${VAR}`.

So does `{{ var.value.name }}` with the Airflow Variable of that name, written as in a template of Airflow.
It is done on the data, after the YAML is parsed: a value can then never become a key, a list or a line of the file. A
text stays a text. Keys are left as they are.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from taskflow_profilemesh.config.document import Document

if TYPE_CHECKING:
    from taskflow_profilemesh.config.document import Place

_REFERENCE = re.compile(
    r"\$(?P<doubled>\$?)\{(?P<name>[^{}]*)\}|\{\{\s*var\.value\.(?P<variable>[\w.-]+?)\s*\}\}", re.ASCII
)
Lookup = Callable[[str], str | None]
"""Returns the value of an Airflow Variable, None where there is none of that name."""


def fill_in(
    document: Document, environ: Mapping[str, str], *, variables: Lookup | None = None, may_be_unset: bool = False
) -> object:
    """Return the document's data with variables filled in; raises `InvalidConfig` naming one that is not set.

    Where it `may_be_unset`, its reference stays as it is. `variables`: None where there is no Airflow.
    """
    return _Filling(document, environ, variables, may_be_unset).filled(document.data, ())


@dataclass(slots=True)
class _Filling:
    document: Document
    environ: Mapping[str, str]
    variables: Lookup | None
    may_be_unset: bool
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
        value, expected = self._looked_up(found)
        if value is None:
            if self.may_be_unset:
                return found[0]
            raise self.document.complaint(place, got=found[0], expected=expected)
        return value

    def _looked_up(self, found: re.Match[str]) -> tuple[str | None, str]:
        """Return the value, None where there is none, and what would have been one."""
        if (name := found["variable"]) is None:
            return self.environ.get(found["name"]), "an environment variable that is set"
        if self.variables is None:
            return None, "no Airflow Variable, for there is no Airflow here"
        return self.variables(name), "an Airflow Variable that exists"
