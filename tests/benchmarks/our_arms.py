"""What this package does, as arms: see `measured.py` for what an arm is."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from tests.benchmarks.measured import Steps


def read_only(url: str, table: str, reader: str) -> Steps:
    """Read every batch and do nothing with it."""
    pipeline, request = _pipeline(url, reader), _request(table)

    def run() -> int:
        plan = pipeline.source.plan(request)
        return sum(batch.height for batch in pipeline.source.batches(plan))

    return {"": run}


def full_profile(url: str, table: str, reader: str) -> Steps:
    """Profile a table whole: catalog, plan, read, statistics, exact decimals."""
    pipeline, request = _pipeline(url, reader), _request(table)

    def run() -> Any:
        plan = pipeline.source.plan(request)
        return pipeline.profile(plan, pipeline.accumulate(plan))

    return {"": run}


def many_tables(url: str, tables: Sequence[str], reader: str, store: str) -> Steps:
    """Profile tables that were profiled once before, in this process: it is warm, and there is a baseline."""
    from taskflow_profilemesh.outcome import Run

    pipeline, run = _pipeline(url, reader, store), Run(run_id="again")
    pipeline.run([_request(table) for table in tables], Run(run_id="first"))
    plans: list[Any] = []
    profiles: list[Any] = []

    def plan() -> None:
        plans.extend(pipeline.source.plans([_request(table) for table in tables]))

    def read() -> None:
        for planned, batches in pipeline.source.tables_batches(plans):
            profiles.append(pipeline.profile(planned, pipeline.accumulate(planned, batches)))

    def conclude() -> None:
        for profile in profiles:
            pipeline.conclude(profile, run, started=pipeline.clock.monotonic())

    return {"plan": plan, "read and statistics": read, "compare and store": conclude}


def incremental(url: str, table: str, reader: str, store: str, *, is_first: bool) -> Steps:
    """Profile a table that grows by its `id`, compare and store the profile and the state for the next one.

    The step raises unless the table is read whole the first time, and in part later.
    """
    from taskflow_profilemesh.outcome import Run

    pipeline, request = _pipeline(url, reader, store), _request(table, incremental="id")

    def run() -> None:
        profiled = pipeline.run([request], Run(run_id="first" if is_first else "again")).profiled[0]
        is_part = str(profiled.reason).startswith("Only the ")
        assert is_part is not is_first, profiled.reason

    return {"": run}


def part(url: str, table: str, reader: str, store: str, *, name: str, days: Sequence[str]) -> Steps:
    """Profile the partitions of some days and save their state, as one of several workers does."""
    from taskflow_profilemesh.outcome import Run
    from taskflow_profilemesh.parts import save_part
    from taskflow_profilemesh.tables import Partition

    request = _request(table, partition=Partition("loaded_on", values=tuple(days)))
    return {"": partial(save_part, _pipeline(url, reader, store), request, Run(run_id="parts"), part=name)}


def merge(url: str, table: str, reader: str, store: str, *, names: Sequence[str]) -> Steps:
    """Merge what several workers saved, compare and store the profile."""
    from taskflow_profilemesh.outcome import Run
    from taskflow_profilemesh.parts import merge_parts

    return {"": partial(merge_parts, _pipeline(url, reader, store), _request(table), Run(run_id="parts"), parts=names)}


def whole(url: str, table: str, reader: str, store: str) -> Steps:
    """Profile a table whole, compare and store the profile, as one worker alone does."""
    from taskflow_profilemesh.outcome import Run

    return {"": partial(_pipeline(url, reader, store).run, [_request(table)], Run(run_id="alone"))}


def _pipeline(url: str, reader: str, store: str | None = None) -> Any:
    """Return a pipeline whose source is connected; `store`: the URL of one, None keeps profiles in memory."""
    from taskflow_profilemesh.clock import SystemClock
    from taskflow_profilemesh.pipeline import Pipeline
    from taskflow_profilemesh.reading import DatabaseAddress, DatabaseSource
    from taskflow_profilemesh.storage import MemoryStore, open_store

    source: Any = DatabaseSource(DatabaseAddress.from_url(url), name="benchmark", reader=reader)  # type: ignore[arg-type]
    source.check()
    _warm()
    return Pipeline(source=source, store=open_store(store) if store else MemoryStore(), clock=SystemClock())


def _request(table: str, **options: Any) -> Any:
    from taskflow_profilemesh.tables import TableRef, TableRequest

    return TableRequest(TableRef(table), **options)


def _warm() -> None:
    """Have everything imported that statistics need: a worker imports once."""
    import polars as pl

    from taskflow_profilemesh.profiling import TableState
    from taskflow_profilemesh.profiling.schema import ColumnSchema, Kind, TableSchema
    from taskflow_profilemesh.tables import TableRef

    kinds = {"number": Kind.INTEGER, "text": Kind.TEXT}
    columns = tuple(
        ColumnSchema(name=name, kind=kind, declared_type=kind, nullable=True) for name, kind in kinds.items()
    )
    state = TableState.empty(TableSchema(TableRef("warm"), columns), small_rows=0)
    state.add(pl.DataFrame({"number": [1, 2], "text": ["a", "b"]}))
    state.profile()
