"""`airbyte_asset`: what a DAG is scheduled on to run after each sync of a connection, whoever started it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from airflow.providers.common.compat.sdk import Asset


def airbyte_asset(
    connection: str,
    *,
    watch: bool = False,
    conn_id: str | None = None,
    airbyte_conn_id: str | None = None,
    poll_interval_seconds: float = 30,
) -> Asset:
    """Return the asset that each successful sync of `connection` (its name or id in Airbyte) updates.

    Airbyte's notifications update it where the webhook is set up. With `watch` the triggerer asks Airbyte itself every
    `poll_interval_seconds`, through the Airflow connection `conn_id` (or `airbyte_conn_id`; `airbyte_default`): nothing
    needs to be set up in Airbyte.
    Raises `InvalidOption` while the DAG file is parsed. Airflow 2 calls an asset a dataset, and cannot watch.
    """
    from airflow.providers.common.compat.sdk import Asset

    from taskflow_profilemesh.airbyte.asset_uri import connection_uri
    from taskflow_profilemesh.airbyte.spec import check_text

    check_text("connection", connection)
    named = _one_name(conn_id, airbyte_conn_id)
    uri = connection_uri(connection)
    if not watch:
        return Asset(uri=uri)
    _check_airflow_can_watch()
    from airflow.sdk import AssetWatcher

    from taskflow_profilemesh.triggers.airbyte_completed import AirbyteSyncCompletedTrigger

    trigger = AirbyteSyncCompletedTrigger(connection, named, poll_interval_seconds)
    return Asset(uri=uri, watchers=[AssetWatcher(name=f"syncs of {connection}", trigger=trigger)])


def _one_name(conn_id: str | None, airbyte_conn_id: str | None) -> str:
    """Return the Airflow connection by either name of the option; raises `InvalidOption` where both are given."""
    if conn_id is not None and airbyte_conn_id is not None:
        from taskflow_profilemesh.errors import InvalidOption

        expected = "one of the two: they are names of one option"
        raise InvalidOption(option="conn_id", got="conn_id and airbyte_conn_id", expected=expected)
    return conn_id or airbyte_conn_id or "airbyte_default"


def _check_airflow_can_watch() -> None:
    from airflow import __version__

    from taskflow_profilemesh.errors import InvalidOption

    if __version__.startswith("2."):
        expected = f"False: watching needs Airflow 3, this is {__version__}; AirbyteSyncSensor waits here too"
        raise InvalidOption(option="watch", got="True", expected=expected)
