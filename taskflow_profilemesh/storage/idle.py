"""Which idle connections may be used again: those of this process, to a file that is still the one it was opened on.

Opening a SQLite file costs as much as what is asked of it, so one connection stays open between two calls; a server's
pool does the same. No child of a fork may go on with one: SQLite's locks belong to the process that took them, and two
processes cannot speak over one socket. So idle connections are closed before every fork, and a child begins with none.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Final
from weakref import WeakSet

from sqlalchemy import event
from sqlalchemy.exc import DisconnectionError

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy.engine import Engine

_ENGINES: Final[WeakSet[Engine]] = WeakSet()
_FILE: Final = "profilemesh_file"


def close_before_forks(engine: Engine) -> None:
    """Have the engine's idle connections closed before this process forks."""
    _ENGINES.add(engine)


def open_again_after(engine: Engine, file: Path) -> None:
    """Have the engine open the file again when it is no longer the one that a connection was opened on."""

    def opened(_: object, record: Any) -> None:  # noqa: ANN401 -- SQLAlchemy's record of a connection
        record.info[_FILE] = _identity(file)

    def used_again(_: object, record: Any, __: object) -> None:  # noqa: ANN401 -- SQLAlchemy's record of a connection
        if record.info[_FILE] != _identity(file):
            raise DisconnectionError

    event.listen(engine, "connect", opened)
    event.listen(engine, "checkout", used_again)


def _identity(file: Path) -> tuple[int, int] | None:
    """Return what tells a file from another of its name; None where there is none."""
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _close_idle() -> None:
    for engine in list(_ENGINES):
        engine.dispose()


def _start_anew() -> None:
    for engine in list(_ENGINES):
        engine.dispose(close=False)  # another thread may have held the pool's lock just then; nobody lets go of it here


if hasattr(os, "register_at_fork"):  # Windows has no fork
    os.register_at_fork(before=_close_idle, after_in_child=_start_anew)
