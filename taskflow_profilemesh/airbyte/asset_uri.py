"""What the asset of an Airbyte connection is called. Pure, and light: DAG files ask for it while they are parsed."""

from __future__ import annotations

from urllib.parse import quote


def connection_uri(connection: str) -> str:
    """Return the URI of the asset that each sync of an Airbyte connection updates; `connection`: its name or id.

    Not the same asset by its name and by its id: whoever tells of a sync tells both.
    """
    return f"airbyte://connection/{quote(connection, safe='')}"
