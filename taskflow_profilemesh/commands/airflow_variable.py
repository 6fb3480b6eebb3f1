"""An Airflow connection as it stands in the environment, `AIRFLOW_CONN_…`: a URI, or JSON. Read without Airflow.

Airflow's own database of connections is Airflow's to read. What is wrong is told without a word of the text, which
holds a password.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote, urlsplit

from taskflow_profilemesh.airbyte.airflow_connection import ConnectionFields
from taskflow_profilemesh.errors import InvalidOption

if TYPE_CHECKING:
    from collections.abc import Mapping

_EXTRA_KEY = "__extra__"
_A_HOST_WITH_A_SCHEME = 2  # of "://" in one URI: Airflow's way to write a host that is a URL


def said_of(conn_id: str, environ: Mapping[str, str]) -> str:
    """Return the text of the connection's variable; raises `InvalidOption` where there is none."""
    variable = f"AIRFLOW_CONN_{conn_id.upper()}"
    said = environ.get(variable, "").strip()
    if not said:
        expected = f"a connection in the environment variable {variable}, or a URL instead"
        raise InvalidOption(option="conn_id", got=conn_id, expected=expected)
    return said


def json_fields(conn_id: str, said: str) -> dict[str, Any]:
    """Return the fields of a connection that is written as JSON, its extra as a mapping; raises `InvalidOption`."""
    try:
        fields: dict[str, Any] = json.loads(said)
        extra = fields.get("extra") or {}
        return fields | {"extra": json.loads(extra) if isinstance(extra, str) else extra}
    except ValueError:  # whose words quote the text
        raise InvalidOption(option="conn_id", got=conn_id, expected="a connection of valid JSON") from None


def connection_fields(conn_id: str, environ: Mapping[str, str]) -> ConnectionFields:
    """Return what the connection says, read as Airflow reads it; raises `InvalidOption`."""
    said = said_of(conn_id, environ)
    try:
        return _from_json(json_fields(conn_id, said)) if said.startswith("{") else _from_uri(said)
    except (ValueError, TypeError):  # a port that is none, an extra that is no mapping
        expected = "a connection as Airflow writes it, as a URI or as JSON"
        raise InvalidOption(option="conn_id", got=conn_id, expected=expected) from None


def _from_json(fields: dict[str, Any]) -> ConnectionFields:
    port = fields.get("port")
    return ConnectionFields(
        conn_type=_type(str(fields.get("conn_type") or "")),
        host=fields.get("host"),
        port=int(port) if port else None,
        schema=fields.get("schema"),
        login=fields.get("login"),
        password=fields.get("password"),
        extra=dict(fields["extra"]),
    )


def _from_uri(said: str) -> ConnectionFields:
    """Read a URI whose host may be a URL itself: `airbyte://https%3A%2F%2F…`, or `airbyte://https://…`."""
    conn_type = urlsplit(said).scheme
    host_is_url = said.count("://") == _A_HOST_WITH_A_SCHEME
    parts = urlsplit(said.removeprefix(f"{conn_type}:" + ("//" if host_is_url else "")))
    host = unquote(parts.hostname or "")
    return ConnectionFields(
        conn_type=_type(conn_type),
        host=f"{parts.scheme}://{host}" if host_is_url and host else host,
        port=parts.port,
        schema=unquote(parts.path[1:]),
        login=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
        extra=_extra(dict(parse_qsl(parts.query, keep_blank_values=True))),
    )


def _extra(query: dict[str, str]) -> dict[str, Any]:
    if _EXTRA_KEY in query:
        return dict(json.loads(query[_EXTRA_KEY]))
    return {name: _value(text) for name, text in query.items()}


def _value(text: str) -> object:
    """Read what is JSON as such, as Airflow does; any other text is itself."""
    try:
        return json.loads(text)
    except ValueError:
        return text


def _type(conn_type: str) -> str:
    return conn_type.replace("-", "_")
