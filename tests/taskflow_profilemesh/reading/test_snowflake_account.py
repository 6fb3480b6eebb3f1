from __future__ import annotations

import pytest

from taskflow_profilemesh.errors import InvalidOption
from taskflow_profilemesh.reading import DatabaseAddress, Dialect
from taskflow_profilemesh.reading.snowflake_account import driver_options

_URL = "snowflake://me:p%40ss@org-my_account/SHOP/PUBLIC?warehouse=W&role=R"


def _told(url: str, *, timeout: float | None = None) -> dict[str, str]:
    told = driver_options(DatabaseAddress.from_url(url), statement_timeout_seconds=timeout)
    return {name.rpartition(".")[2]: value for name, value in told.items()}


def test_a_url_names_account_database_and_schema() -> None:
    address = DatabaseAddress.from_url(_URL)
    assert (address.host, address.effective_port) == ("org-my-account.snowflakecomputing.com", 443)
    assert (address.user, address.password, address.database) == ("me", "p@ss", "SHOP")
    assert dict(address.options) == {"account": "org-my_account", "schema": "PUBLIC", "warehouse": "W", "role": "R"}


@pytest.mark.parametrize(
    ("url", "host", "port"),
    [
        ("snowflake://me@a/S", "a.snowflakecomputing.com", 443),
        ("snowflake://me@a.snowflakecomputing.com/S", "a.snowflakecomputing.com", 443),
        ("snowflake://me@a/S?host=127.0.0.1&port=8080", "127.0.0.1", 8080),
        ("snowflake://me@127.0.0.1:8080/S?account=a", "127.0.0.1", 8080),
        ("snowflake://me@/S?account=a", "a.snowflakecomputing.com", 443),
        ("snowflake://me@a/S?region=eu-central-1", "a.eu-central-1.snowflakecomputing.com", 443),
    ],
)
def test_an_account_is_found_where_the_url_says_or_at_its_own_host(url: str, host: str, port: int) -> None:
    address = DatabaseAddress.from_url(url)
    assert (address.host, address.effective_port) == (host, port)
    assert dict(address.options)["account"].startswith("a")


def test_neither_text_nor_repr_tells_a_secret() -> None:
    address = DatabaseAddress.from_url(_URL + "&token=t0ken&private_key_file_pwd=phr%40se")
    for printed in (str(address), repr(address)):
        assert not any(secret in printed for secret in ("p@ss", "t0ken", "phr@se"))
    assert str(address) == "snowflake://org-my-account.snowflakecomputing.com:443/SHOP"


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("snowflake://me@/SHOP", "without an account"),
        ("snowflake://me@a", "without a database"),
        ("snowflake://me@a/S?authenticator=externalbrowser", "one of snowflake, snowflake_jwt, oauth"),
        ("snowflake://me@a/S?protocol=ftp", "http or https"),
        ("snowflake://me@a/S?warehous=W", "Did you mean 'warehouse'"),
        ("snowflake://me@a/S?port=x", "a port that is not a number"),
    ],
)
def test_what_is_no_address_is_refused(url: str, words: str) -> None:
    with pytest.raises(InvalidOption, match=words):
        DatabaseAddress.from_url(url)


def test_the_driver_is_told_where_and_who_and_nothing_that_is_empty() -> None:
    told = _told(_URL)
    expected = {
        "username": "me",
        "password": "p@ss",
        "auth_type": "auth_snowflake",
        "account": "org-my_account",
        "host": "org-my-account.snowflakecomputing.com",
        "port": "443",
        "protocol": "https",
        "db": "SHOP",
        "schema": "PUBLIC",
        "warehouse": "W",
        "role": "R",
    }
    assert expected.items() <= told.items()
    assert all(told.values())


@pytest.mark.parametrize(("seconds", "told"), [(None, None), (0.2, "1"), (5.0, "5"), (5.1, "6")])
def test_a_statements_time_is_in_whole_seconds_and_never_the_0_that_means_two_days(
    seconds: float | None, told: str | None
) -> None:
    assert _told(_URL, timeout=seconds).get("statement_timeout_in_seconds") == told


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("authenticator=oauth&token=t", {"auth_type": "auth_oauth", "auth_token": "t"}),
        ("authenticator=PROGRAMMATIC_ACCESS_TOKEN&token=t", {"auth_type": "auth_pat", "auth_token": "t"}),
        ("private_key_file=/k.p8", {"auth_type": "auth_jwt", "jwt_private_key": "/k.p8"}),
    ],
)
def test_other_ways_to_log_in(query: str, told: dict[str, str]) -> None:
    assert told.items() <= _told(f"snowflake://me@a/S?{query}").items()


def test_an_encrypted_key_goes_to_the_driver_as_its_text_and_passphrase() -> None:
    address = DatabaseAddress.from_url("snowflake://me@a/S?private_key_file=/k.p8&private_key_file_pwd=phrase")
    told = driver_options(address, statement_timeout_seconds=None, private_key="PEM")
    said = {name.rpartition(".")[2]: value for name, value in told.items()}
    assert said["jwt_private_key_pkcs8_value"] == "PEM"
    assert said["jwt_private_key_pkcs8_password"] == "phrase"
    assert "jwt_private_key" not in said


@pytest.mark.parametrize(
    ("schema", "extra", "database", "in_schema"),
    [
        ("PUBLIC", {"account": "a", "database": "SHOP"}, "SHOP", "PUBLIC"),
        (None, {"account": "a", "database": "SHOP"}, "SHOP", None),
        ("SHOP/PUBLIC", {"account": "a"}, "SHOP", "PUBLIC"),
    ],
)
def test_an_airflow_connection_has_its_database_among_its_extras(
    schema: str | None, extra: dict[str, str], database: str, in_schema: str | None
) -> None:
    fields = {"host": None, "port": None, "user": "me", "password": "p", "database": schema}
    more = {"warehouse": "W", "insecure_mode": False}
    address = DatabaseAddress.from_airflow(Dialect.SNOWFLAKE, fields, extra | more)
    assert (address.host, address.database) == ("a.snowflakecomputing.com", database)
    assert dict(address.options).get("schema") == in_schema
    assert dict(address.options)["warehouse"] == "W"


def test_an_airflow_connections_password_is_the_passphrase_of_its_key() -> None:
    fields = {"host": "", "port": None, "user": "me", "password": "phrase", "database": "SHOP/PUBLIC"}
    extra = {"account": "a", "private_key_file": "/k.p8", "role": None}
    address = DatabaseAddress.from_airflow(Dialect.SNOWFLAKE, fields, extra)
    assert dict(address.options)["private_key_file_pwd"] == "phrase"
    assert "role" not in dict(address.options)
