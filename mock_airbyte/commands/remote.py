"""Calling a running mock: its address, its credentials, its pages and its errors."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import requests

from mock_airbyte.auth import Auth
from mock_airbyte.commands.result import CommandFailed

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping

Json = dict[str, Any]
Reply = Any  # its shape is the operation's
_DEFAULTS = Auth()
_PUBLIC, _CONFIG, _DESK = "/api/public/v1", "/api/v1", "/_mock"
_DEFAULT_URL = "http://127.0.0.1:8000"
_SECONDS = 60
_PAGE = 100
_HINTS = {
    401: " Give its credentials, see --help.",
    403: " Give --control-token, or call from the machine where it runs.",
}


def add_options(parser: argparse.ArgumentParser) -> None:
    """Declare where the mock is and how to get in; secrets are better given through the environment."""
    group = parser.add_argument_group("which mock (each also from the environment: MOCK_AIRBYTE_URL, …)")
    for name, default, text in (
        ("url", _DEFAULT_URL, "its address (%(default)s)"),
        ("client-id", _DEFAULTS.client_id, "for client credentials (%(default)s)"),
        ("client-secret", None, "its secret"),
        ("username", None, "for basic authentication"),
        ("password", None, "its password"),
        ("token", None, "for bearer authentication"),
        ("control-token", None, "for what steers the mock, if it was served with one"),
    ):
        variable = f"MOCK_AIRBYTE_{name.upper().replace('-', '_')}"
        group.add_argument(f"--{name}", default=os.environ.get(variable, default), help=text)


@dataclass(frozen=True, slots=True)
class Remote:
    """A mock that runs elsewhere; `root` is its address without a path."""

    root: str
    session: requests.Session
    control_token: str | None = field(default=None, repr=False)

    @classmethod
    def of(cls, options: argparse.Namespace, session: requests.Session) -> Remote:
        """Return the mock that the options name, let in already; raises `CommandFailed`."""
        remote = cls(_root(options.url), session, options.control_token)
        if options.at_desk:  # no login: it would stand in the journal, and meet faults
            return remote
        if options.token is not None:
            remote.session.headers["Authorization"] = f"Bearer {options.token}"
        elif options.username is not None:
            remote.session.auth = (options.username, options.password or "")
        else:
            secret = options.client_secret or _DEFAULTS.client_secret
            body = {"client_id": options.client_id, "client_secret": secret}
            issued = remote.call("POST", "/applications/token", json=body)
            remote.session.headers["Authorization"] = f"Bearer {issued['access_token']}"
        return remote

    def call(
        self,
        method: str,
        path: str,
        *,
        base: str = _PUBLIC,
        json: Json | None = None,
        params: Mapping[str, str] | None = None,
    ) -> Reply:
        """Call an operation and return its JSON, None if it has none; raises `CommandFailed` with the mock's words."""
        response = self._sent(
            method, base + path, json=json, params=params, auth=self._control if base == _DESK else None
        )
        try:
            return response.json() if response.content else None
        except requests.JSONDecodeError as error:
            message = f"What answers there does not speak JSON: is it an Airbyte? (url={self.root!r})"
            raise CommandFailed(message) from error

    def desk(self, method: str, path: str, body: Json | None = None) -> Reply:
        """Steer the mock; needs no login."""
        return self.call(method, path, base=_DESK, json=body)

    def metrics(self) -> str:
        """Return the mock's figures as Prometheus reads them."""
        return self._sent("GET", "/metrics").text

    def _sent(self, method: str, path: str, **options: Any) -> requests.Response:  # noqa: ANN401 -- requests' own
        try:
            response = self.session.request(method, self.root + path, timeout=_SECONDS, **options)
        except requests.RequestException as error:
            message = f"No mock Airbyte answers (url={self.root!r}). Start one with 'mock-airbyte serve'."
            raise CommandFailed(message) from error
        if not response.ok:
            raise CommandFailed(_reason(response), status=response.status_code)
        return response

    def _control(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers.pop("Authorization", None)
        if self.control_token:
            request.headers["Authorization"] = f"Bearer {self.control_token}"
        return request

    def config(self, path: str, body: Json) -> Reply:
        """Call an operation of the Config API."""
        return self.call("POST", path, base=_CONFIG, json=body)

    def all(self, path: str, **query: str) -> list[Json]:
        """Return every item of a list, all its pages."""
        found: list[Json] = []
        while page := self.call("GET", path, params=query | {"limit": str(_PAGE), "offset": str(len(found))})["data"]:
            found += page
        return found

    def named(self, kind: str, name: str) -> Json:
        """Return the one thing of that name or id; raises `CommandFailed` for none and for several."""
        everything = self.all(f"/{kind}s")
        found = [one for one in everything if name in (one[f"{kind}Id"], one["name"])]
        if len(found) == 1:
            return found[0]
        if found:
            ids = ", ".join(one[f"{kind}Id"] for one in found)
            message = f"Several {kind}s have this name (name={name!r}). Give an id: {ids}."
        else:
            known = ", ".join(repr(one["name"]) for one in everything) or "none"
            message = f"There is no such {kind} (name={name!r}). There are: {known}."
        raise CommandFailed(message)


def _root(url: str) -> str:
    """Return the address alone, whichever of its bases was given."""
    root = url.rstrip("/")
    for base in (_PUBLIC, _CONFIG, "/v1"):
        root = root.removesuffix(base)
    return root if "://" in root else f"http://{root}"


def _reason(response: requests.Response) -> str:
    try:
        body = response.json()
    except requests.JSONDecodeError:
        body = {}
    embedded = (body.get("_embedded") or {}).get("errors") or [{}]
    data = body.get("data") or {}
    words = data.get("message") or embedded[0].get("message")
    words = words or body.get("detail") or body.get("message") or body.get("error") or response.reason
    words += f": {data['validationErrorMessage']}" if "validationErrorMessage" in data else ""
    which = f", value={data['value']!r}" if "value" in data else ""
    status = 401 if response.url.endswith("/applications/token") else response.status_code
    return f"{words} (status={response.status_code}{which}){_HINTS.get(status, '')}"
