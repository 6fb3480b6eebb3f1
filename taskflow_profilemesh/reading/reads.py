"""How the plans of one database are read: by which reader, ahead, of one snapshot, again after a loss, ended on demand.

ConnectorX reads ranges side by side, each on connections of its own. ADBC streams them over a connection that is there
already: that costs a quarter less of the client's CPU, and a tenth of the time for a small table.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final, Literal, TypeVar

from taskflow_profilemesh.errors import InvalidOption, SourceError, SourceUnreachable
from taskflow_profilemesh.reading.batches import Ending, Stop, read_ahead, stream_ahead
from taskflow_profilemesh.reading.convert import frame_from
from taskflow_profilemesh.reading.dialect import Dialect
from taskflow_profilemesh.reading.drivers import has_adbc
from taskflow_profilemesh.reading.reachability import is_reachable
from taskflow_profilemesh.reading.retrying import Retrying
from taskflow_profilemesh.reading.snapshot import Snapshot

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import polars as pl
    import pyarrow as pa

    from taskflow_profilemesh.clock import Clock
    from taskflow_profilemesh.reading.plan import ReadPlan
    from taskflow_profilemesh.reading.server import Server

T = TypeVar("T")
Reader = Literal["auto", "connectorx", "adbc"]
READERS: Final[tuple[Reader, ...]] = ("auto", "connectorx", "adbc")
_WORKERS: Final = 2
_TABLE_WORKERS: Final = 4  # of ConnectorX, for small tables side by side: a call is mostly waiting for a connection
_DEPTH: Final = 2
_SMALL_BYTES: Final = 8 << 20  # a table of which several may wait in memory
_REACH_SECONDS: Final = 3.0


class Reads:
    """Reads one database. Its errors are the server's; once cancelled, everything raises what it was cancelled with.

    It keeps a connection open where a driver for one is installed; `close` ends it.
    """

    def __init__(self, server: Server, *, reader: Reader, clock: Clock) -> None:
        """Check the choice of the reader; raises `InvalidOption` for one that cannot read this database."""
        _check(reader, server.address.dialect)
        self._server = server
        self._session = server.session(streams=reader != "connectorx")
        self._stop = Stop()
        self._ending = Ending(self._stop, self._cancel)
        self._retrying = Retrying(clock, answers=self._answers, is_wanted=lambda: self._stop.error is None)

    def rows(self, query: str, *, about: str) -> list[dict[str, Any]]:
        """Return a small result's rows."""
        asked = self._session or self._server
        return self._awaited(lambda: self._retrying.run(partial(asked.rows, query, about=about), about=about))

    def table(self, query: str, *, about: str) -> pa.Table:
        """Return a small result as the ranges of a table are returned."""
        read = partial(self._server.read, query, about=about)
        return self._awaited(lambda: self._retrying.run(read, about=about))

    def log_in(self, *, timeout_seconds: float) -> None:
        """Show that the login is accepted within `timeout_seconds`."""
        if self._session is None:
            self._server.log_in(timeout_seconds=timeout_seconds)
        else:
            self._awaited(partial(self._session.rows, "select 1 as one", about="(the connection)"))

    def frames(self, plan: ReadPlan) -> Iterator[pl.DataFrame]:
        """Yield the plan's rows, each once, in frames of about the plan's ranges."""
        if not plan.queries:
            return iter(())
        return self._streamed(plan) if self.is_native else self._ranges(plan)

    def tables(self, plans: Sequence[ReadPlan]) -> Iterator[tuple[ReadPlan, Iterator[pl.DataFrame]]]:
        """Yield each plan with its frames; small tables are read ahead, several side by side.

        Tables that grow are not: how they are read is decided when their turn comes. A table's error is raised where
        its frames are taken, and costs the others nothing.
        """
        waiting: list[ReadPlan] = []
        for plan in plans:
            if _is_small(plan):
                waiting.append(plan)
                continue
            yield from self._side_by_side(waiting)
            waiting = []
            yield plan, self.frames(plan)
        yield from self._side_by_side(waiting)

    def cancel(self, error: BaseException) -> None:
        """End every read with the error, here and on the server; a signal's handler may call it."""
        self._stop.now(error)

    def close(self) -> None:
        """Close the connection that is kept."""
        if self._session is not None:
            self._session.close()

    @property
    def is_native(self) -> bool:
        """Whether rows are streamed by ADBC, in the server's own binary form."""
        return self._session is not None and self._session.streams

    def _ranges(self, plan: ReadPlan) -> Iterator[pl.DataFrame]:
        snapshot = self._snapshot(plan)
        jobs = [partial(self._range, plan, query, snapshot) for query in plan.queries]
        try:
            yield from read_ahead(jobs, workers=_WORKERS, depth=_DEPTH, ending=self._ending)
        finally:
            snapshot.close()

    def _range(self, plan: ReadPlan, query: str, snapshot: Snapshot) -> pl.DataFrame:
        about = str(plan.schema.table)

        def read() -> pl.DataFrame:
            if len(plan.queries) > 1 and not self._answers():  # half a minute sooner than the driver would notice
                raise SourceUnreachable(source=self._server.source, address=str(self._server.address))
            table = self._server.read(query, about=about, told=snapshot.told())
            return frame_from(table, plan.selected)

        return self._retrying.run(read, about=about, lost=snapshot.renew)

    def _streamed(self, plan: ReadPlan) -> Iterator[pl.DataFrame]:
        return stream_ahead(partial(self._stream, plan), depth=_DEPTH, ending=self._ending)

    def _stream(self, plan: ReadPlan) -> Iterator[pl.DataFrame]:
        """Yield frames from the session.

        A range of several, and a small table, is complete before it is handed on, so that it can be read again.
        """
        if len(plan.queries) == 1 and not _is_small(plan):
            yield from self._converted(plan, plan.queries[0], ())
            return
        snapshot = self._snapshot(plan)
        about = str(plan.schema.table)
        try:
            for query in plan.queries:
                read = partial(self._collected, plan, query, snapshot)
                yield from self._retrying.run(read, about=about, lost=snapshot.renew)
        finally:
            snapshot.close()

    def _collected(self, plan: ReadPlan, query: str, snapshot: Snapshot) -> list[pl.DataFrame]:
        return list(self._converted(plan, query, snapshot.told()))

    def _converted(self, plan: ReadPlan, query: str, told: Sequence[str]) -> Iterator[pl.DataFrame]:
        assert self._session is not None  # noqa: S101 -- `is_native` asked
        for table in self._session.stream(query, about=str(plan.schema.table), told=told):
            yield frame_from(table, plan.selected)

    def _side_by_side(self, plans: Sequence[ReadPlan]) -> Iterator[tuple[ReadPlan, Iterator[pl.DataFrame]]]:
        jobs = [partial(self._whole, plan) for plan in plans]
        workers = 1 if self.is_native else _TABLE_WORKERS
        outcomes = read_ahead(jobs, workers=workers, depth=_TABLE_WORKERS, ending=self._ending)
        for plan, outcome in zip(plans, outcomes, strict=True):
            yield plan, _taken(outcome)

    def _whole(self, plan: ReadPlan) -> list[pl.DataFrame] | SourceError:
        """Return a small table's frames, or why there are none."""
        snapshot = Snapshot(None, about="")
        try:
            if self.is_native:
                return list(self._stream(plan))
            return [self._range(plan, query, snapshot) for query in plan.queries]
        except SourceError as error:
            return error

    def _snapshot(self, plan: ReadPlan) -> Snapshot:
        """Return what the ranges look into; a single statement needs nothing."""
        session = self._server.session(streams=False) if len(plan.queries) > 1 else None
        return Snapshot(session, about=str(plan.schema.table), is_needed=len(plan.queries) > 1)

    def _awaited(self, job: Callable[[], T]) -> T:
        """Run one statement in a thread, so that a signal is heard while it runs."""
        (result,) = read_ahead([job], workers=1, depth=1, ending=self._ending)
        return result

    def _cancel(self) -> None:
        if self._session is not None:
            self._session.cancel()
        self._server.cancel()

    def _answers(self) -> bool:
        return is_reachable(self._server.address, timeout_seconds=_REACH_SECONDS)


