from __future__ import annotations

from pathlib import Path

import polars as pl

from taskflow_profilemesh.demo.flights import CHANGES, TABLES, change_source, read_table, write_source


def test_the_source_is_five_tables_with_every_flight_of_2013(tmp_path: Path) -> None:
    assert write_source(tmp_path) == 367_687
    assert sorted(file.stem for file in tmp_path.iterdir()) == list(TABLES)
    assert pl.read_parquet(tmp_path / "flights.parquet").height == 336_776


def test_the_changes_are_those_that_the_demo_tells_of(tmp_path: Path) -> None:
    read_table("flights").head(1_000).write_parquet(tmp_path / "flights.parquet")
    before = pl.read_parquet(tmp_path / "flights.parquet")
    change_source(tmp_path)
    after = pl.read_parquet(tmp_path / "flights.parquet")
    assert len(CHANGES) == 4
    assert after["arr_delay"].null_count() >= 800
    assert (after["dep_delay"] - before["dep_delay"]).drop_nulls().unique().to_list() == [25]
    assert "tailnum" not in after.columns
    assert after["tail_number"].equals(before["tailnum"])
    assert after["cancelled"].sum() == before["dep_time"].null_count()
