"""What a user of the `airbyte-api` SDK does: deploy, sync, poll, list, cancel."""

from __future__ import annotations

import time
from typing import Any, TypeVar

from airbyte_api import AirbyteAPI, api, models

from tests.conformance.clients.answering import answer

Json = dict[str, Any]
_Payload = TypeVar("_Payload")
_POLL_SECONDS, _POLLS = 0.2, 150


def deploy_and_sync(configuration: Json, **server: str) -> Json:
    """Create a source, a destination and a connection, sync until the job is over, and say what it did."""
    sdk = _sdk(server)
    connection = _deployed(sdk, server["workspace_id"], models.DestinationPostgres(**configuration))
    job = _over(sdk, _started(sdk, connection.connection_id).job_id)
    return {"status": job.status.value, "rows": job.rows_synced, "type": job.job_type.value}


def _deployed(
    sdk: AirbyteAPI, workspace_id: str, configuration: models.DestinationPostgres
) -> models.ConnectionResponse:
    faker = models.SourceFaker(count=10, seed=2)
    source = sdk.sources.create_source(
        request=models.SourceCreateRequest(name="New", workspace_id=workspace_id, configuration=faker)
    )
    destination = sdk.destinations.create_destination(
        request=models.DestinationCreateRequest(name="New", workspace_id=workspace_id, configuration=configuration)
    )
    users = models.StreamConfiguration(name="users", sync_mode=models.ConnectionSyncModeEnum.FULL_REFRESH_APPEND)
    connection = sdk.connections.create_connection(
        request=models.ConnectionCreateRequest(
            name="New",
            source_id=_given(source.source_response).source_id,
            destination_id=_given(destination.destination_response).destination_id,
            configurations=models.StreamConfigurations(streams=[users]),
        )
    )
    return _given(connection.connection_response)


def read_lists(**server: str) -> Json:
    """List everything, newest jobs first, and get the destination by its id."""
    sdk, within = _sdk(server), [server["workspace_id"]]
    job = _over(sdk, _started(sdk, server["connection_id"]).job_id)
    workspaces = sdk.workspaces.list_workspaces(request=api.ListWorkspacesRequest()).workspaces_response
    sources = sdk.sources.list_sources(request=api.ListSourcesRequest(workspace_ids=within)).sources_response
    destinations = _given(
        sdk.destinations.list_destinations(
            request=api.ListDestinationsRequest(workspace_ids=within)
        ).destinations_response
    ).data
    connections = sdk.connections.list_connections(
        request=api.ListConnectionsRequest(workspace_ids=within)
    ).connections_response
    jobs = sdk.jobs.list_jobs(
        request=api.ListJobsRequest(connection_id=server["connection_id"], order_by="createdAt|DESC", limit=1)
    ).jobs_response
    one = sdk.destinations.get_destination(
        request=api.GetDestinationRequest(destination_id=destinations[0].destination_id)
    ).destination_response
    listed: list[Any] = [*_given(workspaces).data, *_given(sources).data, *destinations, *_given(connections).data]
    return {
        "names": [item.name for item in listed],
        "newest": [item.job_id for item in _given(jobs).data] == [job.job_id],
        "password": getattr(_given(one).configuration, "password", None),
    }


def cancel(**server: str) -> Json:
    """Start a sync that would take an hour, be refused a second one, and cancel the first."""
    sdk = _sdk(server)
    job = _started(sdk, server["connection_id"])
    try:
        _started(sdk, server["connection_id"])
        refused = None
    except Exception as error:  # noqa: BLE001 -- the SDK raises one of its own for each status
        refused = getattr(error, "status_code", None)
    cancelled = _given(sdk.jobs.cancel_job(request=api.CancelJobRequest(job_id=job.job_id)).job_response)
    return {"before": job.status.value, "refused": refused, "after": cancelled.status.value}


def _sdk(server: dict[str, str]) -> AirbyteAPI:
    credentials = models.SchemeClientCredentials(
        client_id=server["client_id"],
        client_secret=server["client_secret"],
        token_url=server["url"] + "/applications/token",
    )
    return AirbyteAPI(server_url=server["url"], security=models.Security(client_credentials=credentials))


def _started(sdk: AirbyteAPI, connection_id: str) -> models.JobResponse:
    request = models.JobCreateRequest(connection_id=connection_id, job_type=models.JobTypeEnum.SYNC)
    return _given(sdk.jobs.create_job(request=request).job_response)


def _over(sdk: AirbyteAPI, job_id: int) -> models.JobResponse:
    for _ in range(_POLLS):
        job = _given(sdk.jobs.get_job(request=api.GetJobRequest(job_id=job_id)).job_response)
        if job.status not in (models.JobStatusEnum.PENDING, models.JobStatusEnum.RUNNING):
            return job
        time.sleep(_POLL_SECONDS)
    raise TimeoutError


def _given(payload: _Payload | None) -> _Payload:
    if payload is None:
        raise LookupError
    return payload


if __name__ == "__main__":
    answer(deploy_and_sync, read_lists, cancel)
