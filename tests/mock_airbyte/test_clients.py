"""Real clients of Airbyte, nothing patched, against a served mock."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from airbyte_api import AirbyteAPI
from airbyte_api.api import (
    CancelJobRequest,
    GetConnectionRequest,
    GetDestinationRequest,
    GetJobRequest,
    GetSourceRequest,
    GetStreamPropertiesRequest,
    GetWorkspaceRequest,
    ListConnectionsRequest,
    ListDestinationsRequest,
    ListJobsRequest,
    ListSourcesRequest,
    ListWorkspacesRequest,
)
from airbyte_api.errors import SDKError
from airbyte_api.models import (
    ConnectionCreateRequest,
    ConnectionSyncModeEnum,
    DestinationCreateRequest,
    DestinationPostgres,
    JobCreateRequest,
    JobStatusEnum,
    JobTypeEnum,
    SchemeClientCredentials,
    Security,
    SourceCreateRequest,
    SourceFaker,
    StreamConfiguration,
    StreamConfigurations,
    WorkspaceCreateRequest,
)
from airflow.providers.airbyte.hooks.airbyte import AirbyteHook
from airflow.providers.airbyte.operators.airbyte import AirbyteTriggerSyncOperator
from airflow.providers.airbyte.sensors.airbyte import AirbyteJobSensor
from airflow.providers.common.compat.sdk import AirflowException

from mock_airbyte import Auth, HandClock, MockAirbyte, by_clock

PEOPLE = [{"id": 1, "name": "Ada"}, {"id": 2, "name": "Grace"}]


@pytest.fixture
def warehouse(tmp_path: Path) -> Path:
    return tmp_path / "warehouse.db"


@pytest.fixture
def connection_id(mock_airbyte: MockAirbyte, warehouse: Path) -> str:
    return _people_connection(mock_airbyte, warehouse)


@pytest.fixture
def fake_connection_id(mock_airbyte: MockAirbyte, postgres_parts: dict[str, Any]) -> str:
    """A connection between connectors that the SDK has models of: it reads no others, from a real Airbyte either."""
    source = mock_airbyte.create_source("Fake", "faker", count=50, seed=1)
    return mock_airbyte.create_connection(source, mock_airbyte.create_destination("W", "postgres", **postgres_parts))


def _people_connection(mock: MockAirbyte, warehouse: Path) -> str:
    source = mock.create_source("Shop", "mock-inline", streams=[{"name": "people", "rows": PEOPLE}])
    destination = mock.create_destination("Warehouse", "sqlite", destination_path=str(warehouse))
    return mock.create_connection(source, destination, name="Shop to Warehouse")


@pytest.fixture
def airflow_connection(mock_airbyte: MockAirbyte, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Sets Airflow's connection to the mock, as a person would through the environment."""

    def connect(**changed: str) -> None:
        known = {
            "conn_type": "airbyte",
            "host": mock_airbyte.url,
            "login": mock_airbyte.client_id,
            "password": mock_airbyte.client_secret,
        }
        monkeypatch.setenv("AIRFLOW_CONN_AIRBYTE_DEFAULT", json.dumps(known | changed))

    connect()
    return connect


@pytest.fixture
def sdk(mock_airbyte: MockAirbyte) -> AirbyteAPI:
    return AirbyteAPI(server_url=mock_airbyte.url, security=_security(mock_airbyte, mock_airbyte.client_secret))


def _security(mock: MockAirbyte, secret: str) -> Security:
    return Security(
        client_credentials=SchemeClientCredentials(
            client_id=mock.client_id, client_secret=secret, token_url=f"{mock.url}/applications/token"
        )
    )


def _operator(connection_id: str, *, asynchronous: bool = False) -> AirbyteTriggerSyncOperator:
    return AirbyteTriggerSyncOperator(
        task_id="sync", connection_id=connection_id, wait_seconds=0.01, asynchronous=asynchronous
    )


def _sync(connection_id: str, *, asynchronous: bool = False) -> int:
    operator = _operator(connection_id, asynchronous=asynchronous)
    operator.execute({})
    job_id: int = operator.job_id
    return job_id


