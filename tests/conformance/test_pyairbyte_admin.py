"""What an administrator does with PyAirbyte 0.71.3, against a served mock."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from tests.conformance.environments import Client
from tests.conformance.locked import PASSWORD, locked_postgres
from tests.conformance.served import Served, served, shop_seed

pytestmark = [pytest.mark.conformance, pytest.mark.postgres, pytest.mark.timeout(1200)]  # the first one installs


def test_it_keeps_and_restores_states_and_catalogs(pyairbyte: Client, mock: Served) -> None:
    seen = pyairbyte.answer("pyairbyte_admin", "keep_states_and_catalogs", **mock.arguments())
    assert seen == {
        "modes": ["incremental"],
        "before": [],
        "cursor": True,
        "changed": "2000-01-01T00:00:00+00:00",
        "restored": True,
        "forgotten": "not_set",
    }


def test_it_is_not_let_at_the_state_of_a_running_sync(pyairbyte: Client, slow_mock: Served) -> None:
    said = pyairbyte.answer("pyairbyte_admin", "touch_a_running_state", **slow_mock.arguments())
    assert said == "AirbyteConnectionSyncActiveError"


def test_it_schedules_switches_and_lists_jobs_by_type(pyairbyte: Client, mock: Served) -> None:
    seen = pyairbyte.answer("pyairbyte_admin", "switch", **mock.arguments())
    assert (seen["enabled"], seen["jobs"], seen["job"]) == ([False, True], {"sync": 1, "refresh": 0}, True)
    assert seen["urls"] == [True, True, True]


def test_it_publishes_deploys_changes_and_deletes_a_custom_source(pyairbyte: Client, mock: Served) -> None:
    seen = pyairbyte.answer("pyairbyte_admin", "build", **mock.arguments())
    assert seen == {
        "names": ["My API"],
        "version": ["1", "2"],
        "draft": [False, None],
        "manifest": "6.0.1",
        "tested": {"api_key": "**********"},
        "url": True,
        "defined": True,
        "check": False,
        "left": 0,
    }


def test_it_leaves_credentials_to_somebody_else_and_checks_that_they_came(pyairbyte: Client, mock: Served) -> None:
    seen = pyairbyte.answer("pyairbyte_admin", "defer", **mock.arguments())
    assert seen == {"checked": True, "name": "Now", "found": ["Now"]}


def test_it_administers_workspaces_users_and_organizations(pyairbyte: Client, mock: Served) -> None:
    seen = pyairbyte.answer("pyairbyte_admin", "administer", **mock.arguments())
    assert seen == {
        "renamed": "Renamed deleteme",
        "found": ["Renamed deleteme"],
        "default": ["organization", "Renamed deleteme"],
        "organizations": ["Default Organization"],
        "locked": False,
        "same": True,
        "left": ["Conformance"],
    }


def test_a_warehouse_with_a_password_is_read_with_a_cache_of_ones_own(pyairbyte: Client, tmp_path: Path) -> None:
    """PyAirbyte builds `get_sql_cache()` from what the API shows: of a password the mask, be it the mock or Airbyte.

    For BigQuery and Snowflake PyAirbyte takes the secret from elsewhere; for Postgres it does not, so any server that
    wants a password refuses it. What it offers is a cache of one's own, with a secret from the environment.
    """
    with (
        tempfile.TemporaryDirectory(prefix="pg-") as folder,
        locked_postgres(Path(folder)) as destination,
        served(tmp_path, shop_seed(destination)) as mock,
    ):
        arguments = {"configuration": destination["configuration"] | {"password": ""}, **mock.arguments()}
        secret = {"WAREHOUSE_PASSWORD": PASSWORD}
        read = pyairbyte.answer("pyairbyte_admin", "read_with_a_password", secret, **arguments)
    assert read == {"shown": "**********", "refused": True, "rows": 50}
