from __future__ import annotations

from pathlib import Path

import pytest

from taskflow_profilemesh.config import ConfigText, ProfileOptions, read_config, read_dag_options, settle
from taskflow_profilemesh.errors import InvalidConfig
from taskflow_profilemesh.tables import TableRef, TableRequest

FILE = "source: {type: postgres, host: here, database: shop}\nretry: {retries: 1}\n"


def _options(text: str | None, **environ: str) -> ProfileOptions:
    config = None if text is None else ConfigText(text, name="shop.yml")
    return settle(read_config(config, environ=environ, folder=Path()))


def _refused(text: str | None, **environ: str) -> str:
    with pytest.raises(InvalidConfig) as caught:
        _options(text, **environ)
    return str(caught.value)


def test_the_environment_goes_before_the_file() -> None:
    options = _options(FILE, PROFILEMESH_SOURCE__HOST="there", PROFILEMESH_SOURCE__PASSWORD="12345")
    assert options.source_url == "postgresql://there/shop"  # a password without a user is nobody's
    assert options.source_name == "postgresql://there/shop"


def test_no_file_is_needed() -> None:
    options = _options(
        None,
        PROFILEMESH_SOURCE__CONN_ID="warehouse",
        PROFILEMESH_PROFILING__TABLES="[users, shop.orders]",
        PROFILEMESH_PROFILING__MAX_ROWS="9",
        PROFILEMESH_DRIFT_DETECTION__THRESHOLDS__PSI_WARN="0.2",
        PROFILEMESH_ENVIRONMENT="staging",
    )
    assert options.source_name == "staging/warehouse"
    assert options.tables == (TableRequest(TableRef("users")), TableRequest(TableRef("orders", "shop")))
    assert (options.max_rows, options.thresholds) == (9, {"psi_warn": 0.2})


@pytest.mark.parametrize(("written", "name"), [("shop.*", "shop.*"), ("*_log", "*_log"), ("users", "users")])
def test_what_is_no_yaml_is_a_name(written: str, name: str) -> None:
    (wanted,) = _options(None, PROFILEMESH_PROFILING__TABLES=written).tables
    assert name in repr(wanted)


def test_a_section_is_laid_over_that_of_the_file_and_its_keys_over_the_section() -> None:
    options = _options(
        "profiling: {max_rows: 5, fail_on_error: false}",
        PROFILEMESH_PROFILING='{"max_rows": 6, "incremental": "id"}',
        PROFILEMESH_PROFILING__MAX_ROWS="7",
    )
    assert (options.max_rows, options.fail_on_error, options.incremental) == (7, False, "id")


def test_another_way_to_say_the_same_does_not_count_in_the_file() -> None:
    assert _options(FILE, PROFILEMESH_SOURCE__CONN_ID="other").conn_id == "other"
    assert _options(FILE, PROFILEMESH_SOURCE__CONN_ID="other").source_url is None
    store = "storage: {connection: {conn_id: a}}"
    assert _options(store, PROFILEMESH_STORAGE__STORE="b").store == "b"
    assert _options("profiling: {incremental: a}", PROFILEMESH_INCREMENTAL="b").incremental == "b"
    tables = _options("incremental: a", PROFILEMESH_INCREMENTAL__TABLES="{t: b}")
    assert (tables.incremental, len(tables.rules)) == ("a", 1)


def test_an_empty_variable_says_nothing() -> None:
    assert _options(FILE, PROFILEMESH_SOURCE__HOST="").source_name == "postgresql://here/shop"


def test_a_misspelt_name_is_an_error_that_names_the_nearest() -> None:
    told = _refused(FILE, PROFILEMESH_SORCE__HOST="canary")
    assert "key='PROFILEMESH_SORCE__HOST'" in told
    assert told.endswith("Did you mean 'PROFILEMESH_SOURCE__HOST'?")


def test_a_wrong_value_is_told_by_its_variable_and_not_quoted() -> None:
    told = _refused(FILE, PROFILEMESH_RETRY__RETRIES="canary")
    assert "path='the environment', key='PROFILEMESH_RETRY__RETRIES'" in told
    assert "canary" not in told
    assert "canary" not in _refused(FILE, PROFILEMESH_PROFILING__TABLES="[canary")
    assert "PROFILEMESH_PROFILING__TABLES: [0].tabel" in _refused(None, PROFILEMESH_PROFILING__TABLES="[{tabel: a}]")


def test_a_name_that_may_be_anybodys_is_told_where_it_looks_like_a_key(caplog: pytest.LogCaptureFixture) -> None:
    _options(FILE, PROFILEMESH_PORT="tcp://10.0.0.1:80", PROFILEMESH_SERVICE_HOST="10.0.0.1")
    assert caplog.messages == []
    _options(FILE, PROFILEMESH_SOURCE_HOST="there")
    assert "PROFILEMESH_SOURCE_HOST is not read. Did you mean PROFILEMESH_SOURCE__HOST?" in caplog.text


def test_a_dag_heeds_it_too() -> None:
    text = ConfigText("profiling: {tables: users}\nretry: {retries: 1}", name="shop.yml")
    assert read_dag_options(text, environ={"PROFILEMESH_RETRY__RETRIES": "5"}, folder=Path()).retries == 5


def test_values_of_the_environment_are_not_filled_in() -> None:
    assert _options(None, PROFILEMESH_STORAGE__STORE="sqlite:///${HOME}", HOME="/nowhere").store == "sqlite:///${HOME}"
