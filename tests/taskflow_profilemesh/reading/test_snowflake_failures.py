from __future__ import annotations

import pytest

from taskflow_profilemesh.reading.failures import Trouble
from taskflow_profilemesh.reading.snowflake_failures import recognise_snowflake


@pytest.mark.parametrize(
    ("message", "trouble", "word"),
    [
        ("[Snowflake] 390100 (08004): Incorrect username or password was specified.", Trouble.LOGIN, "refused"),
        ("[Snowflake] 390144 (08004): JWT token is invalid.", Trouble.LOGIN, "refused"),
        ("000904 (42000): SQL compilation error: invalid identifier 'SECRET'", Trouble.QUERY, "column"),
        ("002003 (42S02): Object 'SECRET' does not exist or not authorized.", Trouble.QUERY, "may not read it"),
        ("002140 (42601): Unknown function SECRET", Trouble.QUERY, "function"),
        ("001003 (42000): syntax error line 1 at position 7 unexpected 'secret'", Trouble.QUERY, "syntax"),
        ("100038 (22018): Numeric value 'secret' is not recognized", Trouble.READING, "does not fit the type"),
        ("100051 (22012): Division by zero", Trouble.READING, "division"),
        ("000630 (57014): Statement reached its statement or warehouse timeout", Trouble.READING, "timeout"),
        ("000604 (57014): SQL execution canceled", Trouble.READING, "cancelled"),
        ("000606 (57P03): No active warehouse selected", Trouble.READING, "warehouse"),
        ("390112 (08001): Your session has expired. secret", Trouble.LOST, "expired"),
        ("dial tcp 10.0.0.1:443: connect: connection refused", Trouble.LOST, "lost"),
        ("unexpected EOF", Trouble.LOST, "lost"),
    ],
)
def test_a_message_is_recognised_by_its_number_and_never_repeated(message: str, trouble: Trouble, word: str) -> None:
    failure = recognise_snowflake(message)
    assert failure is not None
    assert failure.trouble is trouble
    assert word in failure.reason
    assert "secret" not in failure.reason.casefold()


@pytest.mark.parametrize("message", ["999999 (XX000): secret", "of the rows 100038 are bad", "secret"])
def test_what_is_not_known_is_left_to_others(message: str) -> None:
    assert recognise_snowflake(message) is None


def test_without_a_connection_an_unknown_message_is_about_connecting() -> None:
    failure = recognise_snowflake("261004 (08004): failed to auth for unknown reason. HTTP: 404", connecting=True)
    assert failure is not None
    assert failure.trouble is Trouble.CONNECTION
