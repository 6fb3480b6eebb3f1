"""`ProfileMeshPlugin`: what Airflow finds by the entry point `airflow.plugins`."""

from __future__ import annotations

import logging
from functools import cached_property
from typing import Any, Final
from urllib.parse import urlsplit

from airflow import __version__ as airflow_version
from airflow.providers.common.compat.sdk import AirflowPlugin, conf, mask_secret

PREFIX: Final = "/profilemesh"
REPORTS: Final = f"{PREFIX}/reports"
SHORTEST_TOKEN: Final = 16
_IS_AIRFLOW_2: Final = airflow_version.startswith("2.")

log = logging.getLogger(__name__)


class ProfileMeshPlugin(AirflowPlugin):
    """Adds reports at `/profilemesh/reports` and a receiver of Airbyte's notifications to the api-server (Airflow 3).

    Reports have an entry in the navigation; the receiver is at `/profilemesh/airbyte`.
    """

    name = "profilemesh"

    @classmethod
    def on_load(cls, *_: Any, **__: Any) -> None:  # noqa: ANN401 -- Airflow's signature
        """Say where a token is set but nothing can be received: Airflow 2 asks no plugin for web applications."""
        if _IS_AIRFLOW_2 and webhook_token():
            log.warning("The webhook is off: it needs Airflow 3, and [profilemesh] webhook_token has no effect here.")

    @cached_property
    def fastapi_apps(self) -> list[dict[str, Any]]:  # type: ignore[override] # a list that is made when it is asked for
        """Return the web applications; only the api-server asks for them. The first one that fits a path answers."""
        from taskflow_profilemesh.plugin.airflow_reports import airflow_report_app
        from taskflow_profilemesh.plugin.webhook import webhook_app

        return [
            {"name": "ProfileMesh reports", "url_prefix": REPORTS, "app": airflow_report_app()},
            {"name": "ProfileMesh", "url_prefix": PREFIX, "app": webhook_app(webhook_token())},
        ]

    @cached_property
    def external_views(self) -> list[dict[str, Any]]:  # type: ignore[override] # as above
        """Return the entry in Airflow's navigation, under Browse, that shows the reports in a page of Airflow's."""
        entry = {"name": "Data profiles", "destination": "nav", "category": "browse", "url_route": "data-profiles"}
        return [entry | {"href": f"{path_of_airflow()}{REPORTS}/"}]


def path_of_airflow() -> str:
    """Return the path under which Airflow is served, without a slash at the end: mostly none."""
    return urlsplit(str(conf.get("api", "base_url", fallback="") or "")).path.rstrip("/")


def webhook_token() -> str | None:
    """Return the setting `[profilemesh] webhook_token`; None where it is unset, or (the log says so) too short."""
    token = str(conf.get("profilemesh", "webhook_token", fallback="") or "").strip()
    if not token:
        return None
    if len(token) < SHORTEST_TOKEN:
        log.error(
            "The webhook is off: [profilemesh] webhook_token has %d characters, at least %d are needed.",
            len(token),
            SHORTEST_TOKEN,
        )
        return None
    mask_secret(token)
    return token
