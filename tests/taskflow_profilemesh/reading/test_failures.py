from __future__ import annotations

import pytest

from taskflow_profilemesh.reading.failures import Failure, Trouble, recognise


@pytest.mark.parametrize(
    ("message", "trouble"),
    [
        ('timed out waiting for connection: db error: FATAL: role "x" does not exist', Trouble.LOGIN),
        ("timed out waiting for connection: ERROR 1045 (28000): Access denied for user", Trouble.LOGIN),
        ("timed out waiting for connection: error connecting to server", Trouble.CONNECTION),
        ("db error: ERROR: canceling statement due to statement timeout", Trouble.READING),
        ("db error: FATAL: terminating connection due to administrator command", Trouble.LOST),
        ("error communicating with the server: bytes remaining on stream", Trouble.LOST),
        ("MySqlError { IoError { server disconnected } }", Trouble.LOST),
        ('db error: ERROR: snapshot "00000003-0000001B-1" does not exist', Trouble.LOST),
        ('db error: ERROR: invalid snapshot identifier: "00000003-0000001B-1"', Trouble.LOST),
    ],
)
def test_a_message_is_recognised(message: str, trouble: Trouble) -> None:
    assert recognise(message).trouble is trouble


@pytest.mark.parametrize(
    ("message", "trouble"),
    [
        ('connection failed: FATAL: password authentication failed for user "x"', Trouble.LOGIN),
        ('FATAL: database "x" does not exist', Trouble.DATABASE),
        ("FATAL: too many connections for role", Trouble.CONNECTION),
        ("could not translate host name", Trouble.CONNECTION),
        ('invalid sslmode value: "banana"', Trouble.READING),
    ],
)
def test_without_a_connection_a_message_is_about_connecting(message: str, trouble: Trouble) -> None:
    assert recognise(message, connecting=True).trouble is trouble


@pytest.mark.parametrize(
    ("message", "word"),
    [
        ("canceling statement due to statement timeout", "timeout"),
        ("permission denied for table secret", "may not read"),
        ("terminating connection due to administrator command", "connection was lost"),
        ('column "secret" does not exist', "column"),
        ('relation "secret" does not exist', "no longer exists"),
        ('invalid input syntax for type integer: "secret"', "does not fit the type"),
        ("secret", "not repeated"),
    ],
)
@pytest.mark.parametrize("panicked", [True, False])
def test_a_reason_never_holds_the_drivers_words(message: str, word: str, *, panicked: bool) -> None:
    reason = recognise(message, panicked=panicked).reason
    assert "secret" not in reason
    assert word in reason or (panicked and "broke down" in reason)


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        ('syntax error at or near ">"', "its SQL has a syntax error"),
        ("You have an error in your SQL syntax; check the manual", "its SQL has a syntax error"),
        ("unterminated /* comment at or near", "its SQL has a syntax error"),
        ("argument of AND must be type boolean, not type integer", "its types do not go together"),
        ("operator does not exist: text > integer", "its types do not go together"),
        ("function nofunc(integer) does not exist", "it names a function that does not exist"),
        ("aggregate functions are not allowed in WHERE", "it aggregates rows"),
        ("misuse of aggregate: COUNT()", "it aggregates rows"),
    ],
)
def test_what_is_wrong_with_a_query_is_told_from_what_is_wrong_with_a_value(message: str, reason: str) -> None:
    assert recognise(message) == Failure(Trouble.QUERY, reason)
    wrong_value = recognise('invalid input syntax for type integer: "x"')
    assert wrong_value == Failure(Trouble.READING, "a value does not fit the type that it is converted to")
