"""Options have their whole names, in both command lines: what is abbreviated today is ambiguous tomorrow."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator

import pytest

from mock_airbyte import cli as mock_airbyte
from taskflow_profilemesh import cli as profilemesh


def _parsers(parser: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    yield parser
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for command in action.choices.values():
                yield from _parsers(command)


@pytest.mark.parametrize(("parser", "least"), [(profilemesh._parser, 20), (mock_airbyte._parser, 40)])
def test_no_parser_and_no_subparser_takes_half_an_option(
    parser: Callable[[], argparse.ArgumentParser], least: int
) -> None:
    found = list(_parsers(parser()))
    assert len(found) >= least
    assert [one.prog for one in found if one.allow_abbrev] == []


@pytest.mark.parametrize(
    ("main", "arguments", "told"),
    [
        (profilemesh.main, ["drift", "orders", "--fail", "high"], "Did you mean --fail-on?"),
        (profilemesh.main, ["airbyte", "sync", "Shop", "--min", "1"], "--min"),
        (mock_airbyte.main, ["serve", "--por", "0"], "--por"),
        (mock_airbyte.main, ["status", "--js"], "--js"),
    ],
)
def test_half_an_option_is_wrong_usage(
    main: Callable[[list[str]], int], arguments: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(arguments)
    assert told in capsys.readouterr().err
