from __future__ import annotations

from typing import Any

import pytest

from taskflow_profilemesh.airbyte.auth import Anonymous, Auth, Basic, Bearer, ClientCredentials
from taskflow_profilemesh.airbyte.settings import AirbyteSettings
from taskflow_profilemesh.errors import InvalidOption


@pytest.mark.parametrize(
    ("login", "password", "extra", "expected"),
    [
        ("id", "secret", {}, ClientCredentials("id", "secret")),
        (None, None, {"client_id": "id", "client_secret": "secret"}, ClientCredentials("id", "secret")),
        ("me", "pw", {"auth": "basic"}, Basic("me", "pw")),
        (None, None, {"token": "abc"}, Bearer("abc")),
        ("id", "secret", {"auth": "none"}, Anonymous()),
        (None, None, {}, Anonymous()),
        ("id", None, {}, Anonymous()),
    ],
)
def test_who_asks_follows_from_what_is_given(
    login: str | None, password: str | None, extra: dict[str, Any], expected: Auth
) -> None:
    assert AirbyteSettings.of(host="localhost", login=login, password=password, extra=extra).auth == expected


@pytest.mark.parametrize(
    "extra",
    [
        {"auth": "basics"},
        {"auth": "bearer"},
        {"auth": "client_credentials"},
        {"timeout": "soon"},
        {"timeout": 0},
        {"failed_log_lines": -1},
        {"verify": "/no/such/file.pem"},
        {"verify": 2},
    ],
)
def test_settings_that_cannot_work_are_refused(extra: dict[str, Any]) -> None:
    with pytest.raises(InvalidOption):
        AirbyteSettings.of(host="localhost", extra=extra)


@pytest.mark.parametrize(
    ("given", "expected"), [(False, False), ("false", False), ("True", True), ("0", False), (__file__, __file__)]
)
def test_certificates_are_checked_or_not_as_told_in_whatever_form(given: object, expected: object) -> None:
    assert AirbyteSettings.of(host="h", extra={"verify": given}).verify == expected


def test_the_environment_says_it_all() -> None:
    settings = AirbyteSettings.from_environment(
        {
            "AIRBYTE_API_URL": "localhost:8000",
            "AIRBYTE_CLIENT_ID": "id",
            "AIRBYTE_CLIENT_SECRET": "canary",
            "AIRBYTE_CONNECTION_ID": "Shop",
        }
    )
    assert settings is not None
    assert settings.auth == ClientCredentials("id", "canary")
    assert settings.connection == "Shop"
    assert settings.address.public_base == "http://localhost:8000/api/public/v1"
    assert "canary" not in repr(settings)


def test_an_environment_that_says_nothing_gives_no_settings() -> None:
    assert AirbyteSettings.from_environment({}) is None


def test_proxies_are_given_as_one_or_by_scheme() -> None:
    one = AirbyteSettings.of(host="h", extra={"proxies": "http://p:1"})
    by_scheme = AirbyteSettings.of(host="h", extra={"proxies": {"https://": "http://p:1"}})
    assert one.proxies == (("http", "http://p:1"), ("https", "http://p:1"))
    assert by_scheme.proxies == (("https", "http://p:1"),)
    assert hash(one) != hash(by_scheme)
