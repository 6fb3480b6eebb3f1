"""The one place where our errors become Airflow's: a failure that a retry cannot mend ends the task at once.

Airflow retries whatever an operator raises, except `AirflowFailException`. Our errors say with `retryable` whether
trying the same thing again can help.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from taskflow_profilemesh.errors import ProfileMeshError


@contextmanager
def airflow_failures(*, skip_on: tuple[type[ProfileMeshError], ...] = ()) -> Iterator[None]:
    """Raise Airflow's exceptions for the errors of this package that the block raises.

    An error of a class in `skip_on` skips the task; a retryable one passes unchanged, so that Airflow's
    retries apply; any other becomes `AirflowFailException` with the same message, and the error as its cause.
    """
    from airflow.providers.common.compat.sdk import AirflowFailException, AirflowSkipException

    from taskflow_profilemesh.errors import ProfileMeshError
    from taskflow_profilemesh.hooks.metrics import count_failure

    try:
        yield
    except ProfileMeshError as error:
        if isinstance(error, skip_on):
            raise AirflowSkipException(str(error)) from error
        count_failure(error)
        if error.retryable:
            raise
        raise AirflowFailException(str(error)) from error
