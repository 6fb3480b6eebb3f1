"""Files that a config names: where they are, and that they are there, told by the line that names them.

What they say is read by those who know what it means, when a task runs.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from taskflow_profilemesh.config.document import Document
    from taskflow_profilemesh.config.sections import Config

_FILLED_IN_LATER: Final = ("${", "{{")  # while a DAG file is parsed
_EXPECTATIONS: Final = ("drift_detection", "expectations")
_EXPECTED: Final = (
    "a file as `profilemesh expectations -o` writes it; a relative path starts from the folder of the config"
)


def expectations_file(config: Config, document: Document, folder: Path) -> Path | None:
    """Return the path of `drift_detection.expectations`, None without one, or where a variable of it is not known yet.

    `folder`: what a relative path starts from. Raises `InvalidConfig` where no such file is there.
    """
    named = config.drift_detection.expectations
    if named is None or any(mark in named for mark in _FILLED_IN_LATER):
        return None
    path = folder / Path(named).expanduser()
    if not path.is_file():
        raise document.complaint(_EXPECTATIONS, got="no such file", expected=_EXPECTED)
    return path
