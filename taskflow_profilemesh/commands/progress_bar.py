"""A bar on the terminal that says how far a run has come.

It goes to standard error, so that what is printed stays whole. Without a terminal, or without rich
(the extra `[cli]`), there is none.
"""

from __future__ import annotations

import sys
from contextlib import contextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from taskflow_profilemesh.progress import Progress

_REDRAWN_PER_SECOND: Final = 4


@contextmanager
def progress_bar() -> Iterator[Callable[[Progress], None]]:
    """Yield what shows progress, while the bar is there; it leaves nothing behind."""
    if not sys.stderr.isatty() or find_spec("rich") is None:
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, TaskProgressColumn, TextColumn
    from rich.progress import Progress as Bars

    bars = Bars(
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.description}", markup=False),
        console=Console(stderr=True),
        redirect_stdout=False,
        refresh_per_second=_REDRAWN_PER_SECOND,
        transient=True,
    )
    with bars:
        bar = bars.add_task("", total=1.0)
        yield lambda progress: bars.update(bar, completed=progress.share, description=str(progress))
