"""What a failure of SQLite or of a folder means, for sources and destinations alike: whether trying again may help."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mock_airbyte.failures import FailureType

_OF_THE_CONFIGURATION = frozenset(
    {sqlite3.SQLITE_PERM, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_AUTH}
)
_PASSING = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
_CODE = 0xFF  # an extended code has its plain one in the lowest byte


def kind_of(error: Exception) -> FailureType:
    """Return the failure type: no such file, table or right; a lock that passes; anything else."""
    if isinstance(
        error, FileNotFoundError | FileExistsError | NotADirectoryError | IsADirectoryError | PermissionError
    ):
        return "config_error"
    code = getattr(error, "sqlite_errorcode", 0) & _CODE
    if code in _OF_THE_CONFIGURATION or (code == sqlite3.SQLITE_ERROR and "no such" in str(error)):
        return "config_error"
    return "transient_error" if code in _PASSING else "system_error"
