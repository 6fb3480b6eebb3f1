"""What an address of Snowflake is made of, and what the driver is told of it. Pure.

A URL is `snowflake://user:password@account/database/schema?warehouse=…&role=…`; an Airflow connection has the same in
its fields and extras. The account is at `account.snowflakecomputing.com`, unless the address names a `host`.
Source: ADBC's manual, "Snowflake Driver"; Snowflake's, "Parameters" and "Account identifiers".
"""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING, Any, Final

from taskflow_profilemesh.errors import InvalidOption

if TYPE_CHECKING:
    from collections.abc import Mapping

    from taskflow_profilemesh.reading.address import DatabaseAddress

PASSED_ON: Final = frozenset(
    {"account", "schema", "warehouse", "role", "protocol", "authenticator", "token"}
    | {"private_key_file", "private_key_file_pwd"}
)
LEFT_OUT: Final = frozenset({"application", "cache_column_metadata", "client_session_keep_alive", "login_timeout"})
SECRETS: Final = frozenset({"token", "private_key_file_pwd"})
_DOMAIN: Final = ".snowflakecomputing.com"
_KEY_PAIR: Final = "snowflake_jwt"
_AUTHENTICATORS: Final = {  # as Snowflake's own drivers name them
    "snowflake": "auth_snowflake",
    _KEY_PAIR: "auth_jwt",
    "oauth": "auth_oauth",
    "programmatic_access_token": "auth_pat",
}
_SQL: Final = "adbc.snowflake.sql."
_CLIENT: Final = "adbc.snowflake.sql.client_option."
_SESSION: Final = {
    f"{_CLIENT}login_timeout": "6s",  # `check` has ten seconds, of which three may go by before somebody answers
    f"{_CLIENT}disable_telemetry": "true",
    f"{_CLIENT}tracing": "fatal",  # below that it would print statements
    "multi_statement_count": "1",  # whatever the account's default, a condition cannot end in a second statement
    "quoted_identifiers_ignore_case": "false",
}
STATEMENT_OPTIONS: Final = {  # batches that wait in the driver, whose defaults are 200 and 10 downloads at a time
    "adbc.rpc.result_queue_size": "2",
    "adbc.snowflake.rpc.prefetch_concurrency": "2",
}


def placed(
    host: str | None, path: str | None, options: Mapping[str, str]
) -> tuple[str | None, str | None, dict[str, str]]:
    """Return the host, the database, and the options, `account` and `schema` among them, of what a URL says.

    `host` is the account where no option is; `path` is `database/schema`.
    """
    named = dict(options)
    account = named.pop("account", None) or (host or "").removesuffix(_DOMAIN)
    if region := named.pop("region", None):
        account += f".{region}"
    elsewhere = named.pop("host", None) or (host if "account" in options else None)
    database, _, schema = (path or "").partition("/")
    written = {"account": account, "schema": schema} | named
    # a host's name has no underscore, which an account's name has
    place = elsewhere or (f"{account.replace('_', '-')}{_DOMAIN}" if account else None)
    return place, database or None, {name: value for name, value in written.items() if value}


def from_airflow(fields: Mapping[str, Any], extra: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return an Airflow connection's fields and extras as a URL has them.

    Its database is an extra, or stands before the schema; its password is the passphrase of a private key.
    """
    schema = str(fields["database"] or "")
    database = str(extra.get("database") or "")
    named = {name: value for name, value in extra.items() if value not in (None, "")}
    if fields["password"] and "private_key_file" in named:
        named.setdefault("private_key_file_pwd", fields["password"])
    return dict(fields) | {"database": f"{database}/{schema}" if database else schema}, named


def check(address: DatabaseAddress) -> None:
    """Raise `InvalidOption` where the address lacks its account or database, or has no way to log in by."""
    named = dict(address.options)
    for what, value in (("account", named.get("account")), ("database", address.database)):
        if not value:
            got = f"snowflake without {'an' if what == 'account' else 'a'} {what}"
            raise InvalidOption(option="url", got=got, expected="snowflake://user@account/database/schema")
    authenticator = named.get("authenticator", "snowflake").casefold()
    if authenticator not in _AUTHENTICATORS:
        known = tuple(_AUTHENTICATORS)
        raise InvalidOption(option="authenticator", got="another", expected=f"one of {', '.join(known)}", known=known)
    if named.get("protocol", "https") not in {"http", "https"}:
        raise InvalidOption(option="protocol", got="another", expected="http or https")


def driver_options(
    address: DatabaseAddress, *, statement_timeout_seconds: float | None, private_key: str | None = None
) -> dict[str, str]:
    """Return what ADBC's driver is told, secrets included: pass it on, never print it.

    `private_key`: the text of an encrypted key's file. What the driver does not know it makes a parameter of the
    session.
    """
    said = _place(address) | _login(address, private_key) | _SESSION
    if statement_timeout_seconds is not None:
        said["statement_timeout_in_seconds"] = str(max(1, ceil(statement_timeout_seconds)))
    return {name: value for name, value in said.items() if value}


def _place(address: DatabaseAddress) -> dict[str, str | None]:
    named = dict(address.options)
    return {
        f"{_SQL}account": named.get("account"),
        f"{_SQL}uri.host": address.host,
        f"{_SQL}uri.port": str(address.effective_port),
        f"{_SQL}uri.protocol": named.get("protocol", "https"),
        f"{_SQL}db": address.database,
        f"{_SQL}schema": named.get("schema"),
        f"{_SQL}warehouse": named.get("warehouse"),
        f"{_SQL}role": named.get("role"),
    }


def _login(address: DatabaseAddress, private_key: str | None) -> dict[str, str | None]:
    """Return who logs in, and by what; without a word about it a private key is what is used, where one is named."""
    named = dict(address.options)
    file = named.get("private_key_file")
    authenticator = named.get("authenticator", _KEY_PAIR if file else "snowflake").casefold()
    said = {
        "username": address.user,
        "password": address.password,
        f"{_SQL}auth_type": _AUTHENTICATORS[authenticator],
        f"{_CLIENT}auth_token": named.get("token"),
    }
    if private_key is None:
        return said | {f"{_CLIENT}jwt_private_key": file}
    encrypted = {"value": private_key, "password": named.get("private_key_file_pwd")}
    return said | {f"{_CLIENT}jwt_private_key_pkcs8_{name}": value for name, value in encrypted.items()}
