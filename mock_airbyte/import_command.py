"""`mock-airbyte import`: what a running Airbyte has, printed as a seed file."""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from mock_airbyte.auth import Auth

if TYPE_CHECKING:
    import argparse

    from mock_airbyte.importing import Login

_DEFAULTS = Auth()
_EXAMPLES = """examples:
  mock-airbyte import --from http://localhost:8000 --client-id ID > seed.json
  mock-airbyte import --from https://api.airbyte.com/v1 --token "$TOKEN" > seed.json
  mock-airbyte import --from https://airbyte.example.com --username airbyte > seed.json

Secrets are never printed: environment variables stand in their places, empty unless they are set."""


def add_import(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options; secrets are better given through the environment."""
    import argparse as arguments

    parser.formatter_class = arguments.RawDescriptionHelpFormatter
    parser.epilog = _EXAMPLES
    parser.add_argument("--from", dest="url", required=True, metavar="URL", help="its address, or its public API's")
    for name, text in (
        ("client-id", "for client credentials"),
        ("client-secret", "its secret"),
        ("username", "for basic authentication"),
        ("password", "its password"),
        ("token", "for bearer authentication"),
    ):
        variable = f"MOCK_AIRBYTE_{name.upper().replace('-', '_')}"
        parser.add_argument(f"--{name}", default=os.environ.get(variable), help=f"{text} (or {variable})")
    parser.add_argument("--no-auth", action="store_true", help="send no credentials")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print the seed, and on the standard error what it needs; return the exit code."""
    import requests

    from mock_airbyte.copying import copy_of
    from mock_airbyte.importing import CannotRead, PublicApi

    try:
        with requests.Session() as session:
            copy = copy_of(PublicApi(session, options.url, _login(options)).everything, is_optional=True)
    except CannotRead as error:
        sys.stderr.write(f"mock-airbyte: {error}\n")
        return 1
    sys.stdout.write(json.dumps(copy.seed, indent=2, ensure_ascii=False) + "\n")
    if copy.variables:
        sys.stderr.write(f"Left empty unless they are set: {', '.join(copy.variables)}.\n")
    return 0


def _login(options: argparse.Namespace) -> Login:
    from mock_airbyte.importing import Login

    if options.no_auth:
        return Login("none")
    if options.token:
        return Login("bearer", token=options.token)
    if options.username:
        return Login("basic", username=options.username, password=options.password or "")
    place = urlsplit(options.url if "://" in options.url else f"//{options.url}")
    if place.username:
        return Login("basic", username=unquote(place.username), password=unquote(place.password or ""))
    return Login(
        "client-credentials",
        client_id=options.client_id or _DEFAULTS.client_id,
        client_secret=options.client_secret or _DEFAULTS.client_secret,
    )
