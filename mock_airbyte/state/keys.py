"""The key that a state file is encrypted with: from the environment, or from a file that nobody else may read."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from cryptography.fernet import Fernet

from mock_airbyte.state.errors import BadState

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

VARIABLE = "MOCK_AIRBYTE_STATE_KEY"
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def state_key(path: Path, environment: Mapping[str, str]) -> Fernet:
    """Return the key of the environment, or else of the file at `path`, which is made (mode 600) where it is missing.

    Raises `BadState` for a key that is none, and for a file that others may read.
    """
    given = environment.get(VARIABLE)
    if given:
        return _key(given.encode(), VARIABLE)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return _key(_private(path), path.name)
    with os.fdopen(descriptor, "wb") as file:
        key = Fernet.generate_key()
        file.write(key)
    return Fernet(key)


def _private(path: Path) -> bytes:
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & _OTHERS:
        message = f"Others may read the key file (file={path.name!r}, mode={mode:o}). Run chmod 600 on it."
        raise BadState(message)
    return path.read_bytes().strip()


def _key(text: bytes, origin: str) -> Fernet:
    try:
        return Fernet(text)
    except ValueError as error:
        message = f"This is no key (from={origin!r}). It must be 32 bytes in URL-safe base64, as Fernet keys are."
        raise BadState(message) from error
