"""Declaring a command, with its example and the options that all have, and running the one that was asked for."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, Any

import requests

from mock_airbyte.commands.remote import Remote, add_options
from mock_airbyte.commands.result import FAILED, USAGE, CommandFailed, WrongUsage

if TYPE_CHECKING:
    from mock_airbyte.commands.resources import Command

Subparsers = Any  # argparse does not name their type


def run(options: argparse.Namespace) -> int:
    """Carry the command out, print its answer, and return the exit code."""
    try:
        with requests.Session() as session:
            session.trust_env = False  # a mock is near: no proxy, and no .netrc that would replace its credentials
            result = options.command(Remote.of(options, session), options)
    except (CommandFailed, WrongUsage) as error:
        sys.stderr.write(f"mock-airbyte: {error}\n")
        return USAGE if isinstance(error, WrongUsage) else FAILED
    sys.stdout.write(result.printed(as_json=options.json) + "\n")
    if result.note:
        sys.stderr.write(f"{result.note}\n")
    code: int = result.code
    return code


def add(
    subparsers: Subparsers, name: str, command: Command, text: str, example: str, *, at_desk: bool = False
) -> argparse.ArgumentParser:
    """Declare a command; `at_desk`: it steers the mock and needs no login."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        name,
        help=text,
        description=f"{text[0].upper()}{text[1:]}.",
        epilog=f"example:\n  {example}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--json", action="store_true", help="print JSON, for programs")
    parser.set_defaults(run=run, command=command, at_desk=at_desk)
    add_options(parser)
    return parser


def group(subparsers: Subparsers, name: str, text: str) -> Subparsers:
    """Declare a group of commands."""
    return subparsers.add_parser(name, help=text, description=text).add_subparsers(required=True, metavar="COMMAND")
