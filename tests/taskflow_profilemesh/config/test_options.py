from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from taskflow_profilemesh.config import ProfileOptions, Said, settle
from taskflow_profilemesh.table_requests import table_requests
from taskflow_profilemesh.table_selection import expand
from taskflow_profilemesh.tables import TableRef, TableRequest

ORDERS = (TableRequest(TableRef("orders")),)

_BOUNDS = st.dictionaries(st.sampled_from(["psi_warn", "ks_warn"]), st.sampled_from([0.1, 0.2]))
_VOICES = st.fixed_dictionaries(
    {},
    optional={
        "conn_id": st.none() | st.sampled_from(["a", "b"]),
        "on_drift": st.none() | st.sampled_from(["skip", "fail"]),
        "fail_on_error": st.none() | st.booleans(),
        "thresholds": st.none() | _BOUNDS,
    },
)


def test_where_nobody_speaks_the_defaults_hold() -> None:
    assert settle() == settle({}, {"store": None}) == ProfileOptions()
    assert ProfileOptions() == ProfileOptions(
        conn_id="profilemesh_default", on_drift="record", drift_severity="high", fail_on_error=True
    )


def test_the_first_voice_is_heard() -> None:
    settled = settle({"conn_id": "task", "tables": ORDERS}, {"conn_id": "file", "on_drift": "fail"})
    assert settled == ProfileOptions(conn_id="task", tables=ORDERS, on_drift="fail")


def test_an_option_that_is_false_is_given_and_one_that_is_none_is_not() -> None:
    assert settle({"fail_on_error": False}, {"fail_on_error": True}).fail_on_error is False
    assert settle({"fail_on_error": None}, {"fail_on_error": False}).fail_on_error is False


def test_thresholds_are_heard_one_by_one() -> None:
    settled = settle({"thresholds": {"psi_warn": 0.2}}, {"thresholds": {"psi_warn": 0.1, "ks_warn": 0.15}})
    assert settled.thresholds == {"psi_warn": 0.2, "ks_warn": 0.15}


@given(_VOICES)
def test_a_voice_that_speaks_again_changes_nothing(voice: Said) -> None:
    assert settle(voice, voice) == settle(voice) == settle({}, voice)


def test_options_show_no_store() -> None:
    assert "canary-42" not in repr(settle({"store": "postgresql://u:canary-42@h/d"}))


def test_what_all_tables_share_leaves_those_alone_that_say_otherwise() -> None:
    plain, own, sample, few = (
        TableRequest(TableRef("plain")),
        TableRequest(TableRef("own"), incremental="id"),
        TableRequest(TableRef("sample"), sample=0.5),
        TableRequest(TableRef("few"), max_rows=5),
    )
    tables = (plain, own, sample, few)
    growing = settle({"tables": tables, "incremental": "at", "max_rows": 9}).requests()
    assert growing == (replace(plain, incremental="at"), own, replace(sample, max_rows=9), few)
    assert settle({"tables": tables, "max_rows": 9}).requests()[0] == replace(plain, max_rows=9)


def test_what_all_tables_share_holds_for_those_that_a_pattern_chooses() -> None:
    (chosen,) = settle({"tables": table_requests("shop.*"), "incremental": "at"}).requests()
    (found,) = expand([chosen], tables=lambda _: [TableRef("orders", "shop")], source="warehouse")
    assert found.incremental == "at"
