"""Parquet, CSV and JSON lines files as a source of batches, like a database: a folder of tables.

A table is a file (`orders` is `orders.parquet`, or whatever its ending; where an `orders.csv` lies beside it, each goes
by its full name), a folder of files that are its parts, or, in double quotes and where no file has that very name, a
pattern (`"orders_*"`: one table of all those files). Folders in a folder are parts of its table where they are called
as partitions are, `day=2024-01-01`; the day is then no column. Everything lies below the source's folder; the files are
only read.

>>> source = FileSource(Path("/data/shop"), name="shop")
>>> plan = source.plan(TableRequest(TableRef("orders")))
>>> rows = sum(batch.height for batch in source.batches(plan))
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Final, TypeVar

import numpy as np
import polars as pl

from taskflow_profilemesh.errors import (
    ConditionRefused,
    FileNotUtf8,
    FileTypesDiffer,
    FileUnreadable,
    InvalidOption,
    ProfileMeshError,
    ReadCancelled,
    SourceUnreachable,
    TableNotFound,
    nearest,
)
from taskflow_profilemesh.profiling.schema import Kind, TableSchema
from taskflow_profilemesh.profiling.scope import Scope
from taskflow_profilemesh.reading.batches import Ending, Stop, read_ahead, stream_ahead
from taskflow_profilemesh.reading.catalog.entry import CatalogTable, Whole
from taskflow_profilemesh.reading.file_counts import counts_of
from taskflow_profilemesh.reading.file_scans import FORMATS, as_kind, columns_of, scan
from taskflow_profilemesh.reading.folder import Folder
from taskflow_profilemesh.reading.plan import ReadPlan, chosen_columns, declared_schema
from taskflow_profilemesh.reading.sampling import sample_share, sampling_of
from taskflow_profilemesh.reading.signals import signal_columns
from taskflow_profilemesh.reading.size import Size

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
    from pathlib import Path

    from taskflow_profilemesh.profiling.profile import DecimalTotals
    from taskflow_profilemesh.reading.counting import Counts
    from taskflow_profilemesh.reading.cursor import Mark, Survey
    from taskflow_profilemesh.reading.plan import Growth
    from taskflow_profilemesh.tables import TableRef, TableRequest

T = TypeVar("T")
BATCH_ROWS: Final = 131_072
INFER_ROWS: Final = 100_000
_DEPTH: Final = 2
_ALL_FILES: Final = "none: files are always read whole"
_DAMAGED = (pl.exceptions.PolarsError, pl.exceptions.PanicException)


@dataclass(frozen=True, slots=True)
class FilePlan(ReadPlan):
    """How the rows of some files will be read; `queries` are their paths below the source's folder."""

    where: str | None = None
    share: float | None = None