def _count(database: Path, table: str) -> int:
    with sqlite3.connect(database) as connection:
        count: int = connection.execute(f"select count(*) from {table}").fetchone()[0]
    connection.close()
    return count


def test_the_stock_operator_syncs_rows(
    mock_airbyte: MockAirbyte, connection_id: str, warehouse: Path, airflow_connection: Callable[..., None]
) -> None:
    job_id = _sync(connection_id)
    assert mock_airbyte.job(job_id).status == "succeeded"
    assert _count(warehouse, "people") == mock_airbyte.job(job_id).rows_committed == 2


def test_the_stock_operator_and_sensor_work_as_a_pair(
    connection_id: str, warehouse: Path, airflow_connection: Callable[..., None]
) -> None:
    job_id = _sync(connection_id, asynchronous=True)
    AirbyteJobSensor(task_id="wait", airbyte_job_id=job_id, poke_interval=0.01, timeout=30).execute({})
    assert _count(warehouse, "people") == 2


def test_the_stock_operator_works_without_authentication(
    warehouse: Path, airflow_connection: Callable[..., None]
) -> None:
    with MockAirbyte(auth=Auth(mode="none")) as mock:
        airflow_connection(host=mock.url, login="", password="")
        _operator(_people_connection(mock, warehouse)).execute({})
    assert _count(warehouse, "people") == 2


def test_the_stock_operator_fails_with_a_wrong_secret_and_no_job_is_started(
    mock_airbyte: MockAirbyte, connection_id: str, airflow_connection: Callable[..., None]
) -> None:
    airflow_connection(password="wrong")
    with pytest.raises(AirflowException, match="Unexpected status code 400 from token endpoint"):
        _operator(connection_id).execute({})
    assert mock_airbyte.jobs() == ()


def test_the_stock_operator_fails_for_an_unknown_connection(
    mock_airbyte: MockAirbyte, airflow_connection: Callable[..., None]
) -> None:
    unknown = mock_airbyte.world.new_id()
    with pytest.raises(AirflowException, match=f"resource-not-found.*{unknown}"):
        _operator(unknown).execute({})


