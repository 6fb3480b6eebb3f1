"""Errors of options, files and returned values: nothing was started."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from taskflow_profilemesh.errors.root import ProfileMeshError, nearest


@dataclass(eq=False, kw_only=True)
class ConfigError(ProfileMeshError):
    """An option, a variable or a configuration file is wrong; nothing was started."""

    what: ClassVar[str] = "The configuration is wrong"


@dataclass(eq=False, kw_only=True)
class InvalidOption(ConfigError, ValueError):
    """An option has a value that it cannot have, or does not exist."""

    option: str
    got: str
    expected: str
    known: Sequence[str] = ()

    what: ClassVar[str] = "An option is not valid"
    advice: ClassVar[str] = "Correct the option."

    def hint(self) -> str:
        """Name the nearest option that exists, where there is one."""
        close = nearest(self.got, self.known)
        return f"Did you mean {close[0]!r}?" if close else self.advice


@dataclass(eq=False, kw_only=True)
class InvalidConfig(ConfigError, ValueError):
    """A config file, or a mapping in its place, says something that it cannot say.

    `path` is None for a mapping, `line` (from 1) where there is none. `key` is dotted: `profiling.tables[0].sample`.
    `got` is a type, a parser's or the system's words, the name of a variable, or a word of the file that is not on the
    list of its key; never another value.
    """

    path: str | None = None
    line: int | None = None
    key: str | None = None
    got: str | None = None
    expected: str
    nearest: str | None = None  # the key, or the word of a list, that was probably meant

    what: ClassVar[str] = "The config is not valid"
    advice: ClassVar[str] = "Correct the config; nothing was started."

    def facts(self) -> dict[str, Any]:
        """Return the known facts but for the nearest key, which the hint names."""
        return {name: value for name, value in super().facts().items() if name != "nearest"}

    def hint(self) -> str:
        """Name the nearest key, where there is one."""
        return f"Did you mean {self.nearest!r}?" if self.nearest else self.advice


@dataclass(eq=False, kw_only=True)
class InvalidReturn(ConfigError, TypeError):
    """A decorated function returned something that its decorator cannot use."""

    decorator: str
    function: str
    got: str
    expected: str

    what: ClassVar[str] = "A decorated function returned something unusable"
    advice: ClassVar[str] = "Return one of the expected values."


@dataclass(eq=False, kw_only=True)
class DbtArtefactInvalid(ConfigError):
    """A file that dbt should have written is missing, damaged, or of a schema that this code does not know."""

    path: str
    reason: str
    expected: str | None = None

    what: ClassVar[str] = "An artefact of dbt cannot be used"
    advice: ClassVar[str] = "Point target_path to the folder that dbt wrote manifest.json and run_results.json into."


@dataclass(eq=False, kw_only=True)
class DbtRunStale(ConfigError):
    """The results in dbt's target folder are of an earlier run."""

    path: str
    generated_at: str | None
    since: str

    what: ClassVar[str] = "The results of dbt are too old"
    advice: ClassVar[str] = "Let dbt run before this task and write into this folder, or pass an earlier since."


@dataclass(eq=False, kw_only=True)
class DbtNothingBuilt(ConfigError):
    """dbt's last run built no model that is wanted."""

    path: str
    command: str | None
    results: Sequence[str]  # how many of each status
    built: Sequence[str] = ()  # models that were built, but are not selected

    what: ClassVar[str] = "dbt built no model that could be profiled"
    advice: ClassVar[str] = (
        "Read the results before another command (dbt test, dbt compile) replaces them; see also select, exclude, "
        "views, resource_types and database."
    )
