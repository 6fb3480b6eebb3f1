"""Errors of options, files and returned values: nothing was started."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

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
class InvalidReturn(ConfigError, TypeError):
    """A decorated function returned something that its decorator cannot use."""

    decorator: str
    function: str
    got: str
    expected: str

    what: ClassVar[str] = "A decorated function returned something unusable"
    advice: ClassVar[str] = "Return one of the expected values."