def test_the_stock_operator_fails_when_the_sync_fails(
    mock_airbyte: MockAirbyte, connection_id: str, airflow_connection: Callable[..., None], tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("no folder")
    destination = mock_airbyte.world.actors("destination")[0].actor_id
    mock_airbyte.configure("destination", destination, destination_path=str(tmp_path / "file" / "x.db"))
    with pytest.raises(AirflowException, match="Job failed"):
        _operator(connection_id).execute({})


def test_the_stock_sensor_fails_for_a_cancelled_job(warehouse: Path, airflow_connection: Callable[..., None]) -> None:
    with MockAirbyte(clock=HandClock(), timeline=by_clock()) as mock:
        airflow_connection(host=mock.url, login=mock.client_id, password=mock.client_secret)
        job_id = mock.sync(_people_connection(mock, warehouse))
        mock.cancel(job_id)
        with pytest.raises(AirflowException, match="cancelled"):
            AirbyteJobSensor(task_id="wait", airbyte_job_id=job_id, poke_interval=0.01).execute({})


def test_the_stock_hooks_own_test_passes(connection_id: str, airflow_connection: Callable[..., None]) -> None:
    assert AirbyteHook().test_connection() == (  # type: ignore[no-untyped-call]  # Airflow's own is untyped
        True,
        "Connection successfully tested",
    )


def test_the_sdk_deploys_a_source_a_destination_and_a_connection_and_syncs(
    sdk: AirbyteAPI, mock_airbyte: MockAirbyte, postgres_parts: dict[str, Any]
) -> None:
    workspace = sdk.workspaces.create_workspace(request=WorkspaceCreateRequest(name="Analytics")).workspace_response
    assert workspace is not None
    source = sdk.sources.create_source(
        request=SourceCreateRequest(
            name="Fake", workspace_id=workspace.workspace_id, configuration=SourceFaker(count=50, seed=1)
        )
    ).source_response
    destination = sdk.destinations.create_destination(
        request=DestinationCreateRequest(
            name="Warehouse", workspace_id=workspace.workspace_id, configuration=DestinationPostgres(**postgres_parts)
        )
    ).destination_response
    assert source is not None
    assert destination is not None
    connection = sdk.connections.create_connection(
        request=ConnectionCreateRequest(
            source_id=source.source_id,
            destination_id=destination.destination_id,
            name="Fake to Warehouse",
            configurations=StreamConfigurations(
                streams=[StreamConfiguration(name="users", sync_mode=ConnectionSyncModeEnum.FULL_REFRESH_APPEND)]
            ),
        )
    ).connection_response
    assert connection is not None
    created = sdk.jobs.create_job(
        request=JobCreateRequest(connection_id=connection.connection_id, job_type=JobTypeEnum.SYNC)
    ).job_response
    assert created is not None
    assert created.status == JobStatusEnum.PENDING
    finished = sdk.jobs.get_job(request=GetJobRequest(job_id=created.job_id)).job_response
    assert finished is not None
    assert (finished.status, finished.rows_synced) == (JobStatusEnum.SUCCEEDED, 50)


def test_the_sdk_reads_everything_that_it_lists(
    sdk: AirbyteAPI, mock_airbyte: MockAirbyte, fake_connection_id: str
) -> None:
    mock_airbyte.sync(fake_connection_id)
    workspaces = sdk.workspaces.list_workspaces(request=ListWorkspacesRequest()).workspaces_response
    sources = sdk.sources.list_sources(request=ListSourcesRequest()).sources_response
    destinations = sdk.destinations.list_destinations(request=ListDestinationsRequest()).destinations_response
    connections = sdk.connections.list_connections(
        request=ListConnectionsRequest(workspace_ids=[mock_airbyte.workspace_id])
    ).connections_response
    jobs = sdk.jobs.list_jobs(
        request=ListJobsRequest(connection_id=fake_connection_id, order_by="createdAt|DESC", job_type=JobTypeEnum.SYNC)
    ).jobs_response
    for page in (workspaces, sources, destinations, connections, jobs):
        assert page is not None
        assert len(page.data) == 1
    assert workspaces is not None
    assert sources is not None
    assert destinations is not None
    assert connections is not None
    sdk.workspaces.get_workspace(request=GetWorkspaceRequest(workspace_id=workspaces.data[0].workspace_id))
    sdk.sources.get_source(request=GetSourceRequest(source_id=sources.data[0].source_id))
    sdk.destinations.get_destination(request=GetDestinationRequest(destination_id=destinations.data[0].destination_id))
    one = sdk.connections.get_connection(
        request=GetConnectionRequest(connection_id=fake_connection_id)
    ).connection_response
    assert one == connections.data[0]
    streams = sdk.streams.get_stream_properties(
        request=GetStreamPropertiesRequest(source_id=sources.data[0].source_id)
    ).stream_properties_response
    assert streams is not None
    assert [stream.stream_name for stream in streams] == ["users", "products", "purchases"]


def test_the_sdk_cancels_a_job_that_is_over_without_an_error(
    sdk: AirbyteAPI, mock_airbyte: MockAirbyte, fake_connection_id: str
) -> None:
    job_id = mock_airbyte.sync(fake_connection_id)
    mock_airbyte.job(job_id)
    cancelled = sdk.jobs.cancel_job(request=CancelJobRequest(job_id=job_id)).job_response
    assert cancelled is not None
    assert cancelled.status == JobStatusEnum.SUCCEEDED


def test_the_sdk_fails_with_a_wrong_secret(mock_airbyte: MockAirbyte, fake_connection_id: str) -> None:
    sdk = AirbyteAPI(server_url=mock_airbyte.url, security=_security(mock_airbyte, "wrong"))
    with pytest.raises(Exception, match="Unexpected status code 400"):
        sdk.jobs.list_jobs(request=ListJobsRequest())


def test_the_sdk_fails_with_a_revoked_token_and_then_gets_a_new_one(sdk: AirbyteAPI, mock_airbyte: MockAirbyte) -> None:
    sdk.jobs.list_jobs(request=ListJobsRequest())
    mock_airbyte.gate.revoke_tokens()
    with pytest.raises(SDKError, match="Unauthorized"):
        sdk.jobs.list_jobs(request=ListJobsRequest())
    sdk.jobs.list_jobs(request=ListJobsRequest())
