from __future__ import annotations

import pytest

from taskflow_profilemesh.airbyte.address import AirbyteAddress
from taskflow_profilemesh.errors import InvalidOption


@pytest.mark.parametrize(
    ("written", "root"),
    [
        ("localhost", "http://localhost"),
        ("localhost:8000", "http://localhost:8000"),
        ("10.0.0.5", "http://10.0.0.5"),
        ("http://localhost:8000/", "http://localhost:8000"),
        ("http://localhost:8000/api", "http://localhost:8000"),
        ("http://localhost:8000/api/v1", "http://localhost:8000"),
        ("http://localhost:8000/api/public/", "http://localhost:8000"),
        (" http://localhost:8000/api/public/v1/ ", "http://localhost:8000"),
        ("https://data.example.com/airbyte/api/public/v1", "https://data.example.com/airbyte"),
        ("airbyte.example.com", "https://airbyte.example.com"),
        ("airbyte.example.com:8080/api", "http://airbyte.example.com:8080"),
    ],
)
def test_any_form_of_a_self_managed_address_is_understood(written: str, root: str) -> None:
    assert AirbyteAddress.parse(written) == AirbyteAddress(
        public_base=f"{root}/api/public/v1",
        config_base=f"{root}/api/v1",
        token_url=f"{root}/api/public/v1/applications/token",
        pages=root,
    )


@pytest.mark.parametrize("written", ["api.airbyte.com", "https://api.airbyte.com/v1/", "https://cloud.airbyte.com"])
def test_cloud_is_cloud_in_any_form(written: str) -> None:
    assert AirbyteAddress.parse(written) == AirbyteAddress(
        public_base="https://api.airbyte.com/v1",
        config_base="https://cloud.airbyte.com/api/v1",
        token_url="https://api.airbyte.com/v1/applications/token",
        pages="https://cloud.airbyte.com",
    )


def test_a_base_that_is_only_v1_is_kept() -> None:
    assert AirbyteAddress.parse("http://localhost:8000/v1").public_base == "http://localhost:8000/v1"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (None, "http://h:1/api/public/v1/applications/token"),
        ("v1/applications/token", "http://h:1/api/public/v1/applications/token"),
        ("/api/public/v1/applications/token/", "http://h:1/api/public/v1/applications/token"),
        ("auth/realms/x/token", "http://h:1/auth/realms/x/token"),
        ("https://login.example.com/token", "https://login.example.com/token"),
    ],
)
def test_the_token_endpoint_is_the_servers_own_unless_another_is_named(given: str | None, expected: str) -> None:
    assert AirbyteAddress.parse("http://h:1", token_url=given).token_url == expected


@pytest.mark.parametrize(
    "written",
    [
        "",
        "  ",
        "ftp://h",
        "http://",
        "http://h:99999",
        "two words",
        "http://u:canary@h",
        "http://[::1",
        "airbyte..example.com",
        "a" * 70,
    ],
)
def test_what_is_no_address_is_refused_without_repeating_it(written: str) -> None:
    with pytest.raises(InvalidOption) as caught:
        AirbyteAddress.parse(written)
    assert caught.value.option == "host"
    assert "canary" not in str(caught.value)


def test_a_page_shows_the_job() -> None:
    address = AirbyteAddress.parse("localhost:8000")
    assert address.connection_page("w", "c") == "http://localhost:8000/workspaces/w/connections/c/timeline"
    assert address.connection_page("w", "c", 7).endswith("timeline?jobId=7&openLogs=true")
