from __future__ import annotations

import pytest

from taskflow_profilemesh.airbyte.spec import SyncSpec
from taskflow_profilemesh.errors import InvalidOption


def test_a_text_is_the_connection_and_the_rest_has_defaults() -> None:
    assert SyncSpec.from_value("Shop").as_dict() == {
        "connection": "Shop",
        "workspace": None,
        "job_type": "sync",
        "timeout_seconds": 3600,
        "poll_interval_seconds": 30,
        "on_conflict": "attach",
        "min_rows": None,
        "stall_timeout_seconds": None,
        "cancel_on_kill": True,
    }


def test_a_mapping_says_more_than_the_defaults_that_it_is_given() -> None:
    spec = SyncSpec.from_value({"connection": "Shop", "min_rows": 5}, min_rows=1, timeout_seconds=60)
    assert (spec.min_rows, spec.timeout_seconds) == (5, 60)


def test_a_spec_is_taken_as_it_is() -> None:
    spec = SyncSpec(connection="Shop", min_rows=5)
    assert SyncSpec.from_value(spec, min_rows=1) is spec


def test_what_as_dict_writes_from_value_reads() -> None:
    spec = SyncSpec(connection="Shop", on_conflict="wait", stall_timeout_seconds=9.5)
    assert SyncSpec.from_value(spec.as_dict()) == spec


def test_a_misspelt_option_names_the_nearest() -> None:
    with pytest.raises(InvalidOption, match="Did you mean 'timeout_seconds'"):
        SyncSpec.from_value({"connection": "Shop", "timeout_second": 5})


def test_a_sync_mode_belongs_to_the_connection() -> None:
    with pytest.raises(InvalidOption, match="it belongs to the Airbyte connection"):
        SyncSpec.from_value({"connection": "Shop", "sync_mode": "full_refresh_append"})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("connection", ""),
        ("connection", 7),
        ("workspace", " "),
        ("job_type", "reset"),
        ("on_conflict", "atach"),
        ("timeout_seconds", 0),
        ("timeout_seconds", float("nan")),
        ("timeout_seconds", "60"),
        ("poll_interval_seconds", -1),
        ("poll_interval_seconds", True),
        ("min_rows", 1.5),
        ("min_rows", -1),
        ("stall_timeout_seconds", 0),
        ("cancel_on_kill", "yes"),
    ],
)
def test_a_value_that_cannot_work_is_refused_by_name(name: str, value: object) -> None:
    with pytest.raises(InvalidOption) as caught:
        SyncSpec.from_value({"connection": "Shop", name: value})
    assert caught.value.option == name


@pytest.mark.parametrize("value", [7, None, ["Shop"], {}])
def test_what_names_no_connection_is_refused(value: object) -> None:
    with pytest.raises(InvalidOption):
        SyncSpec.from_value(value)  # type: ignore[arg-type] # what a caller may get wrong
