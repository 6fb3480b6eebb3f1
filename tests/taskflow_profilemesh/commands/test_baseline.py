"""`profilemesh baseline`: what people decide."""

from __future__ import annotations

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
    ],
)
def test_a_decision_that_cannot_be_meant_is_refused(
    arguments: list[str], complaint: str, shop: str, tmp_path: Path, capsys: Capture
) -> None:
    store = f"sqlite:///{tmp_path / 'profiles.db'}"
    main(["profile", shop, "orders", "--store", store])
    assert main(["baseline", *arguments, "--store", store]) == 1
    assert complaint in capsys.readouterr().err
