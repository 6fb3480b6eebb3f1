"""Turns what SQLAlchemy and its drivers raise into this package's errors, without their secrets.

A driver's message is used for its first line only: the lines below it (PostgreSQL's DETAIL) may quote a row.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, SQLAlchemyError

from taskflow_profilemesh.errors import StoreRefused, StoreUnreachable

if TYPE_CHECKING:
    from collections.abc import Iterator

_LONGEST_REASON = 200


@contextmanager
def store_errors(store: str, *, password: str | None) -> Iterator[None]:
    """Raise `StoreUnreachable` or `StoreRefused` where a database error is raised inside."""
    try:
        yield
    except (OperationalError, InterfaceError) as error:
        raise StoreUnreachable(store=store, reason=_reason(error, password)) from error
    except DBAPIError as error:
        raise StoreRefused(store=store, reason=_reason(error, password)) from error
    except SQLAlchemyError as error:  # no connection became free, or a driver said something unheard of
        raise StoreUnreachable(store=store, reason=type(error).__name__) from error


def _reason(error: DBAPIError, password: str | None) -> str:
    cause = error.orig
    text = str(cause.args[-1] if cause and cause.args else cause).strip()
    first_line = text.splitlines()[0] if text else ""
    for secret in _printed_forms(password):
        first_line = first_line.replace(secret, "***")
    return f"{type(cause).__name__}: {first_line}".strip(": ")[:_LONGEST_REASON]


def _printed_forms(password: str | None) -> set[str]:
    return {password, quote(password, safe=""), quote_plus(password)} if password else set()