class FileSource:
    """A folder of files, read-only. `name` stands for it in errors.

    `infer_rows`: from how many rows of a CSV or JSON lines file its types are guessed; None takes all of them, which
    reads the file twice. Every method may raise `SourceUnreachable` or `FileUnreadable`.
    """

    def __init__(
        self, folder: Path, *, name: str, batch_rows: int = BATCH_ROWS, infer_rows: int | None = INFER_ROWS
    ) -> None:
        """Remember where the files are; nothing is opened yet."""
        self._folder = Folder(folder, name)
        self._name = name
        self._batch_rows = batch_rows
        self._infer_rows = infer_rows
        self._ending = Ending(Stop())

    def __repr__(self) -> str:
        """Name the source and its folder."""
        return f"FileSource({self._name!r}, {str(self._folder.path)!r})"

    @property
    def name(self) -> str:
        """What this source is called in errors, and in a store of profiles."""
        return self._name

    def check(self) -> None:
        """Raise `SourceUnreachable` if the folder is none, or may not be read."""
        try:
            next(self._folder.path.iterdir(), None)
        except OSError as error:
            raise SourceUnreachable(source=self._name, address=str(self._folder.path)) from error

    def tables(self, *, unnamed_only: bool = False) -> list[TableRef]:
        """Return the folder's tables by name: its files without their endings, and its folders that hold files."""
        del unnamed_only  # none has a schema
        self.check()
        return self._folder.tables()

    def schema(self, table: TableRef) -> TableSchema:
        """Return a table as its files declare it; raises `TableNotFound` with the nearest that exist."""
        return self._entry(table)[0].schema

    def plan(self, request: TableRequest) -> FilePlan:
        """Decide how a table is read.

        Raises `TableNotFound`, `ColumnNotFound`, `ConditionRefused` or, for a sample that is none, `InvalidOption`.
        """
        sample_share(request.sample, None)
        if request.incremental is not None:
            raise InvalidOption(option="incremental", got=request.incremental, expected=_ALL_FILES)
        if request.partition is not None:
            raise InvalidOption(option="partition", got="a table of files", expected="a `where` that says the same")
        entry, files = self._entry(request.table)
        columns = chosen_columns(entry, request, source=self._name)
        plan = FilePlan(
            schema=TableSchema(entry.schema.table, tuple(column.schema for column in columns), size_bytes=_size(files)),
            declared=declared_schema(entry, columns),
            columns=columns,
            queries=tuple(str(file.relative_to(self._folder.path)) for file in files) if columns else (),
            reason=self._reason(files),
            count_query="",
            where=request.where,
            sampled=request.sample is not None,
            size=Size(None, _size(files)),
            scope=Scope(where=request.where) if request.where else None,
            signals=signal_columns(entry, request),
        )
        if request.where:
            self._check_condition(plan, files)
        return plan if request.sample is None and request.max_rows is None else self._sampled(plan, request)

    def plans(self, requests: Sequence[TableRequest]) -> Iterator[ReadPlan | ProfileMeshError]:
        """Yield for each request, in order, its plan or the error that `plan` would raise."""
        for request in requests:
            try:
                plan = self.plan(request)
            except ProfileMeshError as error:
                yield error
            else:
                yield plan

    def batches(self, plan: ReadPlan) -> Iterator[pl.DataFrame]:
        """Yield the rows of the plan, at most `batch_rows` at a time, never an empty batch."""
        self.check()
        if not plan.queries:
            return
        make = partial(self._frames, plan)
        for frame in stream_ahead(make, depth=_DEPTH, ending=self._ending):
            yield from (batch for batch in frame.iter_slices(self._batch_rows) if batch.height)

    def tables_batches(self, plans: Sequence[ReadPlan]) -> Iterator[tuple[ReadPlan, Iterator[pl.DataFrame]]]:
        """Yield each plan with its batches; what goes wrong with a table is raised by its batches."""
        return ((plan, self.batches(plan)) for plan in plans)

    def row_count(self, plan: ReadPlan) -> int:
        """Return the exact number of the table's rows that meet the request's condition, sampled or not."""
        if plan.row_count is not None:
            return plan.row_count
        job = partial(self._readable, partial(self._counted, plan), str(plan.schema.table))
        (count,) = read_ahead([job], workers=1, depth=1, ending=self._ending)
        return count

    def counts(self, plan: ReadPlan) -> Counts:
        """Return what all rows that the plan is about say: how many, nulls and extremes, in one pass."""
        counted = (*plan.columns, *(column for column in plan.signals if column.schema.kind is Kind.DATETIME))
        schema = TableSchema(plan.schema.table, tuple(column.schema for column in counted))
        job = partial(self._readable, lambda: counts_of(self._selected(plan), schema), str(plan.schema.table))
        (counts,) = read_ahead([job], workers=1, depth=1, ending=self._ending)
        return counts

    def decimal_totals(self, plan: ReadPlan, columns: Collection[str] | None = None) -> Mapping[str, DecimalTotals]:
        """Return nothing: decimals of files are exact in the batches already."""
        del plan, columns
        return {}

    def landed_rows(self, plan: ReadPlan, job_id: int) -> None:
        """Return nothing: which sync wrote a row of a file is not looked at."""
        del plan, job_id

    def survey(self, growth: Growth, after: Mark | None) -> Survey:
        """Raise `InvalidOption`: rows of files have no order in which they came, so no plan of theirs grows."""
        del growth, after
        raise InvalidOption(option="incremental", got="a table of files", expected=_ALL_FILES)

    def cancel(self) -> None:
        """End whatever is being read with `ReadCancelled`, and let nothing more begin."""
        self._ending.stop.now(ReadCancelled(source=self._name, table="(all)", reason="the task was told to end"))

    def close(self) -> None:
        """Do nothing: no file stays open between reads."""

    def _entry(self, table: TableRef) -> tuple[CatalogTable, list[Path]]:
        self.check()
        files = self._folder.files(table)
        if not files:
            known = [str(known) for known in self.tables()]
            raise TableNotFound(source=self._name, table=str(table), known=nearest(str(table), known))
        if not all(file.stat().st_size for file in files):
            reason = "it is empty" if len(files) == 1 else "one of its files is empty"
            raise FileUnreadable(source=self._name, table=str(table), reason=reason)
        types = self._readable(lambda: self._scan(files).collect_schema(), str(table))
        columns = columns_of(types)
        schema = TableSchema(table, tuple(column.schema for column in columns), size_bytes=_size(files))
        return CatalogTable(schema, columns, Whole("files are read from beginning to end")), files

    def _scan(self, files: Sequence[Path]) -> pl.LazyFrame:
        return scan(files, infer_rows=self._infer_rows)

    def _rows(self, plan: ReadPlan) -> pl.LazyFrame:
        rows = self._scan([self._folder.path / query for query in plan.queries])
        where = plan.where if isinstance(plan, FilePlan) else None
        return rows.filter(pl.sql_expr(where)) if where else rows

    def _frames(self, plan: ReadPlan) -> Iterator[pl.DataFrame]:
        about = str(plan.schema.table)
        share = plan.share if isinstance(plan, FilePlan) else None
        rows = self._readable(lambda: self._selected(plan), about)
        frames = self._readable(lambda: iter(rows.collect_batches(chunk_size=self._batch_rows)), about)
        random = np.random.default_rng()
        while (frame := self._readable(lambda: next(frames, None), about)) is not None:
            yield frame if share is None else frame.filter(pl.Series(random.random(frame.height) < share))

    def _selected(self, plan: ReadPlan) -> pl.LazyFrame:
        rows = self._rows(plan)
        types = rows.collect_schema()
        return rows.select(as_kind(column.schema.name, types[column.schema.name]) for column in plan.selected)

    def _counted(self, plan: ReadPlan) -> int:
        return int(self._rows(plan).select(pl.len()).collect(engine="streaming").item())

    def _sampled(self, plan: FilePlan, request: TableRequest) -> FilePlan:
        count = self.row_count(plan)
        sampling = sampling_of(request, count)
        if sampling is None:
            return replace(plan, row_count=count, sampled=False)
        reason = f"{plan.reason.removesuffix('.')}{sampling.told}."
        return replace(plan, row_count=count, share=sampling.share, sampled=True, reason=reason)

    def _reason(self, files: Sequence[Path]) -> str:
        read = (
            f"One pass over {len(files)} file{'s' if len(files) > 1 else ''}, in batches of {self._batch_rows:,} rows"
        )
        if not any(FORMATS[file.suffix.casefold()].is_guessed for file in files):
            return f"{read}; the files say what their columns are."
        guessed = "all rows" if self._infer_rows is None else f"the first {self._infer_rows:,} rows of each"
        return f"{read}; what the columns are is guessed from {guessed}."

    def _check_condition(self, plan: FilePlan, files: Sequence[Path]) -> None:
        about, reason = str(plan.schema.table), ""
        try:
            found = self._scan(files).select(pl.sql_expr(plan.where or "").alias("met")).collect_schema()
            reason = "" if found["met"] == pl.Boolean else "it is not true or false"
        except pl.exceptions.ColumnNotFoundError:
            reason = "it names a column that does not exist"
        except (pl.exceptions.SQLSyntaxError, pl.exceptions.SQLInterfaceError):
            reason = "its SQL has a syntax error, or is not understood here"
        except _DAMAGED:
            reason = "its types do not go together"
        if reason:
            raise ConditionRefused(source=self._name, table=about, reason=reason)

    def _readable(self, act: Callable[[], T], about: str) -> T:
        """Do what needs the files; what Polars or the system say may quote rows, and is told in our own words."""
        refused: type[FileUnreadable] = FileUnreadable
        try:
            return act()
        except PermissionError:
            reason = "this process may not read it"
        except OSError:
            reason = "it cannot be opened"
        except pl.exceptions.ComputeError as error:
            refused, reason = _meant(str(error))
        except _DAMAGED:
            reason = "it is damaged, or its parts do not go together"
        raise refused(source=self._name, table=about, reason=reason)


def _meant(message: str) -> tuple[type[FileUnreadable], str]:
    """Return what a message of Polars is about; it may quote values, though not before these words."""
    if message.startswith(("could not parse", "cannot parse")):
        return FileTypesDiffer, "a value does not fit the type that its column was taken for"
    if "utf-8" in message.casefold():
        return FileNotUtf8, "its text is not in UTF-8"
    if message.startswith("found more fields"):
        return FileUnreadable, "a line has more fields than the first one"
    return FileUnreadable, "it is damaged, or a value does not fit the type that its column was taken for"


def _size(files: Sequence[Path]) -> int:
    return sum(file.stat().st_size for file in files)
