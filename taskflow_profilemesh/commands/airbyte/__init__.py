"""`profilemesh airbyte`: look at an Airbyte server, sync its connections, and say how fast they are.

`login.py` says which server, and as whom · `server.py`: status, connections, jobs · `speed.py`: performance ·
`syncing.py`: sync and batch, over `following.py`, which runs syncs in threads, and `screen.py`, which shows them ·
`batch_file.py` reads a batch · `arguments.py` declares it all, and imports nothing heavy.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import argparse

_ROOMS: Final = {
    "status": "server",
    "connections": "server",
    "jobs": "server",
    "performance": "speed",
    "sync": "syncing",
    "batch": "syncing",
}


def run(options: argparse.Namespace) -> int:
    """Run the subcommand that is meant and return its exit code. Raises `ProfileMeshError`."""
    room = import_module(f"{__name__}.{_ROOMS[options.airbyte_command]}")
    return int(getattr(room, options.airbyte_command)(options))
