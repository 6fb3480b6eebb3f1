"""What a driver's message means, in words that are safe to print.

Drivers quote what they choke on: a row's value, a piece of the connection string, a whole statement. So a message is
never passed on. It is recognised, and our own sentence about it goes into the error.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING

from taskflow_profilemesh.errors import (
    ConnectionLost,
    DatabaseNotFound,
    QueryRefused,
    ReadFailed,
    SourceLoginRefused,
    SourceUnreachable,
)

if TYPE_CHECKING:
    from taskflow_profilemesh.errors import SourceError
    from taskflow_profilemesh.reading.address import DatabaseAddress


class Trouble(Enum):
    """What a failure is about."""

    LOGIN = auto()
    DATABASE = auto()  # the server has no database of that name
    CONNECTION = auto()
    QUERY = auto()
    READING = auto()
    LOST = auto()  # the connection broke off


@dataclass(frozen=True, slots=True)
class Failure:
    """A driver's failure, without the driver's words."""

    trouble: Trouble
    reason: str

    @property
    def is_lost(self) -> bool:
        """Whether the connection is of no use any more."""
        return self.trouble in {Trouble.LOST, Trouble.CONNECTION, Trouble.LOGIN, Trouble.DATABASE}


def error_of(failure: Failure, *, source: str, address: DatabaseAddress, about: str) -> SourceError:
    """Return the error that a failure is told as; `about` names the table."""
    match failure.trouble:
        case Trouble.LOGIN:
            return SourceLoginRefused(source=source, address=str(address), user=address.user)
        case Trouble.DATABASE:
            return DatabaseNotFound(source=source, address=str(address), user=address.user)
        case Trouble.CONNECTION:
            return SourceUnreachable(source=source, address=str(address))
        case Trouble.QUERY:
            return QueryRefused(source=source, table=about, reason=failure.reason)
        case Trouble.READING:
            return ReadFailed(source=source, table=about, reason=failure.reason)
        case Trouble.LOST:
            return ConnectionLost(source=source, table=about, reason=failure.reason)


_NO_CONNECTION = "timed out waiting for connection"  # the pool's words, before the server's
_LOGIN = re.compile(
    r"authentication failed|password|Login failed|Access denied|no pg_hba\.conf entry|not permitted to log in"
    r"|(role|user) .* does not exist",
    re.IGNORECASE,
)
_DATABASE = re.compile(r'Unknown database|Cannot open database|database "[^"]*" does not exist', re.IGNORECASE)
_QUERY = (
    (
        r"column .* does not exist|Unknown column|no such column|Invalid column name",
        "it names a column that does not exist",
    ),
    (r"function .* does not exist|no such function", "it names a function that does not exist"),
    (r"operator .*does not exist|argument of AND must be type boolean", "its types do not go together"),
    (r"does not exist|doesn't exist|no such table|Invalid object name", "something it reads no longer exists"),
    (r"aggregate functions are not allowed|Invalid use of group function|misuse of", "it aggregates rows"),
    (
        r"syntax error|SQL syntax|Incorrect syntax|unterminated|unrecognized token|incomplete input",
        "its SQL has a syntax error",
    ),
)
_PARAMETER = re.compile(
    r"invalid connection string|URL parameter|invalid \w+ value|invalid (connection option|URI query parameter)",
    re.IGNORECASE,
)
_READING = (
    (_PARAMETER.pattern, "the driver does not accept a parameter of the address"),
    (r"statement timeout|max_statement_time|maximum statement execution time", "the statement timeout ended the query"),
    (r"canceling statement|Query execution was interrupted", "the query was cancelled on the server"),
    (r"permission (was )?denied|command denied|not authorized", "this user may not read it"),
    (r"database is locked", "the file is locked by a writer"),
    (r"out of memory|No space left|could not write", "the server has run out of memory or disk"),
    (r"division by zero", "a division by zero"),
    (r"utf-?8|invalid byte sequence", "a text is not valid UTF-8"),
    (
        r"invalid input syntax|out of range|overflow|Incorrect .* value|malformed",
        "a value does not fit the type that it is converted to",
    ),
)
_LOST = re.compile(
    r"(terminating|closed|reset|broken pipe|gone away|lost).*connection|connection.*(closed|reset|lost|abort|terminat)"
    r"|communicating with the server|server (disconnected|closed)|no connection to the server|unexpected EOF"
    r"|broken pipe|SSL SYSCALL|gone away|could not receive data|snapshot identifier|requested snapshot"
    r"|snapshot .* does not exist",
    re.IGNORECASE | re.DOTALL,
)
_UNNAMED = "the driver's message is not repeated here, because it may quote rows"


def recognise(message: str, *, panicked: bool = False, connecting: bool = False) -> Failure:
    """Say what a driver's message is about, in words of our own.

    `panicked`: the driver itself broke down. `connecting`: there was no connection yet.
    """
    if (connecting and not _PARAMETER.search(message)) or _NO_CONNECTION in message:
        return _unconnected(message)
    if _LOST.search(message):
        return Failure(Trouble.LOST, "the connection was lost")
    for trouble, known in ((Trouble.READING, _READING), (Trouble.QUERY, _QUERY)):
        for pattern, reason in known:
            if re.search(pattern, message, re.IGNORECASE | re.DOTALL):
                return Failure(trouble, reason)
    if panicked:
        return Failure(Trouble.READING, "the driver broke down on a value or a type that it cannot take")
    return Failure(Trouble.READING, _UNNAMED)


def _unconnected(message: str) -> Failure:
    if _DATABASE.search(message):
        return Failure(Trouble.DATABASE, "the server has no such database")
    if _LOGIN.search(message):
        return Failure(Trouble.LOGIN, "the login was refused")
    return Failure(Trouble.CONNECTION, "no connection could be made")
