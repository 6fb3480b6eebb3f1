"""What `plan` and `profile` take on the command line, and how they refuse it."""

from __future__ import annotations

from typing import Any

import pytest

from taskflow_profilemesh.cli import main
from taskflow_profilemesh.commands.arguments import READERS, Parser, declare_profile, tables_of
from taskflow_profilemesh.reading import reads
from taskflow_profilemesh.table_requests import table_requests

Capture = pytest.CaptureFixture[str]


@pytest.mark.parametrize(
    "arguments",
    [
        ["plan", "nowhere", "t"],
        ["plan", "oracle://u:{secret}@h/d", "t"],
        ["plan", "sqlite:///x.db"],
        ["plan", "sqlite:///x.db", "t", "postgresql://u:{secret}@h/d"],
        ["plan", "--conn-id", "no_such", "t"],
        ["plan", "postgresql://u:{secret}@127.0.0.1:1/d", "t"],
        ["profile", "mysql://u:{secret}@127.0.0.1:1/d", "t", "--store", "postgresql://u:{secret}@127.0.0.1:1/s"],
    ],
)
def test_an_error_ends_with_1_and_repeats_no_secret(arguments: list[str], capsys: Capture) -> None:
    assert main([argument.format(secret="c4nary") for argument in arguments]) == 1
    out, err = capsys.readouterr()
    assert err.startswith("profilemesh: ")
    assert "c4nary" not in out + err


@pytest.mark.parametrize(
    "arguments",
    [
        ["plan", "--no-such", "postgresql://u:c4nary@h/d", "t"],
        ["plan"],
        ["profile", "--store", "postgresql://u:c4nary@h/d"],
        ["plan", "x", "t", "--environment", "a/b"],
        ["plan", "x", "t", "--memory-budget", "1M"],
        ["plan", "x", "t", "--sample", "many"],
        ["plan", "x", "t", "--sample-method", "postgresql://u:c4nary@h/d"],
    ],
)
def test_wrong_usage_ends_with_2_and_repeats_no_secret(arguments: list[str], capsys: Capture) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(arguments)
    assert "c4nary" not in capsys.readouterr().err


@pytest.mark.parametrize("command", ["plan", "profile"])
def test_only_new_rows_need_a_store_and_that_is_said(command: str, growing: str, capsys: Capture) -> None:
    assert main([command, growing, "t", "--incremental", "id"]) == 1
    assert "--store" in capsys.readouterr().err


def test_the_reader_can_be_chosen_and_one_that_cannot_read_this_is_refused(shop: str, capsys: Capture) -> None:
    assert main(["plan", shop, "orders", "--reader", "connectorx"]) == 0
    assert main(["profile", shop, "orders", "--reader", "adbc"]) == 1
    assert "ADBC reads PostgreSQL" in capsys.readouterr().err


def test_the_readers_on_the_command_line_are_those_there_are() -> None:
    assert READERS == reads.READERS


def test_a_sample_that_is_none_is_told_how_it_is_written(shop: str, capsys: Capture) -> None:
    with pytest.raises(SystemExit):
        main(["plan", shop, "orders", "--sample", "many"])
    assert "a number of rows, such as 10000, or a share, such as 0.1 or 10%" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("option", "value", "told"),
    [
        ("--sample", "abc", "a sample is a number of rows, such as 10000, or a share, such as 0.1 or 10%"),
        ("--statement-timeout", "-1", "a timeout is a number of seconds, 0.001 or more"),
        ("--statement-timeout", "0", "a timeout is a number of seconds, 0.001 or more"),
        ("--statement-timeout", "nan", "a timeout is a number of seconds, 0.001 or more"),
        ("--statement-timeout", "inf", "a timeout is a number of seconds, 0.001 or more"),
        ("--statement-timeout", "soon", "a timeout is a number of seconds, 0.001 or more"),
    ],
)
def test_a_number_that_is_none_is_explained(shop: str, capsys: Capture, option: str, value: str, told: str) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["plan", shop, "orders", f"{option}={value}"])
    assert told in capsys.readouterr().err


def test_a_blank_text_is_called_one(shop: str, capsys: Capture) -> None:
    assert main(["plan", shop, "orders", "--where", " "]) == 1
    assert "option='where', got='a blank one', expected='a text that is not blank'" in capsys.readouterr().err


@pytest.mark.parametrize("partition", ["day", "=latest", "day="])
def test_half_a_partition_is_explained(shop: str, capsys: Capture, partition: str) -> None:
    assert main(["plan", shop, "orders", "--partition", partition]) == 1
    assert "expected='day=latest, day=recent:3 or day=2024-01-01,2024-01-02'" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("partition", "wanted"),
    [
        ("name=a=b", {"column": "name", "values": ["a=b"]}),
        ('"a=b"=latest', {"column": "a=b", "latest": True}),
        ('"a""="=x', {"column": 'a"=', "values": ["x"]}),
        ('name="a,b",c', {"column": "name", "values": ["a,b", "c"]}),
        ('name="latest"', {"column": "name", "values": ["latest"]}),
        ('name="say ""hi"""', {"column": "name", "values": ['say "hi"']}),
        ("day=recent:2", {"column": "day", "recent": 2}),
    ],
)
def test_partitions_may_hold_the_marks_that_part_them(partition: str, wanted: dict[str, Any]) -> None:
    parser = Parser()
    declare_profile(parser)
    arguments = parser.parse_args(["sqlite:///x", "t", "--store", "sqlite:///s", "--partition", partition])
    (request,) = tables_of(arguments, "sqlite:///x") or ()
    assert request == table_requests({"table": "t", "partition": wanted})[0]


def test_quotes_that_do_not_end_are_explained(shop: str, capsys: Capture) -> None:
    assert main(["plan", shop, "orders", "--partition", 'day="2024-01-01']) == 1
    assert "option='partition', got='quotes that do not end'" in capsys.readouterr().err
