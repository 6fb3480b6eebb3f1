"""An Airflow connection of type `profilemesh`: what it says of source, store and config, and its form.

| field | what |
|---|---|
| host | the store: an SQLAlchemy URL without user and password, or the id of an Airflow connection |
| login, password | user and password of the store's URL |
| extra `source_conn_id` | the Airflow connection of the database to profile |
| extra `config_path` | the path of a `profilemesh.yml`; a relative one starts from the Airflow home |
| extra `config` | sections of a config, as a mapping or its JSON, in place of the file |
| extra `store` | the store, where the host is empty: a URL is easier to write there than as a host |

What the connection says itself goes before what its config says.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, urlsplit

from airflow.providers.common.compat.sdk import AirflowNotFoundException, BaseHook, mask_secret

if TYPE_CHECKING:
    from collections.abc import Mapping

    from airflow.providers.common.compat.sdk import Connection

    from taskflow_profilemesh.config import ProfileOptions, Said

CONN_TYPE: Final = "profilemesh"
FIELDS: Final = {
    "source_conn_id": "Source (Airflow connection id)",
    "config_path": "Config file (path)",
    "config": "Config (JSON)",
}
_EXTRAS: Final = (*FIELDS, "store")
FORM: Final[dict[str, Any]] = {
    "hidden_fields": ["port", "schema"],
    "relabeling": {
        "host": "Store (URL, or Airflow connection id)",
        "login": "Store user",
        "password": "Store password",
    },
    "placeholders": {
        "host": "postgresql://db.example.com/profiles",
        "source_conn_id": "warehouse",
        "config_path": "/opt/airflow/profilemesh.yml",
        "config": '{"profiling": {"tables": ["shop.*"]}}',
    },
}


def settled(*voices: Said) -> ProfileOptions:
    """Return the options of the voices; where their `conn_id` is of type `profilemesh`, that speaks after them.

    The options then name the source that it names; they keep its own id where it names none.
    """
    from taskflow_profilemesh.config import Said, settle

    options = settle(*voices)
    if options.source_url is not None:
        return options
    said = said_by(options.conn_id)
    if said is None:
        return options
    return settle(Said(conn_id=said.get("conn_id"), source_url=said.get("source_url")), *voices, said)


def said_by(conn_id: str) -> Said | None:
    """Return what a connection of type `profilemesh` says; None for any other, and for one that does not exist."""
    try:
        connection = BaseHook.get_connection(conn_id)
    except AirflowNotFoundException:
        return None
    return said_of(connection) if connection.conn_type == CONN_TYPE else None


def said_of(connection: Connection) -> Said:
    """Read a connection of type `profilemesh`; raises `InvalidOption` or `InvalidConfig` for what cannot be."""
    from taskflow_profilemesh.config import Said
    from taskflow_profilemesh.errors import InvalidOption
    from taskflow_profilemesh.hooks.variables import said_in

    extra = {name: value for name, value in connection.extra_dejson.items() if value not in (None, "")}
    for name in extra:
        if name not in _EXTRAS:
            raise InvalidOption(option="extra", got=name, expected=f"one of {', '.join(_EXTRAS)}", known=_EXTRAS)
    config = _config(extra)
    said = Said() if config is None else said_in(config, _airflow_home())
    if extra.get("source_conn_id"):
        said["source_url"] = None  # the config's, in place of which it stands
    own = {"conn_id": extra.get("source_conn_id"), "store": _store(connection, extra)}
    said.update({name: value for name, value in own.items() if value})  # type: ignore[typeddict-item] # two of its keys
    return said


def _config(extra: Mapping[str, Any]) -> object:
    """Return the config's path or its sections, None where there is none."""
    from taskflow_profilemesh.errors import InvalidOption

    inline = extra.get("config")
    if inline is not None and "config_path" in extra:
        raise InvalidOption(option="config", got="both config and config_path", expected="one of the two")
    if not isinstance(inline, str):
        return extra.get("config_path") if inline is None else inline
    try:
        return json.loads(inline)
    except ValueError:  # out of which no cause goes: it quotes the text
        pass
    raise InvalidOption(option="config", got="a text that is no JSON", expected="a JSON object of a config's sections")


def _store(connection: Connection, extra: Mapping[str, Any]) -> str | None:
    """Return the store as `store=` takes it, user and password put into its URL."""
    store, login, password = connection.host or extra.get("store"), connection.login, connection.password
    for secret in {password, quote(password, safe="")} if password else ():
        mask_secret(secret)
    if not store or "://" not in store or not login:
        return store
    user = quote(login, safe="") + (f":{quote(password, safe='')}" if password else "")
    parts = urlsplit(store)
    url = parts._replace(netloc=f"{user}@{parts.netloc.rpartition('@')[2]}").geturl()
    mask_secret(url)
    return url


def _airflow_home() -> Path:
    from airflow.configuration import AIRFLOW_HOME

    return Path(AIRFLOW_HOME)
