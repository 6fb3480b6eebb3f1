"""Copying workspaces, sources, destinations and connections from a running Airbyte, or another mock, as a seed.

It reads the public API and writes nothing there. Secrets come masked from an Airbyte; whatever else looks like one is
taken out as well, and an environment variable is written in its place, so the seed can be shown to anybody.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from mock_airbyte.masking import MASK, masked

if TYPE_CHECKING:
    import requests

Fetch = Callable[[str, int, int], list[dict[str, Any]]]  # a list's path, limit and offset give a page of it
_PAGE = 100
_TIMEOUT_SECONDS = 30.0
_SETTINGS = (
    "status",
    "schedule",
    "namespaceDefinition",
    "namespaceFormat",
    "prefix",
    "nonBreakingSchemaUpdatesBehavior",
    "configurations",
)


def sign_in(session: requests.Session, url: str, client_id: str, client_secret: str) -> None:
    """Let a session call the public API at `url` from now on; raises `requests.RequestException`."""
    secret = {"client_id": client_id, "client_secret": client_secret}
    answer = session.post(url.rstrip("/") + "/applications/token", json=secret, timeout=_TIMEOUT_SECONDS)
    answer.raise_for_status()
    session.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"


def public_api(session: requests.Session, url: str) -> Fetch:
    """Return what fetches pages from the public API at `url`; it raises `requests.RequestException`."""

    def fetch(path: str, limit: int, offset: int) -> list[dict[str, Any]]:
        query = {"limit": limit, "offset": offset}
        answer = session.get(url.rstrip("/") + path, params=query, timeout=_TIMEOUT_SECONDS)
        answer.raise_for_status()
        page: list[dict[str, Any]] = answer.json()["data"]
        return page

    return fetch


def seed_of(fetch: Fetch) -> dict[str, Any]:
    """Return what an Airbyte has as the content of a seed file; ids stay what they are."""
    workspaces = _named(_all(fetch, "/workspaces"), "workspaceId")
    actors = {kind: _named(_all(fetch, f"/{kind}s"), f"{kind}Id") for kind in ("source", "destination")}
    connections = _all(fetch, "/connections")
    return {
        "workspaces": [{"id": identifier, "name": name} for identifier, (name, _) in workspaces.items()],
        **{
            f"{kind}s": [_actor(kind, identifier, name, one, workspaces) for identifier, (name, one) in found.items()]
            for kind, found in actors.items()
        },
        "connections": [_connection(one, actors) for one in connections],
    }


def _all(fetch: Fetch, path: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    while page := fetch(path, _PAGE, len(found)):
        found += page
    return found


def _named(entries: list[dict[str, Any]], id_field: str) -> dict[str, tuple[str, dict[str, Any]]]:
    """Return entries by their ids, with names that tell them apart: a seed's entries refer to each other by name."""
    counts = Counter(entry["name"] for entry in entries)
    return {
        entry[id_field]: (
            entry["name"] if counts[entry["name"]] == 1 else f"{entry['name']} ({entry[id_field]})",
            entry,
        )
        for entry in entries
    }


def _actor(
    kind: str, identifier: str, name: str, entry: Mapping[str, Any], workspaces: Mapping[str, tuple[str, Any]]
) -> dict[str, Any]:
    configuration = masked(entry.get("configuration") or {})
    configuration.pop(f"{kind}Type", None)
    return {
        "id": identifier,
        "name": name,
        "type": entry[f"{kind}Type"],
        "workspace": workspaces[entry["workspaceId"]][0],
        "configuration": _with_variables(configuration, name),
    }


def _with_variables(value: object, name: str) -> object:
    if isinstance(value, Mapping):
        return {key: _with_variables(part, f"{name} {key}") for key, part in value.items()}
    if isinstance(value, list):
        return [_with_variables(part, f"{name} {number}") for number, part in enumerate(value)]
    if value == MASK:
        return "${" + re.sub(r"\W+", "_", name).strip("_").upper() + ":-}"
    return value


def _connection(entry: Mapping[str, Any], actors: Mapping[str, Mapping[str, tuple[str, Any]]]) -> dict[str, Any]:
    settings = {name: entry[name] for name in _SETTINGS if entry.get(name) is not None}
    ends = {kind: actors[kind][entry[f"{kind}Id"]][0] for kind in ("source", "destination")}
    return {"id": entry["connectionId"], "name": entry["name"], **ends, **settings}
