"""Files as lazy Polars frames: what each format says of its columns, and how they become the types of `Kind`.

Parquet says itself what it holds. CSV and JSON lines do not: their types are guessed from the first rows, or from all
of them, and then hold for every row; a value that does not fit is an error, never a silent null.
"""

from __future__ import annotations

import glob
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

import polars as pl

from taskflow_profilemesh.profiling.schema import ColumnSchema, Kind
from taskflow_profilemesh.reading.catalog.entry import CatalogColumn

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_SEPARATORS: Final = ";\t|"  # of a CSV file without commas in its first line
_QUOTED: Final = re.compile(rb'"[^"]*"')
_LONGEST_HEADER: Final = 1 << 20
_KINDS: Final[tuple[tuple[Callable[[pl.DataType], bool], Kind], ...]] = (
    (lambda dtype: dtype.is_integer(), Kind.INTEGER),
    (lambda dtype: dtype.is_float(), Kind.FLOAT),
    (lambda dtype: dtype.is_decimal(), Kind.DECIMAL),
    (lambda dtype: dtype == pl.Boolean, Kind.BOOLEAN),
    (lambda dtype: dtype in (pl.String, pl.Categorical, pl.Enum), Kind.TEXT),
    (lambda dtype: dtype == pl.Date, Kind.DATE),
    (lambda dtype: dtype == pl.Datetime, Kind.DATETIME),
    (lambda dtype: dtype == pl.Time, Kind.TIME),
    (lambda dtype: dtype == pl.Binary, Kind.BINARY),
    (lambda dtype: dtype == pl.Struct, Kind.JSON),
)


@dataclass(frozen=True, slots=True)
class Format:
    """One way of writing tables into files."""

    name: str
    scan: Callable[[Path, int | None], pl.LazyFrame]
    is_guessed: bool  # its types are


def _delimited(path: Path, infer_rows: int | None, *, separator: str | None = None) -> pl.LazyFrame:
    """Scan a text of lines; without a separator, the one that its first line has.

    Between semicolons a decimal may have a comma: that is how more columns become numbers, or it is not.
    """
    separator = separator or _separator(path)
    read = partial(pl.scan_csv, path, separator=separator, glob=False)
    ways = [partial(read, decimal_comma=comma) for comma in ((False, True) if separator == ";" else (False,))]
    types = [way(infer_schema_length=infer_rows, try_parse_dates=True).collect_schema() for way in ways]
    texts = [list(of_way.values()).count(pl.String()) for of_way in types]
    best = texts.index(min(texts))
    return ways[best](schema=types[best])


def _separator(path: Path) -> str:
    """Return what stands between the names of a CSV file's first line: a comma, or else the most frequent other one."""
    with path.open("rb") as file:
        names = _QUOTED.sub(b"", file.readline(_LONGEST_HEADER)).decode("latin-1")
    found = max(_SEPARATORS, key=names.count)
    return found if found in names and "," not in names else ","


def _lines(path: Path, infer_rows: int | None) -> pl.LazyFrame:
    itself = glob.escape(str(path))  # or Polars takes it for a pattern, which elsewhere it can be told not to
    types = pl.scan_ndjson(itself, infer_schema_length=infer_rows).collect_schema()
    return pl.scan_ndjson(itself, schema=types)


_PARQUET: Final = Format("Parquet", lambda path, _: pl.scan_parquet(path, glob=False), is_guessed=False)
_CSV: Final = Format("CSV", _delimited, is_guessed=True)
_TSV: Final = Format("TSV", partial(_delimited, separator="\t"), is_guessed=True)
_JSON_LINES: Final = Format("JSON lines", _lines, is_guessed=True)
FORMATS: Final[Mapping[str, Format]] = {
    ".parquet": _PARQUET,
    ".pq": _PARQUET,
    ".csv": _CSV,
    ".tsv": _TSV,
    ".jsonl": _JSON_LINES,
    ".ndjson": _JSON_LINES,
}


def scan(files: Sequence[Path], *, infer_rows: int | None) -> pl.LazyFrame:
    """Return the rows of the files, one after the other.

    A column has the narrowest type that holds those of all files, and is null where a file lacks it.
    """
    parts = [FORMATS[file.suffix.casefold()].scan(file, infer_rows) for file in files]
    return pl.concat(parts, how="diagonal_relaxed") if len(parts) > 1 else parts[0]


def columns_of(types: pl.Schema) -> tuple[CatalogColumn, ...]:
    """Return the columns as a catalog would declare them."""
    return tuple(
        CatalogColumn(ColumnSchema(name, kind_of(dtype), _declared(dtype)), "") for name, dtype in types.items()
    )


def kind_of(dtype: pl.DataType) -> Kind:
    """Return the kind of a Polars type; what has no statistics of its own is read as text."""
    return next((kind for is_so, kind in _KINDS if is_so(dtype)), Kind.OTHER)


def as_kind(name: str, dtype: pl.DataType) -> pl.Expr:
    """Return a column in the type that its kind documents."""
    cells = pl.col(name)
    match dtype:
        case pl.Datetime() if dtype.time_zone is not None:
            return cells.dt.convert_time_zone("UTC")
        case pl.Duration():
            return cells.dt.to_string("iso")
        case pl.Struct():
            return pl.when(cells.is_not_null()).then(cells.struct.json_encode()).alias(name)
        case pl.List() | pl.Array():
            written = pl.struct(v=cells).struct.json_encode().str.slice(len('{"v":')).str.strip_suffix("}")
            return pl.when(cells.is_not_null()).then(written).alias(name)
        case _ if kind_of(dtype) is Kind.OTHER:
            return cells.cast(pl.String)
        case _:
            return cells


def _declared(dtype: pl.DataType) -> str:
    """Write a type; a decimal as databases do, so that a change of its digits is understood."""
    return f"decimal({dtype.precision},{dtype.scale})" if isinstance(dtype, pl.Decimal) else str(dtype)
