"""Asking a connector one thing: its specification, whether a configuration works, which streams there are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from mock_airbyte.failures import SyncFailure
from mock_airbyte.programs.messages import Catalog, ConnectionStatus, Spec, TraceError, read_message
from mock_airbyte.programs.process import TookTooLong, running

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mock_airbyte.programs.declared import Program
    from mock_airbyte.programs.listening import Listener

Answer = TypeVar("Answer", Spec, ConnectionStatus, Catalog)
_VERBS: Mapping[type, str] = {Spec: "spec", ConnectionStatus: "check", Catalog: "discover"}


def ask(
    program: Program,
    wanted: type[Answer],
    listener: Listener,
    *,
    configuration: Mapping[str, Any] | None = None,
    stopping: Callable[[], bool],
) -> Answer:
    """Return the connector's answer, once it has ended or its time is up.

    Raises `SyncFailure` where it gives none, and `SyncCancelled` when it is to stop.
    """
    verb, files = _VERBS[wanted], {} if configuration is None else {"config": configuration}
    found: Answer | None = None
    error: TraceError | None = None
    is_late = False
    with running(program, verb, files, stopping=stopping) as run:
        try:
            for line in run.lines(limit_seconds=program.limit_seconds):
                message = read_message(line)
                if isinstance(message, wanted):
                    found = message
                error = error or (message if isinstance(message, TraceError) else None)
                listener.hear(message)
            exit_code = run.exit_code()
        except TookTooLong:
            is_late = True
    if found is not None:
        return found
    if is_late:
        raise _late(program, verb)
    raise listener.failure(error) if error is not None else listener.ended(exit_code, run.last_words())


def _late(program: Program, verb: str) -> SyncFailure:
    message = (
        f"The connector {program.name} did not answer to {verb} within {program.limit_seconds:g} seconds."
        " Give it more time where it is declared (limit_seconds), or see what it waits for."
    )
    return SyncFailure(message, origin="source", kind="system_error")
