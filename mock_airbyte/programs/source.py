"""A real connector as a source of the mock: checked, discovered and read, each time by a run of its own."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from mock_airbyte.failures import SyncFailure
from mock_airbyte.programs.asking import ask
from mock_airbyte.programs.configured import configured_catalog, state_file, stream_of
from mock_airbyte.programs.messages import Catalog, ConnectionStatus
from mock_airbyte.programs.process import running
from mock_airbyte.programs.reading import ProgramRead
from mock_airbyte.sources.protocol import Wanted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from mock_airbyte.programs.declared import Program
    from mock_airbyte.programs.listening import Listener
    from mock_airbyte.sources.protocol import Batch, SharedState, Since, Stream


class ProgramSource:
    """A connector with a configuration."""

    def __init__(
        self,
        program: Program,
        configuration: Mapping[str, Any],
        listener: Listener,
        stopping: Callable[[], bool],
    ) -> None:
        """Take what is run, what it is told, who hears it, and what says whether a run is to stop."""
        self._program = program
        self._configuration = configuration
        self._listener = listener
        self._stopping = stopping

    def check(self) -> None:
        """Ask the connector whether its configuration works; the failure is in its words."""
        status = ask(self._program, ConnectionStatus, self._listener, **self._asked())
        if not status.succeeded:
            raise self._listener.refused(status.message)

    def streams(self) -> tuple[Stream, ...]:
        """Ask the connector which streams there are."""
        catalog = ask(self._program, Catalog, self._listener, **self._asked())
        try:
            return tuple(stream_of(declared) for declared in catalog.streams)
        except (AttributeError, KeyError, TypeError) as error:
            message = f"The connector {self._program.name} declares a stream that makes no sense."
            raise SyncFailure(message, origin="source", kind="system_error") from error

    def batches(self, stream: Stream, since: Since | None = None, /) -> Iterator[Batch]:  # noqa: ARG002 -- see `reading`
        """Read one stream alone, whole; where it goes on is told in `reading` only."""
        key = tuple((name,) for name in stream.primary_key)
        wanted = Wanted(stream, primary_key=key)
        with self.reading([wanted], None) as read:
            yield from read.batches(stream)
            read.finish()

    @contextmanager
    def reading(self, wanted: Sequence[Wanted], shared: SharedState | None) -> Iterator[ProgramRead]:
        """Read streams in one run."""
        files: dict[str, object] = {"config": self._configuration, "catalog": configured_catalog(wanted)}
        state = state_file(wanted, shared)
        if state is not None:
            files["state"] = state
        with running(self._program, "read", files, stopping=self._stopping) as run:
            read = ProgramRead(run, wanted, self._listener, silence_seconds=self._program.silence_seconds)
            try:
                yield read
            finally:
                read.close()

    def _asked(self) -> dict[str, Any]:
        return {"configuration": self._configuration, "stopping": self._stopping}
