"""Sources over files: a folder of them (`source-mock-files`), or one (`source-file`, Airbyte's own keys).

Files are opened anew for every use, so a changed file is a changed stream. Rows are read in bounded batches.
"""

from __future__ import annotations

import json
import shutil
import tempfile
import zipfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from mock_airbyte.failures import SyncFailure
from mock_airbyte.file_failures import kind_of
from mock_airbyte.sources import csv_types
from mock_airbyte.sources.fitting import fit_frame
from mock_airbyte.sources.protocol import BATCH_ROWS, Batch, Column, Stream
from mock_airbyte.types import from_polars

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mock_airbyte.sources.protocol import Since

_FORMATS = {".csv": "csv", ".parquet": "parquet", ".jsonl": "jsonl", ".ndjson": "jsonl"}
# What pandas, and so Airbyte's source-file, reads as missing.
_PANDAS_NULLS = ("", "#N/A", "N/A", "NA", "NULL", "NaN", "None", "n/a", "nan", "null", "<NA>", "-NaN", "-nan")


@dataclass(frozen=True, slots=True)
class DataFile:
    """One file that is one stream."""

    stream: str
    path: Path
    format: str  # "csv", "parquet" or "jsonl"
    separator: str = ","
    null_values: tuple[str, ...] = ("",)


class FileSource:
    """Reads files; each is a stream."""

    def __init__(self, files: tuple[DataFile, ...]) -> None:
        """Take the files, in the order in which their streams are listed."""
        self._files = files

    def check(self) -> None:
        """See that there is a file and that each one opens."""
        if not self._files:
            raise _failure(message="No CSV, Parquet or JSONL file was found in the configured folder.")
        for file in self._files:
            if not file.path.is_file():
                raise _failure(message=f"The file does not exist (path={str(file.path)!r}).", stream=file.stream)

    def streams(self) -> tuple[Stream, ...]:
        """Describe every file, by looking at all of it."""
        self.check()
        return tuple(_described(file) for file in self._files)

    def batches(self, stream: Stream, _: Since | None = None) -> Iterator[Batch]:
        """Yield the file's rows."""
        file = next((file for file in self._files if file.stream == stream.name), None)
        if file is None:
            raise _failure(message="The stream's file does not exist any more.", stream=stream.name)
        with _reading(file) as frame:
            for raw in frame.collect_batches(chunk_size=BATCH_ROWS, maintain_order=True):
                yield _typed(file, raw, stream.columns)


def files_in_folder(configuration: Mapping[str, Any]) -> FileSource:
    """Open `{"folder": …, "null_values": [""], "separator": ","}`: every known file in it is a stream."""
    folder = Path(configuration["folder"])
    if not folder.is_dir():
        raise _failure(message=f"The folder does not exist (folder={str(folder)!r}).")
    options = {
        "separator": configuration.get("separator", ","),
        "null_values": tuple(configuration.get("null_values", ("",))),
    }
    found = ((path, _format(path.name)) for path in sorted(folder.iterdir()))
    return FileSource(tuple(DataFile(_stem(path), path, kind, **options) for path, kind in found if kind))


def single_file(configuration: Mapping[str, Any]) -> FileSource:
    """Open Airbyte's `{"dataset_name", "format", "url", "provider": {"storage": "local"}, "reader_options"}`."""
    storage = configuration["provider"].get("storage", "local")
    if storage != "local":
        raise _failure(message=f"The mock reads local files only (storage={storage!r}). Use the storage 'local'.")
    kind = configuration.get("format", "csv")
    if kind not in _FORMATS.values():
        raise _failure(message=f"The mock does not read this format (format={kind!r}). Use csv, parquet or jsonl.")
    path = Path(configuration["url"].removeprefix("file://"))
    return FileSource((DataFile(configuration["dataset_name"], path, kind, **_reader_options(configuration)),))


def _reader_options(configuration: Mapping[str, Any]) -> dict[str, Any]:
    options = json.loads(configuration.get("reader_options") or "{}")
    separator = options.pop("sep", options.pop("delimiter", ","))
    nulls = options.pop("na_values", [])
    if options:
        raise _failure(message=f"The mock knows the reader options sep and na_values only (got={sorted(options)}).")
    return {"separator": separator, "null_values": (*_PANDAS_NULLS, *([nulls] if isinstance(nulls, str) else nulls))}


def _described(file: DataFile) -> Stream:
    with _reading(file) as frame:
        if file.format == "csv":
            return Stream(file.stream, csv_types.infer(frame))
        schema = frame.collect_schema()
    return Stream(file.stream, tuple(Column(name, from_polars(dtype)) for name, dtype in schema.items()))


@contextmanager
def _reading(file: DataFile) -> Iterator[pl.LazyFrame]:
    try:
        with _unpacked(file.path) as path:
            yield _scan(file, path)
    except (pl.exceptions.PolarsError, OSError, zipfile.BadZipFile) as error:
        message = f"The file cannot be read as {file.format}."
        raise SyncFailure(message, origin="source", kind=kind_of(error), stream=file.stream) from error


def _scan(file: DataFile, path: Path) -> pl.LazyFrame:
    match file.format:
        case "csv":
            nulls = list(file.null_values)
            return pl.scan_csv(path, separator=file.separator, null_values=nulls, infer_schema=False)
        case "parquet":
            return pl.scan_parquet(path)
        case _:
            return pl.scan_ndjson(path, infer_schema_length=None)


@contextmanager
def _unpacked(path: Path) -> Iterator[Path]:
    """Yield a path that Polars can scan: it unpacks gzip by itself, but no zip archive."""
    if path.suffix != ".zip":
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="mock-airbyte-") as folder, zipfile.ZipFile(path) as archive:
        member = next(name for name in archive.namelist() if _format(name))
        target = Path(folder) / Path(member).name
        with archive.open(member) as packed, target.open("wb") as plain:
            shutil.copyfileobj(packed, plain)
        yield target


def _typed(file: DataFile, raw: pl.DataFrame, columns: tuple[Column, ...]) -> Batch:
    if file.format != "csv":
        return fit_frame(raw, columns)
    parsed = fit_frame(csv_types.parse(raw, columns), columns)
    return Batch(parsed.frame, _lost(raw, parsed.frame))


def _lost(raw: pl.DataFrame, parsed: pl.DataFrame) -> dict[str, pl.Series]:
    """Mark texts that no longer parse: the file changed between being described and being read."""
    shared = [name for name in parsed.columns if name in raw.columns]
    return {
        name: parsed[name].is_null() & raw[name].is_not_null()
        for name in shared
        if parsed[name].null_count() > raw[name].null_count()
    }


def _format(name: str) -> str | None:
    return _FORMATS.get(Path(_bare(name)).suffix)


def _stem(path: Path) -> str:
    return Path(_bare(path.name)).stem


def _bare(name: str) -> str:
    return name.removesuffix(".gz").removesuffix(".zip")


def _failure(*, message: str, stream: str | None = None) -> SyncFailure:
    return SyncFailure(message, origin="source", stream=stream)
