"""What a user of PyAirbyte does with an Airbyte: look around, sync, read the rows back, deploy."""

from __future__ import annotations

from typing import Any

import airbyte
from airbyte.cloud import CloudConnection, CloudWorkspace

from tests.conformance.clients.answering import answer

Json = dict[str, Any]
_NO_CONNECTOR = "/bin/true"  # a configuration is deployed, no connector is run: any program will do


def look_around(**server: str) -> Json:
    """Connect, list and get."""
    workspace, connection = _workspace(server), _connection(server)
    workspace.connect()
    source, destination = connection.source, connection.destination
    return {
        "valid": connection.check_is_valid(),
        "connections": [one.name for one in workspace.list_connections()],
        "sources": [one.name for one in workspace.list_sources()],
        "destinations": [one.name for one in workspace.list_destinations()],
        "workspaces": [one.name for one in workspace.list_workspaces()],
        "connection": [connection.name, connection.stream_names, connection.table_prefix],
        "checks": [bool(source.check()), bool(destination.check())],
        "password": destination.configuration["password"],
    }


def run_sync(**server: str) -> Json:
    """Sync, wait, and look at the result, its attempt and its logs."""
    connection = _connection(server)
    result = connection.run_sync()
    return {
        "status": result.get_job_status(),
        "records": result.records_synced,
        "bytes": result.bytes_synced,
        "started": result.start_time.isoformat(),
        "attempts": [
            {
                "id": attempt.attempt_id,
                "status": attempt.status,
                "records": attempt.records_synced,
                "created": attempt.created_at.isoformat(),
                "log": attempt.get_full_log_text(),
            }
            for attempt in result.get_attempts()
        ],
        "previous": [one.job_id for one in connection.get_previous_sync_logs()] == [result.job_id],
        "state": connection.get_state_artifacts(),
    }


def fail(**server: str) -> Json:
    """Sync what cannot be written and say how PyAirbyte tells it."""
    connection = _connection(server)
    try:
        connection.run_sync()
    except airbyte.exceptions.AirbyteConnectionSyncError as error:
        attempts = connection.get_sync_result().get_attempts()
        return {"status": error.job_status, "attempts": [attempt.status for attempt in attempts]}
    return {"status": "succeeded"}


def read_rows(**server: str) -> Json:
    """Sync and read the rows from the database that the destination's configuration names."""
    result = _connection(server).run_sync()
    users = result.get_dataset("users").to_pandas()
    return {
        "cache": type(result.get_sql_cache()).__name__,
        "table": result.get_sql_table("users").name,
        "columns": list(users.columns)[:6],
        "rows": {name: len(list(dataset)) for name, dataset in result.streams.items()},
        "ids": sorted(int(identifier) for identifier in users["id"]),
    }


def deploy(configuration: Json, **server: str) -> Json:
    """Deploy a source, a destination and a connection, sync, read the rows, change it, and delete it all."""
    workspace = _workspace(server)
    faker = airbyte.get_source("source-faker", config={"count": 10, "seed": 2}, local_executable=_NO_CONNECTOR)
    postgres = airbyte.get_destination("destination-postgres", config=configuration, local_executable=_NO_CONNECTOR)
    source, destination = workspace.deploy_source("New shop", faker), workspace.deploy_destination("New", postgres)
    connection = workspace.deploy_connection(
        "New connection", source=source, destination=destination, selected_streams=["users"], table_prefix="new_"
    )
    result = connection.run_sync()
    rows = len(result.get_dataset("new_users").to_pandas())
    return {"records": result.records_synced, "rows": rows, **_changed(workspace, connection)}


def _changed(workspace: CloudWorkspace, connection: CloudConnection) -> Json:
    changed = {
        "name": connection.rename("Renamed").name,
        "prefix": connection.set_table_prefix("other_").table_prefix,
        "streams": connection.set_selected_streams(["users", "products"]).stream_names,
    }
    connection.set_schedule("0 0 12 * * ?")
    connection.set_enabled(enabled=False)
    changed["enabled"] = connection.enabled
    source, destination = connection.source, connection.destination
    workspace.permanently_delete_connection(connection, safe_mode=False)
    workspace.permanently_delete_source(source, safe_mode=False)
    workspace.permanently_delete_destination(destination, safe_mode=False)
    changed["left"] = [len(workspace.list_sources()), len(workspace.list_destinations())]
    return changed


def cancel(**server: str) -> Json:
    """Start a sync that would take an hour, be refused a second one, and cancel it."""
    connection = _connection(server)
    begun = connection.run_sync(wait=False)
    before = begun.get_job_status()
    try:
        connection.run_sync(wait=False)
        refused = None
    except airbyte.exceptions.AirbyteConnectionSyncError as error:
        refused = (error.context or {}).get("status_code")
    connection.cancel_sync()
    return {"before": before, "refused": refused, "after": begun.get_job_status()}


def wrong_secret(**server: str) -> str:
    """Connect with a secret that is not the mock's and say what was raised."""
    try:
        _workspace(server | {"client_secret": "wrong"}).connect()
    except Exception as error:  # noqa: BLE001 -- whatever PyAirbyte makes of it
        return str(error)
    return "connected"


def _workspace(server: dict[str, str]) -> CloudWorkspace:
    return CloudWorkspace(
        workspace_id=server["workspace_id"],
        client_id=server["client_id"],
        client_secret=server["client_secret"],
        api_root=server["url"],
    )


def _connection(server: dict[str, str]) -> CloudConnection:
    return _workspace(server).get_connection(server["connection_id"])


if __name__ == "__main__":
    answer(look_around, run_sync, fail, read_rows, deploy, cancel, wrong_secret)
