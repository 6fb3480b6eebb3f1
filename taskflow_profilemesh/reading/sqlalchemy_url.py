"""An address in SQLAlchemy's notation, for a store that an Airflow connection names."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import quote

from taskflow_profilemesh.reading.dialect import Dialect

if TYPE_CHECKING:
    from taskflow_profilemesh.reading.address import DatabaseAddress


def sqlalchemy_url(address: DatabaseAddress) -> str:
    """Write an address as SQLAlchemy reads it, password included: pass it on, never print it.

    SQLAlchemy has an absolute file after four slashes, and PyMySQL's own word for a socket.
    """
    if address.dialect is Dialect.SQLITE:
        return f"sqlite:///{address.file.absolute()}"
    own = dict(address.options)
    socket = own.pop("socket", None)
    url = replace(address, options=tuple(own.items()) if address.dialect is Dialect.POSTGRESQL else ()).uri()
    return f"{url}?unix_socket={quote(socket, safe='')}" if socket else url
