"""Which Airbyte server is meant, and who asks: options, an Airflow connection, the environment. It prints no secret."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from taskflow_profilemesh.airbyte.client import AirbyteClient
from taskflow_profilemesh.airbyte.settings import (
    CLIENT_ID_VARIABLE,
    CLIENT_SECRET_VARIABLE,
    URL_VARIABLE,
    AirbyteSettings,
)
from taskflow_profilemesh.commands.airflow_variable import connection_fields
from taskflow_profilemesh.errors import InvalidOption

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping

    from taskflow_profilemesh.clock import Clock

_DEFAULT: Final = "airbyte_default"
_OURS: Final = ("url", "client_id", "client_secret", "client_secret_file")


def settings_of(options: argparse.Namespace, environ: Mapping[str, str] = os.environ) -> AirbyteSettings:
    """Return the server that the arguments, else the environment, name; raises `InvalidOption`."""
    given = [name for name in _OURS if getattr(options, name) is not None]
    if options.conn_id is not None:
        if given:
            option = "--" + given[0].replace("_", "-")
            raise InvalidOption(option=option, got="one beside --conn-id", expected="either of the two")
        return connection_fields(options.conn_id, environ).settings()
    url = options.url or environ.get(URL_VARIABLE)
    if url:
        login = options.client_id or environ.get(CLIENT_ID_VARIABLE)
        return AirbyteSettings.of(host=url, login=login, password=_secret(options, environ))
    if not environ.get(f"AIRFLOW_CONN_{_DEFAULT.upper()}"):
        expected = f"--url or {URL_VARIABLE}, or an Airflow connection by --conn-id or AIRFLOW_CONN_AIRBYTE_DEFAULT"
        raise InvalidOption(option="url", got="nothing", expected=expected)
    if given:
        raise InvalidOption(option="url", got="nothing", expected="the server that the credentials are for")
    return connection_fields(_DEFAULT, environ).settings()


def client_of(settings: AirbyteSettings, *, clock: Clock | None = None) -> AirbyteClient:
    """Return a client; `clock`: the machine's own where it is None."""
    return AirbyteClient.from_settings(settings, **({"clock": clock} if clock else {}))


def _secret(options: argparse.Namespace, environ: Mapping[str, str]) -> str | None:
    if options.client_secret is not None and options.client_secret_file is not None:
        raise InvalidOption(option="--client-secret", got="one beside its file", expected="either of the two")
    if options.client_secret is not None:
        return str(options.client_secret)
    if options.client_secret_file is None:
        return environ.get(CLIENT_SECRET_VARIABLE)
    if options.client_secret_file == "-":  # noqa: S105 -- a file's name
        return sys.stdin.readline().strip()
    try:
        return Path(options.client_secret_file).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        # the name is not told: it might be the secret itself, given to the wrong option
        raise InvalidOption(option="--client-secret-file", got="no such file", expected="a file of text") from None
