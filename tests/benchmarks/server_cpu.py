"""The CPU seconds that a PostgreSQL server on this machine has used: its main process and every child it ever had."""

from __future__ import annotations

from contextlib import suppress

import psutil
import psycopg


def postmaster(url: str) -> psutil.Process:
    """Return the main process of the server."""
    with psycopg.connect(url) as connection:
        return psutil.Process(psutil.Process(connection.info.backend_pid).ppid())


def cpu_seconds(server: psutil.Process) -> float:
    """Return what the server used so far, user and system time; children that ended are counted in it."""
    own = server.cpu_times()
    total = own.user + own.system + own.children_user + own.children_system
    for child in server.children():
        with suppress(psutil.NoSuchProcess):
            times = child.cpu_times()
            total += times.user + times.system
    return float(total)
