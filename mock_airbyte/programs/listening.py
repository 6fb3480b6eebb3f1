"""Who hears what a connector says beside its answers: logs, noise, new configurations, and why it failed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_airbyte.failures import SyncFailure
from mock_airbyte.programs.messages import Log, NewConfiguration, Noise, TraceError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from mock_airbyte.programs.messages import Message
    from mock_airbyte.sync.progress import Say

_ERRORS = ("FATAL", "ERROR")
_LONGEST_LINE = 2000


class Listener:
    """Passes on what it hears, without secrets."""

    def __init__(
        self,
        name: str,
        *,
        say: Say,
        redact: Callable[[str], str],
        reconfigure: Callable[[Mapping[str, Any]], None],
    ) -> None:
        """Take the connector's name, where lines of the log and new configurations go, and what hides secrets."""
        self._name = name
        self._say = say
        self._redact = redact
        self._reconfigure = reconfigure

    def hear(self, message: Message) -> None:
        """Pass on what is not an answer; the rest is left alone."""
        match message:
            case Log(level, text):
                self.say(text if level in (*_ERRORS, "INFO") else f"{level} {text}", is_error=level in _ERRORS)
            case Noise(text):
                self.say(text or "(a line that is no message)")
            case TraceError():
                self.say(message.message, is_error=True)
            case NewConfiguration(configuration):
                self._reconfigure(configuration)

    def say(self, text: str, *, is_error: bool = False) -> None:
        """Write into the log, line by line."""
        for line in self._redact(text).splitlines():
            self._say(f"source > {line[:_LONGEST_LINE]}", "error" if is_error else "info")

    def failure(self, error: TraceError, *, stream: str | None = None) -> SyncFailure:
        """Return why the connector failed, in its own words."""
        return SyncFailure(
            self._redact(error.message),
            origin="source",
            kind=error.kind,
            stream=stream or (error.key[0] if error.key else None),
            internal_message=self._redact(error.internal_message),
            stacktrace=self._redact(error.stacktrace),
        )

    def refused(self, message: str) -> SyncFailure:
        """Return that a check failed, in the connector's own words."""
        said = self._redact(message) or f"The connector {self._name} says that the check failed, and not why."
        return SyncFailure(said, origin="source")

    def ended(self, exit_code: int | None, last_words: tuple[str, ...], *, stream: str | None = None) -> SyncFailure:
        """Return that the connector ended without an answer or a reason."""
        what = f"The connector {self._name} ended without saying why (exit code={exit_code})."
        said = self._redact("\n".join(last_words))
        message = f"{what} Its last lines on standard error: {said}" if said else what
        return SyncFailure(message, origin="source", kind="system_error", stream=stream)
