from __future__ import annotations

import pickle

from taskflow_profilemesh.errors import (
    ConnectionNotFound,
    InvalidReturn,
    ProfileMeshError,
    SyncFailed,
    SyncMisconfigured,
    TableNotFound,
)


def test_a_message_says_what_happened_the_facts_and_what_to_do() -> None:
    error = ConnectionNotFound(connection="Shp", known=("Shop", "Stock"), workspace="Main")
    assert str(error) == (
        "The Airbyte connection does not exist (connection='Shp', known=['Shop', 'Stock'], workspace='Main'). "
        "Did you mean 'Shop'?"
    )


def test_unknown_facts_are_left_out_of_the_message() -> None:
    assert str(TableNotFound(source="warehouse", table="flights")) == (
        "The table does not exist (source='warehouse', table='flights'). "
        "Check its schema and spelling; names are case-sensitive."
    )


def test_an_error_survives_pickling_with_its_facts() -> None:
    error = SyncFailed(job_id=7, connection="Shop", status="failed", origin="source")
    copy = pickle.loads(pickle.dumps(error))
    assert isinstance(copy, SyncFailed)
    assert (copy.job_id, copy.origin, str(copy)) == (7, "source", str(error))


def test_a_configuration_failure_of_a_sync_is_not_worth_a_retry() -> None:
    assert SyncFailed.retryable
    assert not SyncMisconfigured.retryable


def test_a_wrong_return_value_is_also_a_type_error() -> None:
    error = InvalidReturn(decorator="@task.x", function="f", got="int", expected="a table")
    assert isinstance(error, TypeError)
    assert isinstance(error, ProfileMeshError)
