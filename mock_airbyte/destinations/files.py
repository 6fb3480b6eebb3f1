"""Files as a destination: a folder with one Parquet or CSV file per table.

`destination-csv` has Airbyte's own configuration key; `destination-mock-files` exists only here. The columns are those
of a database table, metadata first. A transaction writes parts beside the tables; at its end each table that changed is
written whole under another name and takes the old file's place, so a reader sees the old file or the new one. Appending
rewrites the table, for neither format is added to safely.
"""

from __future__ import annotations

import math
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import polars as pl

from mock_airbyte.destinations.protocol import METADATA
from mock_airbyte.destinations.table_files import (
    converted,
    latest_per_key,
    parquet_types,
    read_table,
    write_table,
)
from mock_airbyte.failures import SyncFailure
from mock_airbyte.file_failures import kind_of
from mock_airbyte.types import POLARS_TYPES, AirbyteType

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from mock_airbyte.destinations.protocol import Table, TableColumn

FileFormat = Literal["parquet", "csv"]


@dataclass(slots=True)
class _Content:
    """A table as it will be: its columns (None: as they are in the parts) and the parts it is made of."""

    columns: dict[str, AirbyteType | None]
    parts: list[pl.LazyFrame] = field(default_factory=list)

    def frame(self) -> pl.LazyFrame:
        empty = pl.LazyFrame(schema={name: POLARS_TYPES[kind] if kind else pl.String for name, kind in self.typed()})
        return pl.concat([empty, *(self._aligned(part) for part in self.parts)])

    def typed(self) -> list[tuple[str, AirbyteType | None]]:
        return list(self.columns.items())

    def _aligned(self, part: pl.LazyFrame) -> pl.LazyFrame:
        schema = part.collect_schema()
        return part.select(
            converted(name, schema[name], kind)
            if name in schema
            else pl.lit(None, dtype=POLARS_TYPES[kind] if kind else pl.String).alias(name)
            for name, kind in self.columns.items()
        )


class FileDestination:
    """A folder; it is created by the first sync. Namespaces are left out."""

    default_namespace: str | None = None
    largest_number = math.inf

    def __init__(self, folder: Path, kind: FileFormat) -> None:
        """Take the folder and its files' format."""
        self._folder = folder
        self._kind = kind

    def check(self) -> None:
        """See that the folder is there, or can be, and takes files."""
        with self._failing(), self._scratch():
            pass

    @contextmanager
    def transaction(self) -> Iterator[FileTransaction]:
        """Open a transaction; the files change at its end."""
        with self._failing(), self._scratch() as scratch:
            transaction = FileTransaction(self._folder, self._kind, scratch)
            yield transaction
            transaction.commit()

    @contextmanager
    def _scratch(self) -> Iterator[Path]:
        self._folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".mock-airbyte-", dir=self._folder) as scratch:
            yield Path(scratch)

    @contextmanager
    def _failing(self) -> Iterator[None]:
        try:
            yield
        except (OSError, pl.exceptions.PolarsError) as error:
            message = f"The folder's files cannot be written ({type(error).__name__}, folder={str(self._folder)!r})."
            raise SyncFailure(message, origin="destination", kind=kind_of(error)) from error


def open_folder(configuration: Mapping[str, Any]) -> FileDestination:
    """Open `{"folder": …, "format": "parquet"}`; the format may be `csv` as well."""
    kind = configuration.get("format", "parquet")
    if kind not in ("parquet", "csv"):
        message = f"The mock does not write this format (format={kind!r}). Use parquet or csv."
        raise SyncFailure(message, origin="destination")
    return FileDestination(Path(configuration["folder"]), "csv" if kind == "csv" else "parquet")


class FileTransaction:
    """What will be in the files that change."""

    def __init__(self, folder: Path, kind: FileFormat, scratch: Path) -> None:
        """Take the folder, and another one in it for what is not to be seen yet."""
        self._folder, self._kind, self._scratch = folder, kind, scratch
        self._tables: dict[Table, _Content] = {}
        self._parts = 0

    def types(self, table: Table) -> Mapping[str, frozenset[AirbyteType]] | None:
        """Return the file's columns, or None; a CSV file does not say its types, so every one is told anew."""
        path = self._path(table)
        if table not in self._tables and not path.exists():
            return None
        if self._kind == "parquet" and table not in self._tables:
            return parquet_types(path)
        return dict.fromkeys(self._opened(table).columns, frozenset())

    def create(self, table: Table, columns: Sequence[TableColumn]) -> None:
        """Begin a table."""
        self._tables[table] = _Content({column.name: column.type for column in (*METADATA, *columns)})

    def add_column(self, table: Table, column: TableColumn) -> None:
        """Add a column."""
        self._opened(table).columns[column.name] = column.type

    def change_type(self, table: Table, column: TableColumn) -> None:
        """Let the column be read as another type."""
        self._opened(table).columns[column.name] = column.type

    def append(self, table: Table, frame: pl.DataFrame, columns: Sequence[TableColumn]) -> None:
        """Write a part."""
        names = [column.name for column in (*METADATA, *columns)]
        path = self._part()
        frame.select(names).write_parquet(path)
        self._opened(table).parts.append(pl.scan_parquet(path))

    def merge(self, table: Table, *, of: Table, columns: Sequence[TableColumn]) -> None:
        """Take over the other table's parts."""
        names = [column.name for column in (*METADATA, *columns)]
        self._opened(table).parts.append(self._opened(of).frame().select(names))

    def dedupe(self, table: Table, *, key: Sequence[str], cursor: str | None, among: Table | None = None) -> None:  # noqa: ARG002 -- the file is written whole anyway
        """Make one part of what is left."""
        content, path = self._opened(table), self._part()
        latest_per_key(content.frame(), key, cursor).collect().write_parquet(path)
        content.parts = [pl.scan_parquet(path)]

    def replace(self, table: Table, *, by: Table) -> None:
        """Let one table be the other."""
        self._tables[table] = self._tables.pop(by)

    def clear(self, table: Table) -> None:
        """Forget all parts."""
        self._opened(table).parts = []

    def drop(self, table: Table) -> None:
        """Forget the table."""
        del self._tables[table]

    def commit(self) -> None:
        """Write each table whole and put it in its place."""
        for table, content in self._tables.items():
            written = self._part()
            write_table(content.frame(), written, self._kind)
            written.replace(self._path(table))

    def _opened(self, table: Table) -> _Content:
        if table not in self._tables:
            frame = read_table(self._path(table), self._kind)
            self._tables[table] = _Content(_columns(frame, self._path(table), self._kind), [frame])
        return self._tables[table]

    def _path(self, table: Table) -> Path:
        return self._folder / f"{table.name}.{self._kind}"

    def _part(self) -> Path:
        self._parts += 1
        return self._scratch / str(self._parts)


def _columns(frame: pl.LazyFrame, path: Path, kind: FileFormat) -> dict[str, AirbyteType | None]:
    """Return the columns of a file; None: of no known type, so text stays what it is."""
    metadata = {column.name: column.type for column in METADATA}
    if kind == "csv":
        return {name: metadata.get(name) for name in frame.collect_schema()}
    found = parquet_types(path)
    return {name: metadata.get(name) or min(types, default=None) for name, types in found.items()}
