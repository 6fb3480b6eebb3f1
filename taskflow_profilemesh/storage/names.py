"""How the tables of a store are called that people select from.

A store remembers its names: whoever opens it finds them there, and only who makes it, or insists, has to say them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from taskflow_profilemesh.errors import InvalidOption

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST_NAME: Final = 45  # so that the names of its indexes stay within PostgreSQL's 63
_NAME: Final = re.compile(rf"[A-Za-z_][A-Za-z0-9_]{{0,{LONGEST_NAME - 1}}}")
_TAKEN: Final = ("version", "profiles", "events", "decisions", "table_state", "partials")


@dataclass(frozen=True, slots=True)
class TableNames:
    """The names of the table of runs and of the table of numbers."""

    runs: str = "profilemesh_runs"
    results: str = "profilemesh_results"

    def __post_init__(self) -> None:
        """Refuse names that not every database takes, and those of the store's other tables, with `InvalidOption`."""
        taken = {f"profilemesh_{name}" for name in _TAKEN}
        for option, name in (("runs_table", self.runs), ("results_table", self.results)):
            if not _NAME.fullmatch(name):
                expected = f"1 to {LONGEST_NAME} letters, digits and underscores, no digit first"
                raise InvalidOption(option=option, got=name, expected=expected)
            if name.casefold() in taken:
                raise InvalidOption(option=option, got=name, expected="a name that no other table of the store has")
            taken.add(name.casefold())

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> TableNames | None:
        """Return the names that plain settings give (`runs_table`, `results_table`); None where they give none."""
        said = {name: given[f"{name}_table"] for name in ("runs", "results") if given.get(f"{name}_table")}
        return cls(**said) if said else None
