"""Reading the fields of a table request from a mapping: what of a table should be profiled, each with its own check."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Literal

from taskflow_profilemesh.errors import InvalidOption
from taskflow_profilemesh.tables import Partition, Synced, TableRef, TableRequest

_PARTITION_KEYS = ("column", "latest", "recent", "values")
_SYNCED_COUNTS = ("rows_committed", "rows_last_attempt")
_SYNCED = "a mapping of a job_id (≥ 1), a sync_mode, rows_committed and rows_last_attempt (≥ 0)"
_PARTITION = "{'column': …} with one of 'latest': True, 'recent': a number (≥ 1), 'values': a list"


def request_with(given: Mapping[str, object]) -> TableRequest:
    """Return a request of a table without a name, with the fields that are given; raises `InvalidOption`."""
    return TableRequest(
        table=TableRef(""),
        columns=names("columns", given["columns"]) if "columns" in given else None,
        exclude_columns=names("exclude_columns", given.get("exclude_columns", ())),
        where=text("where", given["where"]) if "where" in given else None,
        sample=_sample(given.get("sample")),
        sample_method=_sample_method(given.get("sample_method")),
        max_rows=_max_rows(given.get("max_rows")),
        partition=_partition(given.get("partition")),
        incremental=text("incremental", given["incremental"]) if "incremental" in given else None,
        synced=_synced(given.get("synced")),
        unwanted_columns=names("unwanted_columns", given.get("unwanted_columns", ())),
    )


def names(key: str, value: object) -> tuple[str, ...]:
    """Read one name, or a list of names."""
    if isinstance(value, str):
        return (value,)
    if not isinstance(value, Iterable):
        raise InvalidOption(option=key, got=type(value).__name__, expected="a list of column names")
    return tuple(text(key, name) for name in value)


def text(key: str, value: object) -> str:
    """Read a text that is not blank."""
    if not isinstance(value, str) or not value.strip():
        got = "a blank one" if isinstance(value, str) else type(value).__name__
        raise InvalidOption(option=key, got=got, expected="a text that is not blank")
    return value


def _sample(value: object) -> int | float | None:
    if value is None:
        return None
    whole = isinstance(value, int) and not isinstance(value, bool) and value >= 1
    share = isinstance(value, float) and 0 < value < 1
    if not (whole or share):
        raise InvalidOption(option="sample", got=repr(value), expected="a number of rows (≥ 1) or a share (0 to 1)")
    return value  # type: ignore[return-value] # an int or a float, as just checked


def _sample_method(value: object) -> Literal["rows", "pages"] | None:
    match value:
        case None | "rows" | "pages":
            return value
    raise InvalidOption(option="sample_method", got=repr(value), expected="rows or pages", known=("rows", "pages"))


def _max_rows(value: object) -> int | None:
    return None if value is None else _count("max_rows", value, expected="a number of rows (≥ 1)")


def _count(option: str, value: object, *, expected: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise InvalidOption(option=option, got=repr(value), expected=expected)
    return value


def _synced(value: object) -> Synced | None:
    if value is None or isinstance(value, Synced):
        return value
    if not isinstance(value, Mapping) or not set(value) <= {"job_id", "sync_mode", *_SYNCED_COUNTS}:
        raise InvalidOption(option="synced", got=type(value).__name__, expected=_SYNCED)
    counts = [value.get(name) for name in _SYNCED_COUNTS]
    mode = value.get("sync_mode")
    if any(count is not None and not is_count(count) for count in counts) or not isinstance(mode, str | None):
        raise InvalidOption(option="synced", got="values of other types", expected=_SYNCED)
    job_id = _count("synced", value.get("job_id"), expected=_SYNCED)
    return Synced(job_id=job_id, sync_mode=mode, rows_committed=counts[0], rows_last_attempt=counts[1])


def is_count(value: object) -> bool:
    """Say whether a value is a whole number, 0 or more."""
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _partition(value: object) -> Partition | None:
    if value is None or isinstance(value, Partition):
        return value
    value = _partition_mapping(value)
    given = {key: part for key, part in value.items() if key != "column" and part is not None and part is not False}
    if "column" not in value or len(given) != 1:
        raise InvalidOption(option="partition", got=", ".join(map(str, value)) or "nothing", expected=_PARTITION)
    column = text("partition", value["column"])
    match next(iter(given.items())):
        case ("latest", True):
            return Partition(column, recent=1)
        case ("recent", number):
            return Partition(column, recent=_count("partition", number, expected=_PARTITION))
        case ("values", values):
            return Partition(column, values=_partition_values(values))
    raise InvalidOption(option="partition", got="latest that is not True", expected=_PARTITION)


def _partition_mapping(value: object) -> Mapping[object, object]:
    if not isinstance(value, Mapping):
        raise InvalidOption(option="partition", got=type(value).__name__, expected=_PARTITION)
    for key in value:
        if key not in _PARTITION_KEYS:
            raise InvalidOption(option="partition", got=str(key), expected=_PARTITION, known=_PARTITION_KEYS)
    return value


def _partition_values(value: object) -> tuple[str, ...]:
    listed = [value] if isinstance(value, str) or not isinstance(value, Iterable) else list(value)
    if not listed or not all(_is_written(one) for one in listed):
        expected = "a list of texts, numbers and dates, none of them null"
        raise InvalidOption(option="partition", got="values of other types, or none", expected=expected)
    return tuple(dict.fromkeys(str(one) for one in listed))


def _is_written(value: object) -> bool:
    """Say whether a database reads a value as Python prints it."""
    return isinstance(value, str | int | Decimal | date) and not isinstance(value, bool)
