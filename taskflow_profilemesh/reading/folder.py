"""Which files below a folder are a table's: by name, in folders of parts, by pattern. Nothing is read of them.

What `files.py` says of tables is decided here.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from taskflow_profilemesh.errors import TableAmbiguous
from taskflow_profilemesh.reading.file_scans import FORMATS
from taskflow_profilemesh.tables import TableRef

_PARTITION: Final = re.compile(r"[^=]+=.*")  # as Hive and Spark name the folders of a table's partitions


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder of tables; `source` is what errors call it."""

    path: Path
    source: str

    def tables(self) -> list[TableRef]:
        """Return its tables by name: its files without their endings, and its folders that hold files."""
        found = [path for path in self.path.iterdir() if _is_table(path)]
        named = Counter(_stem(path) for path in found)
        return [
            TableRef(name) for name in sorted(_stem(path) if named[_stem(path)] == 1 else path.name for path in found)
        ]

    def files(self, table: TableRef) -> list[Path]:
        """Return the files of a table, in order of their names; a name with a dot reads as a schema and a name.

        Nothing where there is no such table. Raises `TableAmbiguous` where several differ in their endings alone.
        """
        names = (
            [table.name] if table.schema is None else [f"{table.schema}.{table.name}", f"{table.schema}/{table.name}"]
        )
        for name in names:
            if name.startswith("/") or ".." in name.split("/"):
                continue
            found = self._called(name, table) or [path for path in self.path.glob(name) if _is_table(path)]
            if found or (found := [path for path in self.path.glob(f"{name}.*") if _is_table(path)]):
                return sorted(file for path in found for file in _parts(path))
        return []

    def _called(self, name: str, table: TableRef) -> list[Path]:
        """Return what has exactly this name, with or without its ending: `orders` is not `orders.old.csv`."""
        place = self.path / name
        beside = list(place.parent.iterdir()) if place.parent.is_dir() else []
        itself = [path for path in beside if path.name == place.name and _is_table(path)]
        found = itself or [path for path in beside if _stem(path) == place.name and _is_table(path)]
        if len(found) > 1:
            known = tuple(sorted(path.name for path in found))
            raise TableAmbiguous(source=self.source, table=str(table), known=known)
        return found


def table_of(file: Path) -> TableRef | None:
    """Return the name by which a file is a table of its folder; None for what is no file of a known format."""
    if not file.is_file() or not _is_table(file):
        return None
    alike = [path for path in file.parent.iterdir() if _stem(path) == file.stem and _is_table(path)]
    return TableRef(file.stem if len(alike) == 1 else file.name)


def _is_table(path: Path) -> bool:
    return bool(_parts(path))


def _parts(path: Path) -> list[Path]:
    """Return the file itself, or the files in a folder and its partitions; nothing for what is no table."""
    if path.is_dir():
        return [
            file
            for part in path.iterdir()
            if not part.is_dir() or _PARTITION.fullmatch(part.name)
            for file in _parts(part)
        ]
    return [path] if path.is_file() and path.suffix.casefold() in FORMATS else []


def _stem(path: Path) -> str:
    return path.name if path.is_dir() else path.stem
