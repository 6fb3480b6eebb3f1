"""One run of a connector's program: its lines as they come, its exit code, its last words.

The program runs under `supervise`, which ends it when this side lets go or is gone. Configuration, catalog and state
are files of mode 600 in a folder of mode 700 that goes with the run, for they hold secrets.
"""

from __future__ import annotations

import json
import os
import selectors
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING

from mock_airbyte.failures import SyncCancelled
from mock_airbyte.programs import supervise

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from mock_airbyte.programs.declared import Program

_GRACE_SECONDS = 1.0  # between the asking and the killing
_END_SECONDS = 5.0  # how long an exit code is waited for once the output has ended
_LOOK_SECONDS = 0.1  # how often a silent program's run looks whether it is to stop
_CHUNK = 1 << 18
_LAST_BYTES, _LAST_LINES = 8192, 10
_NOT_INHERITED = ("MOCK_AIRBYTE_", "PYTHON")  # the mock's secrets, and what would lead another Python astray


class TookTooLong(Exception):
    """The program said nothing, or not all, in the time that it had."""


class Run:
    """A program that runs until its `running` block ends."""

    def __init__(self, popen: subprocess.Popen[bytes], stopping: Callable[[], bool]) -> None:
        """Take the supervisor, and what says whether the run is to stop."""
        self._popen = popen
        self._stopping = stopping
        self._errors = b""
        self._is_ended = False
        self._hold, self._output, self._error_output = _pipes(popen)
        self._selector = selectors.DefaultSelector()
        for pipe in (self._output, self._error_output):
            self._selector.register(pipe, selectors.EVENT_READ)

    def lines(self, *, limit_seconds: float | None = None, silence_seconds: float | None = None) -> Iterator[bytes]:
        """Yield the lines of its standard output, as far as they are asked for.

        Raises `TookTooLong` after the limit, or after a silence of that length, and `SyncCancelled` when the run is to
        stop.
        """
        until = None if limit_seconds is None else time.monotonic() + limit_seconds
        rest: list[bytes] = []
        while chunk := self._chunk(until, silence_seconds):
            first, *others = chunk.split(b"\n")
            rest.append(first)
            if others:
                yield b"".join(rest)
                yield from others[:-1]
                rest = [others[-1]]
        if any(rest):
            yield b"".join(rest)

    def exit_code(self) -> int:
        """Return the exit code once the output has ended; a program that still runs then is ended."""
        until = time.monotonic() + _END_SECONDS
        while self._popen.poll() is None and time.monotonic() < until and not self._stopping():
            with suppress(subprocess.TimeoutExpired):
                self._popen.wait(_LOOK_SECONDS)
        self.end()
        return self._popen.wait()

    def last_words(self) -> tuple[str, ...]:
        """Return the last lines of its standard error, as far as they are known by now."""
        lines = (line.strip() for line in self._errors.decode(errors="replace").splitlines())
        return tuple(line for line in lines if line)[-_LAST_LINES:]

    def end(self) -> None:
        """Let go of the program, and return when nothing of it runs any more."""
        if self._is_ended:
            return
        self._is_ended = True
        self._hold.close()
        try:
            self._popen.wait(_GRACE_SECONDS * 2)
        except subprocess.TimeoutExpired:  # the supervisor itself is stuck; the program dies with it
            self._popen.kill()
            self._popen.wait()
        self._listen_to_the_end()
        self._selector.close()
        for pipe in (self._output, self._error_output):
            pipe.close()

    def let_go_when_stopping(self, over: threading.Event) -> None:
        """Let go of the program as soon as it is to stop, even if nobody reads it just then, until `over` is set."""
        while not over.wait(_LOOK_SECONDS):
            if self._stopping():
                self._hold.close()
                return

    def _chunk(self, until: float | None, silence_seconds: float | None) -> bytes:
        """Return what came next on standard output; nothing: it has ended."""
        since = time.monotonic()
        while True:
            if self._stopping():
                raise SyncCancelled
            for key, _ in self._selector.select(_LOOK_SECONDS):
                chunk = os.read(key.fd, _CHUNK)
                if key.fd == self._output.fileno():
                    if not chunk and self._stopping():
                        raise SyncCancelled  # that is why it has ended
                    return chunk
                self._listen(chunk)
            now = time.monotonic()
            if (until is not None and now > until) or (silence_seconds is not None and now > since + silence_seconds):
                raise TookTooLong

    def _listen(self, chunk: bytes) -> None:
        self._errors = (self._errors + chunk)[-_LAST_BYTES:]
        if not chunk:
            self._selector.unregister(self._error_output)

    def _listen_to_the_end(self) -> None:
        os.set_blocking(self._error_output.fileno(), False)
        with suppress(BlockingIOError):
            while chunk := os.read(self._error_output.fileno(), _CHUNK):
                self._errors = (self._errors + chunk)[-_LAST_BYTES:]


def _pipes(popen: subprocess.Popen[bytes]) -> tuple[IO[bytes], IO[bytes], IO[bytes]]:
    if popen.stdin is None or popen.stdout is None or popen.stderr is None:
        message = "The supervisor was started without pipes."
        raise RuntimeError(message)
    return popen.stdin, popen.stdout, popen.stderr


@contextmanager
def running(program: Program, verb: str, files: Mapping[str, object], *, stopping: Callable[[], bool]) -> Iterator[Run]:
    """Run `source-x VERB --NAME FILE …` with these files (JSON), and end it with the block; raises `SyncCancelled`."""
    folder = Path(tempfile.mkdtemp(prefix="mock-airbyte-"))  # its mode is 700
    try:
        arguments = [part for name, content in files.items() for part in (f"--{name}", _written(folder, name, content))]
        popen = subprocess.Popen(  # noqa: S603 -- the mock's owner declared it
            [
                *(sys.executable, "-I", "-S", supervise.__file__, str(folder), str(_GRACE_SECONDS)),
                *(*program.command, verb, *arguments),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=_environment(program, os.environ),
            start_new_session=True,  # a Ctrl-C is for the mock alone
        )
        run, over = Run(popen, stopping), threading.Event()
        watcher = threading.Thread(
            target=run.let_go_when_stopping, args=(over,), name="mock-airbyte-watch", daemon=True
        )
        watcher.start()
        try:
            yield run
        finally:
            over.set()
            watcher.join()
            run.end()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _written(folder: Path, name: str, content: object) -> str:
    path = folder / f"{name}.json"
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:  # noqa: PTH123 -- the mode is the point
        json.dump(content, file)
    return str(path)


def _environment(program: Program, own: Mapping[str, str]) -> dict[str, str]:
    inherited = {name: value for name, value in own.items() if not name.startswith(_NOT_INHERITED)}
    return inherited | dict(program.environment)
