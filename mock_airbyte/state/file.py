"""Encrypted records in one SQLite file.

SQLite writes each change as a whole or not at all, whenever the process is killed. A record is encrypted as a whole
(Fernet: AES-128-CBC with HMAC-SHA256), so nobody has to know which of its fields are secrets; in the clear stand only
a record's kind and its id.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from typing import TYPE_CHECKING

from cryptography.fernet import InvalidToken

from mock_airbyte.state.errors import BadState

if TYPE_CHECKING:
    from pathlib import Path

    from cryptography.fernet import Fernet

_VERSION = 1
_PROOF = ("proof", "key")  # a record that only the right key opens
_TABLE = "create table if not exists records (kind text, id text, body blob not null, primary key (kind, id))"
_PUT = "insert into records values (?, ?, ?) on conflict (kind, id) do update set body = excluded.body"


class StateFile:
    """Keeps records by kind and id, in the order in which they first came; safe to use from several threads."""

    def __init__(self, path: Path, key: Fernet) -> None:
        """Open the file, or make it (mode 600); raises `BadState` for another version or another key."""
        self._key = key
        self._lock = threading.Lock()
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        try:
            self._database = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
            self._database.execute("pragma journal_mode = wal")
            self._check(path.name)
        except sqlite3.DatabaseError as error:
            message = f"This is no state file (file={path.name!r})."
            raise BadState(message) from error

    def _check(self, name: str) -> None:
        (version,) = self._database.execute("pragma user_version").fetchone()
        if version not in (0, _VERSION):
            message = f"The state file is of another version (file={name!r}, version={version}, expected={_VERSION})."
            raise BadState(message)
        self._database.execute(_TABLE)
        self._database.execute(f"pragma user_version = {_VERSION}")
        kind, identifier = _PROOF
        try:
            proofs = self.all(kind)
        except InvalidToken as error:
            message = f"The state file was written with another key (file={name!r})."
            raise BadState(message) from error
        if not proofs:
            self.put(kind, identifier, b"")

    def put(self, kind: str, identifier: str, body: bytes) -> None:
        """Write a new or changed record."""
        encrypted = self._key.encrypt(body)
        with self._lock:
            self._database.execute(_PUT, (kind, identifier, encrypted))

    def remove(self, kind: str, identifier: str) -> None:
        """Remove a record, if it is there."""
        with self._lock:
            self._database.execute("delete from records where kind = ? and id = ?", (kind, identifier))

    def all(self, kind: str) -> list[tuple[str, bytes]]:
        """Return the ids and bodies of a kind, the oldest first."""
        with self._lock:
            rows = self._database.execute("select id, body from records where kind = ? order by rowid", (kind,))
            return [(identifier, self._key.decrypt(body)) for identifier, body in rows.fetchall()]

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._database.close()
