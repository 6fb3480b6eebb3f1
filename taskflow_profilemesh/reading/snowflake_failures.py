"""What the numbers of Snowflake's errors mean. Pure.

Each message has its number, six digits, and SQLSTATE: `002003 (42S02): SQL compilation error: …`. Most of the words
after it quote names or values.
Source: Snowflake's manual, "Troubleshooting" pages, and the messages themselves.
"""

from __future__ import annotations

import re
from typing import Final

from taskflow_profilemesh.reading.failures import Failure, Trouble

_NUMBER: Final = re.compile(r"\b(\d{6}) \([0-9A-Z]{5}\)")
_LOGIN: Final = "390"  # how the numbers of refused logins begin
_EXPIRED: Final = frozenset({"390111", "390112", "390114", "390115"})  # a session or its token
_GONE: Final = "something it reads does not exist, or this user may not read it"
_VALUE: Final = "a value does not fit the type that it is converted to"
_TYPES: Final = "its types do not go together"
_QUERY: Final = {
    "000904": "it names a column that does not exist",
    **dict.fromkeys(("002003", "002043"), _GONE),
    **dict.fromkeys(("002140", "002141"), "it names a function that does not exist"),
    **dict.fromkeys(("001003", "001007"), "its SQL has a syntax error"),
    **dict.fromkeys(("001038", "001044", "002016", "002020"), _TYPES),
    **dict.fromkeys(("000079", "002035"), "it aggregates rows"),
}
_READING: Final = {
    "000604": "the query was cancelled on the server",
    "000606": "no warehouse works for it: name one in the address (warehouse)",
    "000630": "the statement timeout ended the query",
    "003001": "this user may not read it",
    "090105": "the address names no database that this user may read",
    "100051": "a division by zero",
    **dict.fromkeys(("100035", "100037", "100038", "100039", "100040", "100046", "100069", "100071", "100183"), _VALUE),
}
_LOST: Final = re.compile(
    r"dial tcp|connection (refused|reset)|broken pipe|\bEOF\b|i/o timeout|context deadline exceeded"
    r"|no such host|driver: bad connection|HTTP: 5\d\d|TLS handshake",
    re.IGNORECASE,
)


def recognise_snowflake(message: str, *, connecting: bool = False) -> Failure | None:
    """Say what a message of Snowflake, or of its driver, is about; None where neither its number nor words are known.

    `connecting`: there was no connection yet.
    """
    found = _NUMBER.search(message)
    number = found[1] if found else ""
    if number in _EXPIRED:
        return Failure(Trouble.LOST, "the session had expired")
    if number.startswith(_LOGIN):
        return Failure(Trouble.LOGIN, "the login was refused")
    if reason := _QUERY.get(number):
        return Failure(Trouble.QUERY, reason)
    if reason := _READING.get(number):
        return Failure(Trouble.READING, reason)
    if connecting:
        return Failure(Trouble.CONNECTION, "no connection could be made")
    return Failure(Trouble.LOST, "the connection was lost") if _LOST.search(message) else None
