from __future__ import annotations

from uuid import UUID

import pyarrow as pa

from taskflow_profilemesh.reading.uuid_texts import with_uuid_texts

_FIRST = UUID("00112233-4455-6677-8899-aabbccddeeff")
_LAST = UUID("ffffffff-ffff-4fff-bfff-ffffffffff09")


def _table(*values: UUID | None) -> pa.Table:
    stored = pa.array([None if value is None else value.bytes for value in values], pa.binary(16))
    return pa.table({"n": range(len(values)), "u": pa.ExtensionArray.from_storage(pa.uuid(), stored)})


def test_uuids_become_the_texts_that_a_database_prints() -> None:
    table = with_uuid_texts(_table(_FIRST, _LAST))
    assert table["u"].to_pylist() == [str(_FIRST), str(_LAST)]
    assert table["n"].to_pylist() == [0, 1]
    assert table.column_names == ["n", "u"]


def test_a_null_stays_one() -> None:
    assert with_uuid_texts(_table(None, _LAST, None))["u"].to_pylist() == [None, str(_LAST), None]


def test_a_part_of_a_column_is_read_from_its_own_start() -> None:
    assert with_uuid_texts(_table(_FIRST, None, _LAST, _FIRST).slice(1, 2))["u"].to_pylist() == [None, str(_LAST)]


def test_a_column_without_rows_has_no_texts() -> None:
    assert with_uuid_texts(_table())["u"].to_pylist() == []
