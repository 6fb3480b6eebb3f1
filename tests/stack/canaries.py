"""Passwords that must be seen nowhere, in every form in which one leaks, and a look at every place where one could.

A form may be broken up by the escapes of JSON or of Python's `repr`; those are forms of their own.
"""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

import psycopg
from cryptography.fernet import Fernet
from psycopg import sql

_ENCRYPTED_ON_PURPOSE = "connection"  # Airflow's table of connections: its passwords are meant to be there, encrypted
_FERNET = "gAAAAA"
_TABLES = "select tablename from pg_tables where schemaname = 'public' order by 1"


@dataclass(frozen=True, slots=True)
class Canaries:
    """The secrets of one stack. Each has characters that URLs, JSON and base64 write differently."""

    airbyte_secret: str
    warehouse_password: str
    wrong_secret: str  # Airbyte refuses it
    webhook_token: str  # of the receiver of Airbyte's notices; it stands in the path

    @classmethod
    def new(cls) -> Canaries:
        """Make new ones."""
        one, two, three = (f"p@ss/{secrets.token_hex(6)}:ä%&+?" for _ in range(3))
        return cls(one, two, three, webhook_token=secrets.token_hex(24))

    def forms(self, users: Mapping[str, str]) -> dict[str, str]:
        """Return each form of each secret, with what it is; `users`: who belongs to a secret, by the secret."""
        found = {}
        for name in ("airbyte_secret", "warehouse_password", "wrong_secret", "webhook_token"):
            for form, text in forms_of(getattr(self, name), users.get(getattr(self, name), "")).items():
                found[text] = f"{name}, {form}"
        return found


def forms_of(secret: str, user: str) -> dict[str, str]:
    """Return what the secret looks like, by the name of the form; `user`: whose it is, in basic authentication."""
    pair = f"{user}:{secret}".encode()
    return {
        "plain": secret,
        "percent-encoded": quote(secret, safe=""),
        "percent-encoded as in a form": quote_plus(secret),
        "percent-encoded, slash left": quote(secret),
        "JSON": json.dumps(secret)[1:-1],
        "base64 of user:password": base64.b64encode(pair).decode(),
        "base64 of user:password for URLs": base64.urlsafe_b64encode(pair).decode(),
        "base64": base64.b64encode(secret.encode()).decode(),
        "its core": secret.removeprefix("p@ss/").partition(":")[0],
    }


@dataclass(frozen=True, slots=True)
class Leak:
    """Something that was looked for, and where it was found."""

    where: str
    what: str


def leaks(places: Iterator[tuple[str, str]], wanted: Mapping[str, str]) -> list[Leak]:
    """Return which of the texts in `wanted` (text → what it is) are in which place."""
    return [Leak(where, what) for where, text in places for form, what in wanted.items() if form in text]


def files_below(folder: Path, *, except_for: frozenset[str] = frozenset()) -> Iterator[tuple[str, str]]:
    """Yield every file, as text; `except_for`: names that are left out."""
    for file in sorted(folder.rglob("*")):
        if file.is_file() and not file.is_symlink() and file.name not in except_for:
            yield str(file.relative_to(folder)), file.read_text(errors="replace")


def rows_of(database_url: str, fernet_key: str) -> Iterator[tuple[str, str]]:
    """Yield every value of every table, as text; what Airflow encrypted is decrypted, but for its connections."""
    fernet = Fernet(fernet_key)
    with psycopg.connect(database_url) as connection:
        for (table,) in connection.execute(_TABLES).fetchall():
            cursor = connection.execute(sql.SQL("select * from {}").format(sql.Identifier(table)))
            columns = [column.name for column in cursor.description or ()]
            for row in cursor:
                for column, value in zip(columns, row, strict=True):
                    yield f"{table}.{column}", _text(value, None if table == _ENCRYPTED_ON_PURPOSE else fernet)


def _text(value: Any, fernet: Fernet | None) -> str:
    if isinstance(value, (bytes, memoryview)):
        value = bytes(value).decode(errors="replace")
    if not isinstance(value, str):
        return json.dumps(value, default=str, ensure_ascii=False)
    return fernet.decrypt(value).decode() if fernet is not None and value.startswith(_FERNET) else value
