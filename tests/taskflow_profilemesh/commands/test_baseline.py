"""`profilemesh baseline`: what people decide."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

import pytest

from taskflow_profilemesh.cli import main
from taskflow_profilemesh.commands.store_arguments import DECISIONS
from taskflow_profilemesh.storage import DecisionKind, open_store

Capture = pytest.CaptureFixture[str]


def test_people_decide_about_baselines_and_findings(shop: str, tmp_path: Path, capsys: Capture) -> None:
    store = f"sqlite:///{tmp_path / 'profiles.db'}"
    assert main(["profile", shop, "orders", "--store", store]) == 0
    capsys.readouterr()
    for arguments, said in (
        (["accept", "orders"], "is the new normal"),
        (["pin", "orders", "--note", "as agreed"], "is the pinned baseline"),
        (["unpin", "orders"], "no baseline is pinned"),
        (
            ["mute", "orders", "price:psi", "--until", "2999-01-01"],
            "findings of price, psi are not told until 2999-01-01",
        ),
        (["unmute", "orders"], "every column, every metric are told again"),
    ):
        assert main(["baseline", *arguments, "--store", store]) == 0
        assert said in capsys.readouterr().out
    with closing(open_store(store)) as opened:
        (pair,) = opened.tables()
        kinds = [decision.kind.value for decision in reversed(opened.decisions(*pair))]
    assert kinds == list(DECISIONS)
    assert set(DECISIONS) == {kind.value for kind in DecisionKind}


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["accept", "ordres"], "table"),
        (["pin", "orders", "--profile", "nobody"], "profile"),
        (["mute", "orders", "--until", "1999-01-01"], "until"),
        (["accept", "orders", "price"], "finding"),
        (["mute", "orders", "prise:psi"], "Did you mean 'price'?"),
        (["mute", "orders", "price:null_ration"], "Did you mean 'null_ratio'?"),
        (["mute", "orders", "price:schema"], "a config's schema_change"),
        (["unmute", "orders", "price"], "nothing is"),
    ],
)
def test_a_decision_that_cannot_be_meant_is_refused(
    arguments: list[str], complaint: str, shop: str, tmp_path: Path, capsys: Capture
) -> None:
    store = f"sqlite:///{tmp_path / 'profiles.db'}"
    main(["profile", shop, "orders", "--store", store])
    assert main(["baseline", *arguments, "--store", store]) == 1
    assert complaint in capsys.readouterr().err


def _decide(store: str, *arguments: str) -> None:
    assert main(["baseline", *arguments, "--store", store]) == 0


def test_what_holds_is_shown_and_telling_all_again_takes_back_a_mute_of_one_column(
    shop: str, tmp_path: Path, capsys: Capture
) -> None:
    store = f"sqlite:///{tmp_path / 'profiles.db'}"
    main(["profile", shop, "orders", "--store", store])
    capsys.readouterr()
    _decide(store, "show", "orders")
    assert capsys.readouterr().out == "orders: nothing is decided.\n"
    _decide(store, "mute", "orders", "price:psi", "--until", "2999-01-01", "--note", "sales")
    _decide(store, "mute", "orders", "*:row_count")
    _decide(store, "pin", "orders")
    capsys.readouterr()
    _decide(store, "show", "orders")
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == ["decision", "pin", "mute", "mute"]
    assert lines[3].split()[:3] == ["mute", "price:psi", "2999-01-01"]
    assert lines[3].endswith("sales")
    _decide(store, "unmute", "orders")
    _decide(store, "unpin", "orders")
    capsys.readouterr()
    _decide(store, "show", "orders", "--json")
    assert json.loads(capsys.readouterr().out) == []
