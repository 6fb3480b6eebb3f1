from __future__ import annotations

import inspect
import json
import pkgutil
import zlib
from dataclasses import fields, is_dataclass, replace
from decimal import Decimal
from enum import Enum
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from taskflow_profilemesh import profiling
from taskflow_profilemesh.profiling import ColumnSchema, DecimalTotals, Kind, TableSchema, TableState
from taskflow_profilemesh.profiling.saved_state import (
    STATE_CLASSES,
    STATE_VERSION,
    SavedState,
    Unusable,
    load_state,
    save_state,
)
from taskflow_profilemesh.profiling.state_codec import MAGIC, pack, unpack_document
from taskflow_profilemesh.profiling.table import Sketches
from taskflow_profilemesh.tables import TableRef

PART = {"where": "id > 5", "incremental": "id"}
SCHEMA = TableSchema(
    TableRef("orders", "shop"),
    (
        ColumnSchema("id", Kind.INTEGER, "bigint"),
        ColumnSchema("price", Kind.DECIMAL, "numeric"),
        ColumnSchema("name", Kind.TEXT, "text"),
        ColumnSchema("paid", Kind.BOOLEAN, "boolean"),
    ),
)
DOCUMENTS = Path(__file__).with_name("documents")


def saved() -> SavedState:
    state = TableState.empty(SCHEMA)
    state.add(
        pl.DataFrame(
            {
                "id": [1, 2, 3, None],
                "price": [0.5, 2.0, 2.0, None],
                "name": ["a", "b", "b", "größe"],
                "paid": [True, False, None, True],
            }
        )
    )
    totals = DecimalTotals(Decimal("0.50"), Decimal("2.000000000000000000000000000000001"), Decimal("4.5"))
    return SavedState(state=state, decimals={"price": totals}, mark={"newest": "3", "row_count": 4})


def loaded(data: bytes, schema: TableSchema = SCHEMA, **changes: Any) -> SavedState | Unusable:
    return load_state(data, schema, **({"part": PART} | changes))


def reason(data: bytes, schema: TableSchema = SCHEMA, **changes: Any) -> str:
    refused = loaded(data, schema, **changes)
    assert isinstance(refused, Unusable)
    return refused.reason


def changed(data: bytes, **changes: Any) -> bytes:
    document, unread = unpack_document(data)
    return pack(document | changes, unread.read(STATE_CLASSES), STATE_CLASSES)


def test_a_state_comes_back_with_its_decimals_and_its_mark() -> None:
    whole = saved()
    back = loaded(save_state(whole, part=PART))
    assert isinstance(back, SavedState)
    assert (back.decimals, back.mark) == (whole.decimals, whole.mark)
    assert back.state.profile(decimals=back.decimals) == whole.state.profile(decimals=whole.decimals)


def test_a_state_holds_no_row() -> None:
    state = TableState.empty(SCHEMA)
    names = [f"secret {number}" for number in range(9_000)]
    rows = {"id": range(9_000), "price": [1.0] * 9_000, "name": names, "paid": [True] * 9_000}
    state.add(pl.DataFrame(rows))
    data = save_state(SavedState(state=state), part=PART)
    text = zlib.decompress(data[len(MAGIC) :])
    assert text.count(b"secret") <= 2 * 256 + 2  # remembered values and extremes


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"version": STATE_VERSION + 1}, f"it is of version {STATE_VERSION + 1}, this code reads version"),
        ({"hashes": "splitmix64 polars-0.9 seed-0"}, "its hashes are of splitmix64 polars-0.9 seed-0, those of this"),
        ({"statistics": "older"}, "the statistics have changed since it was saved"),
        ({"columns": []}, "columns changed since it was saved: id, name, paid, price"),
        ({"part": {}}, "it is of another part of the table (incremental, where)"),
    ],
)
def test_a_state_is_refused_when_what_it_depends_on_has_changed(changes: dict[str, Any], told: str) -> None:
    assert told in reason(changed(save_state(saved(), part=PART), **changes))


def test_a_state_of_another_polars_is_refused() -> None:
    assert "its hashes are of" in reason(save_state(saved(), part=PART), hashes="splitmix64 polars-99 seed-0")


