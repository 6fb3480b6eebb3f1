"""Tables on the screen: drawn by rich on a terminal, where it is installed; else plain, for pipes and files.

Plain lines are one row each, whatever the width, so that `grep`, `awk` and `cut` work on them.
"""

from __future__ import annotations

import json
import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING

from taskflow_profilemesh.commands.words import aligned

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime


def print_table(heads: Sequence[str], rows: Sequence[Sequence[str]], *, indent: str = "") -> None:
    """Print rows of as many cells each below their heads."""
    if not sys.stdout.isatty() or find_spec("rich") is None:
        print(aligned([heads, *rows], indent=indent))
        return
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    drawn = Table(box=SIMPLE_HEAD, pad_edge=False)
    for head in heads:
        drawn.add_column(Text(head), overflow="fold")
    for row in rows:
        drawn.add_row(*map(Text, row))  # as text: a bracket in a name is no markup
    Console().print(drawn)


def print_json(document: object) -> None:
    """Print plain data as JSON."""
    print(json.dumps(document, indent=2))


def moment(at: datetime | None) -> str:
    """Write a moment to the second, in UTC; nothing for None."""
    return f"{at:%Y-%m-%d %H:%M:%S}" if at else ""
