"""A real connector that is declared: what it says that its configuration must be, asked once, and what opens it."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from mock_airbyte.failures import SyncCancelled, SyncFailure
from mock_airbyte.masking import secret_values
from mock_airbyte.programs.asking import ask
from mock_airbyte.programs.declared import read_programs
from mock_airbyte.programs.listening import Listener
from mock_airbyte.programs.messages import Spec
from mock_airbyte.programs.redaction import redaction
from mock_airbyte.programs.source import ProgramSource
from mock_airbyte.programs.specification import Specification

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mock_airbyte.connectors import OpenContext
    from mock_airbyte.programs.declared import Program
    from mock_airbyte.programs.specification import SecretPath


def installed(declared: Mapping[str, Any], *, stopping: Callable[[], bool]) -> dict[str, InstalledConnector]:
    """Read declarations (`declared.py`); raises `BadConnector`. Nothing is run yet.

    `stopping`: whether what is run is to end.
    """
    return {name: InstalledConnector(program, stopping) for name, program in read_programs(declared).items()}


class InstalledConnector:
    """A connector's program and its specification."""

    def __init__(self, program: Program, stopping: Callable[[], bool]) -> None:
        """Take the program, which is run when something is asked of it, and what says whether it is to end."""
        self.program = program
        self._stopping = stopping
        self._specification: Specification | None = None
        self._lock = threading.Lock()

    def specification(self) -> Specification:
        """Return what the connector says of itself; raises `SyncFailure`."""
        try:
            return self._asked(self._stopping)
        except SyncCancelled as error:
            message = f"The mock was stopped before {self.program.name} had answered."
            raise SyncFailure(message, origin="source", kind="system_error") from error

    def known_secrets(self) -> frozenset[SecretPath]:
        """Return where secrets are in its configuration, if it was asked by now."""
        return self._specification.secrets() if self._specification is not None else frozenset()

    def open(self, configuration: Mapping[str, Any], context: OpenContext) -> ProgramSource:
        """Return the connector with a configuration; raises `SyncFailure`, and `SyncCancelled` when it is to end."""

        def stopping() -> bool:
            return self._stopping() or context.stopping()

        secrets = secret_values(configuration, self._asked(stopping).secrets())
        listener = Listener(
            self.program.name, say=context.say, redact=redaction(secrets), reconfigure=context.reconfigure
        )
        return ProgramSource(self.program, configuration, listener, stopping)

    def _asked(self, stopping: Callable[[], bool]) -> Specification:
        with self._lock:
            if self._specification is None:
                silent = Listener(self.program.name, say=lambda *_: None, redact=str, reconfigure=lambda _: None)
                spec = ask(self.program, Spec, silent, stopping=stopping)
                self._specification = Specification(spec.schema, spec.rest)
            return self._specification
