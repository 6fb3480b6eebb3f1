"""Why a sync failed, in the words that Airbyte's failure summaries use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

FailureOrigin = Literal[
    "source", "destination", "replication", "persistence", "airbyte_platform", "normalization", "dbt", "unknown"
]
FailureType = Literal[
    "config_error",
    "system_error",
    "transient_error",
    "manual_cancellation",
    "refresh_schema",
    "heartbeat_timeout",
    "destination_timeout",
]


@dataclass(frozen=True, slots=True)
class Failure:
    """Why an attempt is to fail, as a value that a timeline can hold."""

    message: str  # what a person is shown
    origin: FailureOrigin = "source"
    kind: FailureType = "transient_error"
    stream: str | None = None

    def raised(self) -> SyncFailure:
        """Return it as what a source or destination would have raised."""
        return SyncFailure(self.message, origin=self.origin, kind=self.kind, stream=self.stream)


class SyncFailure(Exception):
    """A source or destination could not do its part; becomes a failure of the job's attempt.

    `external_message` is what a person is shown; it never holds a secret or the value of a row.
    """

    def __init__(
        self,
        external_message: str,
        *,
        origin: FailureOrigin,
        kind: FailureType = "config_error",
        stream: str | None = None,
        internal_message: str = "",
        stacktrace: str = "",
    ) -> None:
        """Say what happened, on which side, and of which stream (None: of none in particular).

        `internal_message` and `stacktrace`: what a connector tells those who look deeper; without secrets, too.
        """
        super().__init__(external_message)
        self.external_message = external_message
        self.internal_message = internal_message or external_message
        self.origin = origin
        self.kind = kind
        self.stream = stream
        self.internal_message = internal_message or external_message
        self.stacktrace = stacktrace


def is_retried(failure: SyncFailure) -> bool:
    """Return whether another attempt may follow: Airbyte gives up at once where the configuration is to blame."""
    return failure.kind != "config_error"


class SyncCancelled(Exception):
    """The sync was told to stop; what it had not committed is gone."""
