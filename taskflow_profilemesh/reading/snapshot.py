"""One view of the data for all ranges of a table: a transaction that others look into while they read.

PostgreSQL hands the snapshot of an open transaction on by name; each read begins with it. A server that cannot, or a
machine without a driver that can hold a transaction open (ConnectorX cannot), leaves each range a view of its own, and
that is said in the log. So it is with MySQL, whose snapshots belong to one connection.
Source: PostgreSQL's manual, "Snapshot Synchronization Functions".
"""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING, Final

from taskflow_profilemesh.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from taskflow_profilemesh.reading.session import Session

_LOG = logging.getLogger(__name__)
_BEGIN: Final = "begin isolation level repeatable read read only"
_STAY: Final = "set local idle_in_transaction_session_timeout = 0"
_EXPORT: Final = "select pg_catalog.pg_export_snapshot() as snapshot"


class Snapshot:
    """What reads are told so that all of them see the same; nothing, where that cannot be.

    A session of None holds no snapshot. Several threads may ask.
    """

    def __init__(self, session: Session | None, *, about: str, is_needed: bool = False) -> None:
        """Remember who could hold the transaction; it begins with the first question, if one is needed."""
        self._session = session
        self._about = about
        self._told: tuple[str, ...] | None = None if is_needed else ()
        self._lock = threading.Lock()

    def told(self) -> Sequence[str]:
        """Return the statements that begin a read."""
        with self._lock:
            if self._told is None:
                self._told = self._begun()
            return self._told

    def renew(self) -> None:
        """Begin a new transaction with the next read if the one so far was lost."""
        with self._lock:
            if self._told and self._session and not self._is_held(self._session):
                self._told = None
                self._session.close()
                _LOG.warning("%s: the rest is read from a later snapshot, the first was lost.", self._about)

    def close(self) -> None:
        """End the transaction."""
        if self._session:
            self._session.close()

    def _is_held(self, session: Session) -> bool:
        try:
            session.rows("select 1 as one", about=self._about)
        except SourceError:
            return False
        return True

    def _begun(self) -> tuple[str, ...]:
        if self._session is None:
            _LOG.info("%s: its ranges are read from separate snapshots.", self._about)
            return ()
        try:
            self._session.tell(_BEGIN, _STAY, about=self._about)
            name = self._session.rows(_EXPORT, about=self._about)[0]["snapshot"]
        except SourceError as error:
            self._session.close()
            _LOG.warning("%s: its ranges are read from separate snapshots. %s", self._about, error)
            return ()
        return (_BEGIN, f"set transaction snapshot '{name}'")
