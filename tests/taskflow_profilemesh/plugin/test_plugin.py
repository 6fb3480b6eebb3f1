from __future__ import annotations

import subprocess
import sys
from importlib.metadata import entry_points

import pytest

pytest.importorskip(
    "airflow.models.asset", reason="Airflow 2: no plugin of it serves FastAPI, so there is no receiver of notifications"
)

import structlog
from starlette.applications import Starlette
from starlette.testclient import TestClient

from taskflow_profilemesh.airbyte.notice import SyncNotice
from taskflow_profilemesh.plugin.asset_changes import Change
from taskflow_profilemesh.plugin.profilemesh import ProfileMeshPlugin, webhook_token
from taskflow_profilemesh.plugin.webhook import webhook_app

TOKEN = "canary-token-0123456789"


def test_airflow_finds_the_plugin_by_its_entry_point() -> None:
    (found,) = entry_points(group="airflow.plugins", name="profilemesh")
    assert found.load() is ProfileMeshPlugin


def test_the_applications_are_mounted_where_the_documents_say() -> None:
    reports, app = ProfileMeshPlugin().fastapi_apps
    assert (app["name"], app["url_prefix"]) == ("ProfileMesh", "/profilemesh")
    assert TestClient(app["app"]).post("/airbyte").status_code == 503  # no token is set
    assert (reports["name"], reports["url_prefix"]) == ("ProfileMesh reports", "/profilemesh/reports")


@pytest.mark.parametrize(
    ("base_url", "path"),
    [("https://airflow.example.com/team/", "/team/profilemesh/reports/"), ("", "/profilemesh/reports/")],
)
def test_the_entry_in_the_navigation_leads_below_airflows_own_path(
    base_url: str, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRFLOW__API__BASE_URL", base_url)
    (entry,) = ProfileMeshPlugin().external_views
    assert (entry["name"], entry["destination"], entry["href"]) == ("Data profiles", "nav", path)


@pytest.mark.parametrize(
    ("set_to", "expected"), [(TOKEN, TOKEN), (f" {TOKEN}\n", TOKEN), ("", None), ("  ", None), ("short-canary", None)]
)
def test_a_token_that_is_too_short_to_be_safe_counts_as_none(
    set_to: str, expected: str | None, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("AIRFLOW__PROFILEMESH__WEBHOOK_TOKEN", set_to)
    assert webhook_token() == expected
    assert "canary" not in caplog.text
    assert ("is off" in caplog.text) is (set_to == "short-canary")


def test_loading_the_plugin_loads_no_web_framework_and_nothing_else_that_is_heavy() -> None:
    program = (
        "import sys; import airflow.providers.common.compat.sdk as sdk; sdk.AirflowPlugin; sdk.conf; sdk.mask_secret\n"
        "before = set(sys.modules)\n"
        "import taskflow_profilemesh.plugin.profilemesh\n"
        "print(*sorted({name.split('.')[0] for name in set(sys.modules) - before}))"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout.split() == ["taskflow_profilemesh"]


def test_airflows_access_log_does_not_have_a_token_that_came_in_the_path() -> None:
    log = pytest.importorskip("airflow.api_fastapi.common.http_access_log")
    server = Starlette()
    server.mount("/profilemesh", webhook_app(TOKEN, tell=_hear))
    with structlog.testing.capture_logs() as logged:
        answers = [
            TestClient(log.HttpAccessLogMiddleware(server)).post(f"/profilemesh/airbyte/{token}", json={"text": "Hi"})
            for token in (TOKEN, TOKEN + "x")
        ]
    assert [answer.status_code for answer in answers] == [200, 401]
    assert [entry["path"] for entry in logged if "path" in entry] == ["/profilemesh/airbyte"] * 2
    assert "canary" not in str(logged)


def _hear(_: SyncNotice) -> Change:
    return Change()
