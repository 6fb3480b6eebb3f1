from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from taskflow_profilemesh import PostSyncProfilingTrigger, SyncResult
from taskflow_profilemesh.airbyte.result import StreamResult
from taskflow_profilemesh.config import read_config
from taskflow_profilemesh.errors import InvalidOption
from taskflow_profilemesh.tables import Synced, TableRef, TableRequest


def _stream(name: str, table: str) -> StreamResult:
    return StreamResult(
        name=name,
        namespace=None,
        table=table,
        sync_mode="incremental_append",
        rows_synced=30,
        bytes_synced=900,
        rows_last_attempt=30,
    )


RESULT = SyncResult(
    job_id=7,
    status="succeeded",
    connection_id="c",
    connection_name="Shop",
    started_at=None,
    finished_at=None,
    duration_seconds=None,
    attempts=1,
    rows_synced=60,
    bytes_synced=1_800,
    streams=(_stream("users", "raw.shop_users"), _stream("tmp users", "raw.shop_tmp_users")),
    url=None,
)
SYNCED = Synced(job_id=7, sync_mode="incremental_append", rows_committed=30, rows_last_attempt=30)


def _requests(config: dict[str, Any]) -> Any:
    return read_config(config, environ={}, folder=Path())["tables"]


@pytest.mark.parametrize("result", [RESULT, RESULT.as_dict()])
def test_a_sync_becomes_a_config_of_its_tables_with_what_it_committed(result: Any) -> None:
    config = PostSyncProfilingTrigger(config={"source": {"conn_id": "warehouse"}}).create_profiling_config(result)
    assert config["source"] == {"conn_id": "warehouse"}
    assert _requests(config) == (
        TableRequest(TableRef("shop_users", "raw"), synced=SYNCED),
        TableRequest(TableRef("shop_tmp_users", "raw"), synced=SYNCED),
    )


def test_streams_are_excluded_by_wildcards() -> None:
    config = PostSyncProfilingTrigger(exclude_streams=("tmp*",)).create_profiling_config(RESULT)
    assert [table["table"] for table in config["profiling"]["tables"]] == ["raw.shop_users"]


def test_a_table_keeps_what_the_config_says_of_it_and_others_of_it_are_left_out() -> None:
    own: dict[str, Any] = {
        "profiling": {"max_rows": 9, "tables": [{"table": "raw.shop_users", "where": "id > 5"}, {"table": "other"}]}
    }
    config = PostSyncProfilingTrigger(config=own, exclude_streams=("tmp*",)).create_profiling_config(RESULT)
    assert _requests(config) == (TableRequest(TableRef("shop_users", "raw"), where="id > 5", synced=SYNCED),)
    assert config["profiling"]["max_rows"] == 9
    assert len(own["profiling"]["tables"]) == 2  # what was passed in is left as it was


@pytest.mark.parametrize("value", [None, "users", {"tables": ["users"]}, {"streams": [{"name": "users"}]}])
def test_what_is_no_result_of_a_sync_is_refused(value: Any) -> None:
    with pytest.raises(InvalidOption, match="the result of a sync"):
        PostSyncProfilingTrigger().create_profiling_config(value)


def test_a_sync_of_which_nothing_is_left_is_refused() -> None:
    with pytest.raises(InvalidOption, match="a stream that is not excluded"):
        PostSyncProfilingTrigger(exclude_streams=("*",)).create_profiling_config(RESULT)