def test_a_state_of_other_columns_is_refused_and_names_them() -> None:
    data = save_state(saved(), part=PART)
    first, *others = SCHEMA.columns
    assert reason(data, replace(SCHEMA, columns=(replace(first, declared_type="integer"), *others))).endswith(": id")
    assert reason(data, replace(SCHEMA, columns=(*others, first))).endswith(": their order")
    assert isinstance(loaded(data, replace(SCHEMA, columns=(replace(first, nullable=False), *others))), SavedState)


@pytest.mark.parametrize("where", [None, "id > 6"])
def test_a_state_of_another_condition_is_refused_without_repeating_it(where: str | None) -> None:
    told = reason(save_state(saved(), part=PART), part=PART | {"where": where})
    assert told == "it is of another part of the table (where)"


def test_no_damage_makes_a_state_that_is_used() -> None:
    data = save_state(saved(), part=PART)
    random = np.random.default_rng(5)
    cut = [b"", MAGIC, data[:-1], data[len(MAGIC) :], data[: len(data) // 2]]
    places = random.integers(0, len(data), 200).tolist()
    for one in (*cut, *(data[:place] + bytes([data[place] ^ 0x55]) + data[place + 1 :] for place in places)):
        assert isinstance(loaded(one), Unusable)


@pytest.mark.parametrize(
    "text",
    [
        b"{}",
        b"[]",
        b'{"document": {}, "value": {"$": "Sketches", "fields": {}}, "arrays": []}',
        b'{"document": {}, "value": {"$": "array", "at": 0}, "arrays": [["|O", [1], false]]}',
        b'{"document": {"version": 1}, "value": 1, "arrays": [["<u8", [1], false]]}',
    ],
)
def test_bytes_that_are_whole_but_no_state_are_refused(text: bytes) -> None:
    data = MAGIC + zlib.compress(len(text).to_bytes(8, "little") + text)
    assert reason(data).startswith("its bytes are damaged")


def test_bytes_choose_no_class_that_is_not_listed() -> None:
    _, unread = unpack_document(pack({}, Kind.DATE, [Kind]))
    with pytest.raises(ValueError, match="damaged"):
        unread.read([TableRef])


@pytest.mark.parametrize("value", [{1, 2}, TableRef("x"), np.array(["a"], object), np.array([1], np.int8)])
def test_a_value_that_cannot_be_kept_without_loss_is_a_mistake_of_the_caller(value: object) -> None:
    with pytest.raises(TypeError, match=r"state"):
        pack({}, value, STATE_CLASSES)


@pytest.mark.parametrize(
    "array",
    [
        np.array([], np.uint64),
        np.array([2**64 - 1, 0, 5], np.uint64),
        np.array([0, 1, 2**63, 2**64 - 1], np.uint64),
        np.array([-(2**63), -1, 2**63 - 1]),
        np.array([[1.5, np.nan], [-0.0, np.inf]]),
        np.array([True, False]),
        np.arange(10)[::2],
    ],
)
def test_any_array_comes_back_to_the_last_bit(array: np.ndarray[Any, Any]) -> None:
    _, unread = unpack_document(pack({}, (array, 2**80, float("nan"), 1.0, None, "a\x00"), []))
    read = unread.read([])
    assert isinstance(read, tuple)
    back = read[0]
    assert (back.dtype, back.shape, back.tobytes()) == (array.dtype, array.shape, np.ascontiguousarray(array).tobytes())
    assert (read[1], np.isnan(read[2]), read[3:]) == (2**80, True, (1.0, None, "a\x00"))


def test_decimals_merge_exactly_and_columns_without_values_merge_with_anything() -> None:
    one, none = saved(), DecimalTotals(None, None, None)
    wide = DecimalTotals(Decimal("-1e30"), Decimal("1e-30"), Decimal("123456789012345678901234567890.5"))
    both = one.combine(SavedState(state=one.state, decimals={"price": wide}))
    assert both.decimals["price"].total == Decimal("123456789012345678901234567895.0")
    assert both.decimals["price"].minimum == Decimal("-1e30")
    for left, right in ((one, replace(one, decimals={"price": none})), (replace(one, decimals={"price": none}), one)):
        assert left.combine(right).decimals["price"] == one.decimals["price"]


def exact(*prices: str | None) -> SavedState:
    state = TableState.empty(SCHEMA)
    cells = pl.Series([None if price is None else Decimal(price) for price in prices], dtype=pl.Decimal(20, 2))
    rows = {"id": range(len(prices)), "price": cells, "name": ["a"] * len(prices), "paid": [True] * len(prices)}
    state.add(pl.DataFrame(rows))
    return SavedState(state=state)


def test_decimals_that_the_database_summed_merge_with_those_that_the_batches_told() -> None:
    for left, right in ((saved(), exact("-7.25", "1.00")), (exact("-7.25", "1.00"), saved())):
        both = left.combine(right)
        assert both.decimals["price"].total == Decimal("-1.75")
        assert both.state.profile(decimals=both.decimals).columns[1].minimum == Decimal("-7.25")
    nothing = saved().combine(exact(None))
    assert nothing.decimals == saved().decimals


def test_decimals_that_only_the_batches_told_need_no_database() -> None:
    back = loaded(save_state(exact("0.10", "0.20"), part=PART))
    assert isinstance(back, SavedState)
    both = back.combine(exact("0.30"))
    assert (both.decimals, both.state.decimal_totals()["price"].total) == ({}, Decimal("0.60"))


def test_decimals_of_which_one_part_is_not_known_exactly_are_not_known_of_the_whole() -> None:
    unknown = replace(saved(), decimals={})
    assert unknown.combine(saved()).decimals == {}
    assert unknown.combine(exact("1.00")).decimals == {}


def test_every_class_of_states_is_listed() -> None:
    """When this fails: name the class in `STATE_CLASSES`, and write a new document (see below)."""
    modules = [
        import_module(f"{profiling.__name__}.{found.name}") for found in pkgutil.iter_modules(profiling.__path__)
    ]
    own = {
        value
        for module in modules
        for _, value in inspect.getmembers(module, inspect.isclass)
        if value.__module__ == module.__name__ and is_dataclass(value) and hasattr(value, "combine")
    }
    assert own - {SavedState} <= set(STATE_CLASSES)
    assert all(is_dataclass(one) or issubclass(one, Enum) for one in STATE_CLASSES)


def test_everything_that_a_state_gathers_is_saved() -> None:
    """When this fails: add the field to `Sketches`, to `sketches` and to `resumed`; a default would merge wrongly."""
    of_the_process = {"_schema", "_kinds", "_pool", "_small_rows", "_waiting", "_paired"}
    gathered = {name.removeprefix("_") for name in set(vars(TableState.empty(SCHEMA))) - of_the_process}
    assert gathered == {field.name for field in fields(Sketches)}


@pytest.mark.parametrize("path", sorted(DOCUMENTS.glob("state_*.bin")), ids=lambda path: path.stem)
def test_documents_of_every_time_are_loaded_or_refused_for_their_age(path: Path) -> None:
    data = path.read_bytes()
    document, _ = unpack_document(data)
    back = loaded(data, hashes=document["hashes"])
    if isinstance(back, Unusable):
        assert "version" in back.reason or "the statistics have changed" in back.reason
        return
    expected = json.loads(path.with_suffix(".json").read_text())
    assert {name: [str(value) for value in found] for name, found in _numbers(back).items()} == expected


def test_there_is_a_document_of_the_current_statistics() -> None:
    """When this fails: run `python -m tests.taskflow_profilemesh.profiling.test_saved_state`, and commit the files."""
    current, _ = unpack_document(save_state(saved(), part=PART))
    kept = [unpack_document(path.read_bytes())[0] for path in DOCUMENTS.glob("state_*.bin")]
    assert (current["version"], current["statistics"]) in [(one["version"], one["statistics"]) for one in kept]


def _numbers(state: SavedState) -> dict[str, list[object]]:
    profile = state.state.profile(decimals=state.decimals)
    return {
        column.schema.name: [
            column.row_count,
            column.null_count,
            column.minimum,
            column.maximum,
            column.distinct.count if column.distinct else None,
            column.numbers.mean if column.numbers else None,
            column.true_count,
        ]
        for column in profile.columns
    }


def _write() -> None:
    data = save_state(saved(), part=PART)
    document, _ = unpack_document(data)
    path = DOCUMENTS / f"state_v{STATE_VERSION}_{document['statistics'].partition(' ')[0]}.bin"
    path.write_bytes(data)
    numbers = {name: [str(value) for value in found] for name, found in _numbers(saved()).items()}
    path.with_suffix(".json").write_text(json.dumps(numbers, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    _write()
