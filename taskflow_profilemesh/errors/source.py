"""Errors of the database (or the files) that is profiled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from taskflow_profilemesh.errors.root import ProfileMeshError, nearest


@dataclass(eq=False, kw_only=True)
class SourceError(ProfileMeshError):
    """Something about the database (or the files) that should be profiled."""

    source: str

    what: ClassVar[str] = "The source could not be profiled"


@dataclass(eq=False, kw_only=True)
class SourceUnreachable(SourceError):
    """Nobody answers at the source's address."""

    address: str
    timeout_seconds: float | None = None

    retryable: ClassVar[bool] = True
    what: ClassVar[str] = "The database cannot be reached"
    advice: ClassVar[str] = "Check host and port (SQLite: the file) of the connection, and that this worker may use it."


@dataclass(eq=False, kw_only=True)
class SourceLoginRefused(SourceError):
    """The database answers but refuses this user, password or database name."""

    address: str
    user: str | None = None

    what: ClassVar[str] = "The database refused the login"
    advice: ClassVar[str] = "Check login, password, database (schema) and encryption (sslmode) of the connection."


@dataclass(eq=False, kw_only=True)
class DatabaseNotFound(SourceLoginRefused):
    """The server has no database of that name."""

    what: ClassVar[str] = "The server has no such database"
    advice: ClassVar[str] = "Check the database in the URL (in an Airflow connection: the schema)."


@dataclass(eq=False, kw_only=True)
class DatabaseNotNamed(SourceError):
    """A table is named without its database, and so is the address."""

    address: str

    what: ClassVar[str] = "The URL names no database"
    advice: ClassVar[str] = (
        "Add one to the URL (in an Airflow connection: as schema), or name each table with its own: database.table."
    )


@dataclass(eq=False, kw_only=True)
class TableNotFound(SourceError):
    """The source has no such table."""

    table: str
    known: Sequence[str] = ()  # the nearest tables that exist

    what: ClassVar[str] = "The table does not exist"
    advice: ClassVar[str] = "Check its schema and spelling; names are case-sensitive."

    def hint(self) -> str:
        """Name the nearest table, where there is one."""
        return f"Did you mean {self.known[0]!r}?" if self.known else self.advice


@dataclass(eq=False, kw_only=True)
class NoTableMatches(SourceError):
    """Tables were asked for by a pattern, and there is none whose name fits it."""

    pattern: str
    excluded_tables: int | None = None  # so many would fit, but are excluded
    known: Sequence[str] = ()  # the nearest tables that exist

    what: ClassVar[str] = "No table matches"
    advice: ClassVar[str] = (
        "Check the pattern; names are case-sensitive, and one without a schema is on the search path."
    )

    def hint(self) -> str:
        """Say that it is the exclusions, where it is."""
        return "All that match are excluded." if self.excluded_tables else self.advice


@dataclass(eq=False, kw_only=True)
class ColumnNotFound(SourceError):
    """The table has no such column."""

    table: str
    column: str
    known: Sequence[str] = ()

    what: ClassVar[str] = "The column does not exist"
    advice: ClassVar[str] = "Check its spelling; names are case-sensitive."

    def hint(self) -> str:
        """Name the nearest column, where there is one."""
        close = nearest(self.column, self.known)
        return f"Did you mean {close[0]!r}?" if close else self.advice


@dataclass(eq=False, kw_only=True)
class ReadFailed(SourceError):
    """The database broke off while a table was being read."""

    table: str
    reason: str

    retryable: ClassVar[bool] = True
    what: ClassVar[str] = "The table could not be read"
    advice: ClassVar[str] = "Nothing was stored for it; try again, or see the database's own log."


@dataclass(eq=False, kw_only=True)
class QueryRefused(ReadFailed):
    """The database does not take a query: the table is no longer as it was when the query was written."""


@dataclass(eq=False, kw_only=True)
class ConnectionLost(ReadFailed):
    """The connection broke in the middle of a read."""


