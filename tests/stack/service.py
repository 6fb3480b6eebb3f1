"""A process of the stack that a test may kill and start again; it keeps one log through all its lives."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

from tests.processes import Command, Process, started


class Service:
    """Starts a command, ends it with all that it started, and starts it again."""

    def __init__(self, command: Command, log: Path) -> None:
        """Keep what to run and where its output goes; nothing is started yet."""
        self.command = command
        self.log = log
        self._process: Process | None = None
        self._life = ExitStack()

    @property
    def name(self) -> str:
        """The service's name."""
        return self.command.name

    @property
    def process(self) -> Process:
        """The running process; raises `LookupError` where there is none."""
        if self._process is None:
            message = f"{self.name} does not run"
            raise LookupError(message)
        return self._process

    def start(self) -> None:
        """Start it; nothing is awaited."""
        self._process = self._life.enter_context(started(self.command, self.log))

    def kill(self) -> None:
        """Kill it and all that it started, as a machine that loses its power does; one that does not run stays so."""
        if self._process is not None:
            self._process.kill()
        self.stop()

    def stop(self) -> None:
        """End it and all that it started; one that does not run stays so."""
        self._life.close()
        self._process = None

    def holds(self, pid: int) -> bool:
        """Say whether the process is one that this service started, however deep."""
        return self._process is not None and self._process.started(pid)
