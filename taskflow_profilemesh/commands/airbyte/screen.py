"""What is shown of syncs while they run, on standard error: a live table on a terminal with rich, else lines."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final

from taskflow_profilemesh.commands.airbyte.words import duration, printable
from taskflow_profilemesh.commands.words import number, short

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rich.table import Table

    from taskflow_profilemesh.clock import Clock
    from taskflow_profilemesh.commands.airbyte.followed import Followed
    from taskflow_profilemesh.commands.airbyte.following import Follower

HEADS: Final = ("connection", "state", "job", "took", "rows", "why")
_REDRAWN_PER_SECOND: Final = 4
_WIDEST_NAME: Final = 60


def is_live() -> bool:
    """Return whether there is a terminal to show a live table on, and rich (the extra `[cli]`) to draw it."""
    return sys.stderr.isatty() and find_spec("rich") is not None


@contextmanager
def shown(follower: Follower, clock: Clock) -> Iterator[Callable[[Followed], None]]:
    """Yield what takes note of a change; what is drawn live is gone in the end."""
    if not is_live():
        yield lambda one: print(line(one), file=sys.stderr)
        return
    from rich.console import Console
    from rich.live import Live

    live = Live(
        get_renderable=lambda: _drawn(follower, clock),
        console=Console(stderr=True),
        redirect_stdout=False,
        refresh_per_second=_REDRAWN_PER_SECOND,
        transient=True,
    )
    with live:
        yield lambda _: live.refresh()


def line(one: Followed) -> str:
    """Return one line on what has become of a sync."""
    job = f" (job {one.running.job_id})" if one.running else ""
    return printable([f"profilemesh: {one.name}: {one.state}{job}{f': {one.told}' if one.told else ''}"])[0]


def row(one: Followed, now: float) -> tuple[str, ...]:
    """Return a sync's row of the table; `now` is seconds since 1970."""
    result = one.result
    seconds = result.duration_seconds if result else None
    if one.state == "running" and one.running:
        seconds = max(0.0, now - one.running.since)
    rows = result.rows_synced if result else one.rows
    state = f"{one.job.status}" if one.state == "running" and one.job else one.state
    return printable(
        (
            short(one.name, _WIDEST_NAME),
            state,
            str(one.running.job_id) if one.running else "",
            duration(seconds),
            number(rows) if result or rows is not None else "",
            one.told or "",
        )
    )


def _drawn(follower: Follower, clock: Clock) -> Table:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    table = Table(*HEADS[:-1], box=SIMPLE_HEAD, pad_edge=False)
    now = clock.now().timestamp()
    for one in follower.syncs.values():
        table.add_row(*map(Text, row(one, now)[:-1]))
    return table
