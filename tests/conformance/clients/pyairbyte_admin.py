"""What an administrator does with PyAirbyte: states, catalogs, schedules, custom sources, drafts, users, workspaces."""

from __future__ import annotations

from typing import Any

import airbyte
from airbyte.caches import PostgresCache
from airbyte.cloud import CloudClient, CloudConnection, CloudWorkspace

from tests.conformance.clients.answering import answer

Json = dict[str, Any]
_MANIFEST = {
    "version": "6.0.0",
    "type": "DeclarativeSource",
    "spec": {"connection_specification": {"type": "object", "properties": {"api_key": {"type": "string"}}}},
}
_FAKER = "dfd88b22-b603-4c3d-aad7-3701784586b1"


def keep_states_and_catalogs(**server: str) -> Json:
    """Make a stream incremental, sync, save the state, change it, and put it back."""
    connection = _connection(server)
    catalog = connection.dump_raw_catalog(normalize=False)
    assert catalog is not None
    for entry in catalog["streams"]:
        entry["config"] |= {"syncMode": "incremental", "destinationSyncMode": "append_dedup"}
        entry["config"]["selected"] = entry["stream"]["name"] == "users"
    connection.import_raw_catalog(catalog)
    configured = connection.dump_raw_catalog()
    assert configured is not None
    connection.import_raw_catalog(configured)  # the protocol's form of the same
    before = connection.dump_raw_state()
    connection.run_sync()
    raw = connection.dump_raw_state(normalize=False)
    saved = connection.get_stream_state("users") or {}
    connection.set_stream_state("users", saved | {"cursor": "2000-01-01T00:00:00+00:00"})
    changed = connection.get_stream_state("users") or {}
    restored = connection.import_raw_state(raw)
    protocol = connection.import_raw_state(connection.dump_raw_state())
    return {
        "modes": [entry["sync_mode"] for entry in configured["streams"] if entry["selected"]],
        "before": before,
        "cursor": bool(saved.get("cursor")),
        "changed": changed["cursor"],
        "restored": restored == raw == protocol,
        "forgotten": connection.import_raw_state([])["stateType"],
    }


def touch_a_running_state(**server: str) -> str:
    """Replace the state of a connection while it syncs and say what was raised."""
    connection = _connection(server)
    connection.run_sync(wait=False)
    try:
        connection.import_raw_state([])
    except airbyte.exceptions.AirbyteConnectionSyncActiveError as error:
        return type(error).__name__
    finally:
        connection.cancel_sync()
    return "replaced"


def switch(**server: str) -> Json:
    """Give a connection a schedule and take it away, switch it off and on, and list its jobs by type."""
    connection = _connection(server)
    connection.set_schedule("0 0 12 * * ?")
    connection.set_manual_schedule()
    connection.set_enabled(enabled=False)
    off = connection.enabled
    connection.enabled = True
    job = connection.run_sync()
    return {
        "enabled": [off, connection.enabled],
        "jobs": {kind: len(connection.get_previous_sync_logs(job_type=kind)) for kind in ("sync", "refresh")},
        "job": connection.get_sync_result(job.job_id).is_job_complete(),
        "urls": [bool(connection.connection_url), bool(connection.job_history_url), bool(job.job_url)],
    }


def build(**server: str) -> Json:
    """Publish a custom source, deploy it, change it and delete it all."""
    workspace = _workspace(server)
    custom = workspace.publish_custom_source_definition(
        "My API", manifest_yaml=_MANIFEST, testing_values={"api_key": "secret"}
    )
    source = custom.deploy_source("From my API", {"api_key": "secret"})
    same = workspace.get_custom_source_definition(custom.definition_id, definition_type="yaml")
    updated = same.update_definition(manifest_yaml=_MANIFEST | {"version": "6.0.1"})
    listed = workspace.list_custom_source_definitions(definition_type="yaml")
    seen = {
        "names": [one.name for one in listed],
        "version": [same.version, updated.version],
        "draft": [custom.has_draft, custom.draft_manifest],
        "manifest": (updated.manifest or {})["version"],
        "tested": custom.get_builder_project_data(use_cache=False)["testingValues"],
        "url": "/connector-builder/edit/" in custom.definition_url,
        "defined": source.definition_id == custom.definition_id,
        "check": bool(source.check(raise_on_error=False)),
    }
    workspace.permanently_delete_source(source, safe_mode=False)
    custom.permanently_delete(safe_mode=False)
    return seen | {"left": len(workspace.list_custom_source_definitions(definition_type="yaml"))}


def defer(**server: str) -> Json:
    """Deploy a source whose credentials somebody else completes, check it, and change it as its owner would."""
    workspace = _workspace(server)
    source = workspace.deploy_source("Later", {"count": 1}, definition_id=_FAKER, defer_credentials=True)
    checked = workspace.check_connector_setup("source", source.source_id)
    changed = source.update_config({"count": 2, "sourceType": "faker"}).rename("Now")
    return {
        "checked": bool(checked),
        "name": changed.name,
        "found": [one.name for one in workspace.list_sources("Now")],
    }


def administer(**server: str) -> Json:
    """Create, rename and delete a workspace, and look at users and organizations."""
    client = CloudClient(
        client_id=server["client_id"], client_secret=server["client_secret"], public_api_root=server["url"]
    )
    organization = client.get_organization()
    made = client.create_workspace(name="Temporary deleteme", organization_id=organization.organization_id)
    renamed = client.rename_workspace(made.workspace_id, name="Renamed deleteme").name
    email = client.get_default_context_for_user().user_email or ""
    default = client.set_default_workspace_for_user(user_email=email, workspace_id=made.workspace_id)
    context = client.get_default_context_for_user()
    found = client.list_workspaces(organization_id=organization.organization_id, name_contains="deleteme")
    client.permanently_delete_workspace(made.workspace_id)
    return {
        "renamed": renamed,
        "found": [one.name for one in found],
        "default": [default.membership_basis, context.default_workspace_name],
        "organizations": [one.organization_name for one in client.list_organizations(name_contains="default")],
        "locked": organization.get_billing_status().is_account_locked,
        "same": _workspace(server).get_organization().organization_id == organization.organization_id,
        "left": [one.name for one in _workspace(server).list_workspaces()],
    }


def read_with_a_password(configuration: Json, **server: str) -> Json:
    """Read a warehouse that wants a password: with the one that the API shows, then with one from a secret."""
    connection = _connection(server)
    result = connection.run_sync()
    try:
        result.get_sql_cache()
        refused = False
    except Exception as error:  # noqa: BLE001 -- the driver's own
        refused = "password authentication failed" in str(error)
    own = PostgresCache(
        host=configuration["host"],
        port=configuration["port"],
        database=configuration["database"],
        username=configuration["username"],
        password=airbyte.get_secret("WAREHOUSE_PASSWORD"),
        schema_name=configuration["schema"],
    )
    with own.get_sql_engine().connect() as database:
        (count,) = database.exec_driver_sql("select count(*) from users").one()
    shown = (connection.destination.configuration or {})["password"]
    return {"shown": shown, "refused": refused, "rows": count}


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
    answer(
        keep_states_and_catalogs,
        touch_a_running_state,
        switch,
        build,
        defer,
        administer,
        read_with_a_password,
    )
