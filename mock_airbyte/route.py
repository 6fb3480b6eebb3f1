"""One operation of an API: its path, its handler, and what it must be sent."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from mock_airbyte.calls import Answer, Call
from mock_airbyte.shapes import Query, Shape

Handler = Callable[[Call], Answer]


@dataclass(frozen=True, slots=True, eq=False)  # a route is itself: shapes have no hash
class Route:
    """One operation; `path` is below its base and names its arguments like `<job_id>`."""

    method: str
    path: str
    handler: Handler
    body: Shape | None = None  # what it must be sent; None: nothing
    query: Sequence[Query] = ()
    is_open: bool = False  # whether anybody may call it
    success: int = 200
    refusals: Sequence[int] = ()  # beside those that any operation may answer with
