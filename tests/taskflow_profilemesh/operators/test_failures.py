from __future__ import annotations

import pytest
from airflow.providers.common.compat.sdk import AirflowFailException, AirflowSkipException

from taskflow_profilemesh.errors import AirbyteUnreachable, ConnectionNotFound, SyncConflict
from taskflow_profilemesh.operators.failures import airflow_failures

UNREACHABLE = AirbyteUnreachable(base_url="http://h", reason="connection refused")
UNKNOWN = ConnectionNotFound(connection="Shp", known=("Shop",))
CONFLICT = SyncConflict(connection="Shop", job_id=7)


def test_what_a_retry_can_mend_is_left_to_airflows_retries() -> None:
    with pytest.raises(AirbyteUnreachable) as caught, airflow_failures():
        raise UNREACHABLE
    assert caught.value is UNREACHABLE


def test_what_no_retry_can_mend_ends_the_task_with_the_same_message() -> None:
    with pytest.raises(AirflowFailException) as caught, airflow_failures(skip_on=(SyncConflict,)):
        raise UNKNOWN
    assert str(caught.value) == str(UNKNOWN)
    assert caught.value.__cause__ is UNKNOWN


def test_an_error_may_skip_the_task_instead() -> None:
    with pytest.raises(AirflowSkipException, match="already runs"), airflow_failures(skip_on=(SyncConflict,)):
        raise CONFLICT


def test_other_exceptions_pass() -> None:
    with pytest.raises(KeyError), airflow_failures():
        raise KeyError
