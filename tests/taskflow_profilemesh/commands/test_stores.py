"""Every command that looks into a store finds it in the same way, and makes none."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from taskflow_profilemesh.cli import main
from tests.taskflow_profilemesh.commands.printed import printed

Capture = pytest.CaptureFixture[str]
pytestmark = pytest.mark.usefixtures("home")


_OF_A_STORE = (
    "status",
    "history public.flights",
    "show public.flights",
    "drift public.flights",
    "baseline accept public.flights",
    "export public.flights --format csv",
    "expectations public.flights",
    "report",
    "prune --keep-runs 5",
)


@pytest.mark.parametrize("words", _OF_A_STORE)
def test_every_command_takes_its_store_by_the_same_options_and_makes_none(words: str, capsys: Capture) -> None:
    Path("profilemesh.yml").write_text("storage:\n  store: sqlite:///by_config.db\n")
    for named, file in (
        (("--store", "sqlite:///by_option.db"), "by_option.db"),
        (("--config", "profilemesh.yml"), "by_config.db"),
        ((), "profilemesh.db"),
    ):
        assert main([*words.split(), *named]) == 1
        assert re.search(rf"There is no profile store \(store='sqlite:/+[^']*{file}'\)", capsys.readouterr().err)
        assert not Path(file).exists()


@pytest.mark.parametrize("command", [["history", "orders"], ["show", "orders"], ["status"], ["prune", "--keep-runs=1"]])
def test_a_store_that_is_not_there_is_named_and_not_made(tmp_path: Path, capsys: Capture, command: list[str]) -> None:
    assert main([*command, "--store", f"sqlite:///{tmp_path}/missing.db"]) == 1
    assert "There is no profile store" in capsys.readouterr().err
    assert not (tmp_path / "missing.db").exists()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["history", "public.fligths"], "Did you mean 'public.flights'?"),
        (["history", "public.flights", "--column", "price"], "option='metric', got='none'"),
        (["history", "public.flights", "--column", "price", "--metric", "meen"], "Did you mean 'mean'?"),
        (["history", "public.flights", "--column", "prise", "--metric", "mean"], "Did you mean 'price'?"),
        (["history", "public.flights", "--source", "nobody"], "option='table'"),
        (["show", "public.flights", "--profile", "profile-9"], "option='profile'"),
        (["show", "public.flights", "--column", "prise"], "Did you mean 'price'?"),
        (["drift", "public.flights", "--against", "profile-9"], "option='profile'"),
        (["prune"], "option='keep_runs', got='nothing'"),
        (["prune", "--keep-days", "0"], "option='keep_days'"),
    ],
)
def test_what_cannot_be_meant_is_explained(store: str, capsys: Capture, arguments: list[str], told: str) -> None:
    assert main([*arguments, "--store", store]) == 1
    assert told in capsys.readouterr().err


def test_an_export_heeds_what_the_config_says_is_private(store: str, capsys: Capture) -> None:
    wanted = ["export", "public.flights", "--format", "csv", "--config", "profilemesh.yml"]
    config = f"storage: {{store: '{store}'}}\nprofiling: {{privacy: {{hide_values: [price]}}}}\n"
    Path("profilemesh.yml").write_text(config.replace("price", "nothing"))
    assert main(wanted) == 0
    assert "price,max," in (shown := capsys.readouterr().out), shown[:500]
    Path("profilemesh.yml").write_text(config)
    assert main(wanted) == 0
    assert "price,max," not in capsys.readouterr().out


def test_a_report_says_as_json_where_it_is(store: str, capsys: Capture) -> None:
    told = printed(capsys, "report", "--store", store, "-o", "shop.html")
    assert told == {"output": "shop.html", "tables": 1, "bytes": Path("shop.html").stat().st_size}