def _check(reader: str, dialect: Dialect) -> None:
    if reader not in READERS:
        raise InvalidOption(option="reader", got=reader, expected=f"one of {', '.join(READERS)}", known=READERS)
    if dialect is Dialect.SNOWFLAKE and reader == "connectorx":
        raise InvalidOption(
            option="reader", got="connectorx for snowflake", expected="adbc: nothing else reads Snowflake"
        )
    if reader != "adbc" or dialect is Dialect.SNOWFLAKE:
        return
    if dialect is not Dialect.POSTGRESQL:
        raise InvalidOption(option="reader", got=f"adbc for {dialect}", expected="connectorx: ADBC reads PostgreSQL")
    if not has_adbc():
        expected = "the driver: pip install 'taskflow-profilemesh[adbc]'"
        raise InvalidOption(option="reader", got="adbc, which is not installed", expected=expected)


def _is_small(plan: ReadPlan) -> bool:
    size = plan.schema.size_bytes
    return plan.growth is None and len(plan.queries) == 1 and size is not None and size <= _SMALL_BYTES


def _taken(outcome: list[pl.DataFrame] | SourceError) -> Iterator[pl.DataFrame]:
    """Yield the frames, or raise the error, when they are taken and not before."""
    if isinstance(outcome, SourceError):
        raise outcome
    yield from outcome