@dataclass(eq=False, kw_only=True)
class ReadCancelled(ReadFailed):
    """The task was told to end while it read; whatever ran on the server was ended too."""

    advice: ClassVar[str] = "Nothing was stored for it; run the task again."


@dataclass(eq=False, kw_only=True)
class FileUnreadable(SourceError):
    """A file is there, but does not hold what its ending promises."""

    table: str
    reason: str

    what: ClassVar[str] = "The file could not be read"
    advice: ClassVar[str] = "Check that it is complete, and that its ending says what it is."


@dataclass(eq=False, kw_only=True)
class FileNotUtf8(FileUnreadable):
    """A text file is in another encoding, Latin-1 for instance."""

    advice: ClassVar[str] = "Write it in UTF-8, or convert it: iconv -f LATIN1 -t UTF-8."


@dataclass(eq=False, kw_only=True)
class FileTypesDiffer(FileUnreadable):
    """A value is of another type than the first rows of its file let expect."""

    advice: ClassVar[str] = (
        "Let the types be guessed from all rows, --infer-rows all or FileSource(…, infer_rows=None), or check that the "
        "file is complete."
    )


@dataclass(eq=False, kw_only=True)
class TableAmbiguous(SourceError):
    """Several files have the table's name, and differ in their endings."""

    table: str
    known: Sequence[str]

    what: ClassVar[str] = "Several files have the table's name"
    advice: ClassVar[str] = "Name the one that is meant with its ending, or all of them by a pattern in double quotes."


@dataclass(eq=False, kw_only=True)
class ConditionRefused(SourceError):
    """The database does not take the condition that the rows of a table must meet."""

    table: str
    reason: str

    what: ClassVar[str] = "The condition in `where` cannot be evaluated"
    advice: ClassVar[str] = "Correct it; it is SQL as the database itself writes it, without the word WHERE."


@dataclass(eq=False, kw_only=True)
class PartsIncomplete(SourceError):
    """Parts of a table that should be merged were not saved, or cannot be used."""

    table: str
    run_id: str
    missing: Sequence[str]  # each part's name, and why it is missing
    known: Sequence[str] = ()

    what: ClassVar[str] = "Parts of the table are missing"
    advice: ClassVar[str] = "Let the tasks that profile these parts run again, in this run and with the same versions."


@dataclass(eq=False, kw_only=True)
class PartsMismatch(SourceError):
    """The parts of a table, merged, are not the table."""

    table: str
    part_rows: int
    table_rows: int

    what: ClassVar[str] = "The parts have not the rows of the table"
    advice: ClassVar[str] = (
        "Let the conditions of the parts hold for every row exactly once (NULL fulfils none but `is null`); rows that "
        "were written in the meantime need the parts to run again."
    )


@dataclass(eq=False, kw_only=True)
class TableChanged(SourceError):
    """Rows of a table changed while several workers read its ranges, which thus are of no one moment."""

    table: str
    change: str

    what: ClassVar[str] = "Rows changed while the ranges of the table were read"
    advice: ClassVar[str] = (
        "Clear the planning task to read it again when nobody writes, or pass on_change='reread' (one worker reads it "
        "again, in one snapshot where the database has them) or 'record' (merge all the same)."
    )


@dataclass(eq=False, kw_only=True)
class TablesFailed(SourceError):
    """Some tables of a run could not be profiled; the others were, and are stored."""

    failed: Sequence[str]
    profiled_tables: int

    what: ClassVar[str] = "Some tables could not be profiled"
    advice: ClassVar[str] = "See each table's error in the log, or pass fail_on_error=False to let the task succeed."


@dataclass(eq=False, kw_only=True)
class TablesInterrupted(TablesFailed):
    """All that failed broke off while it was read: another try may read it."""

    retryable: ClassVar[bool] = True
    what: ClassVar[str] = "Some tables broke off while they were read"
