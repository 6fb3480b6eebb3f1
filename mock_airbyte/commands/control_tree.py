"""The commands that steer a running mock, as they are typed. None logs in, meets faults or is in the journal."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from mock_airbyte.commands import faults, journal, steering, webhooks
from mock_airbyte.commands.declaring import add, group
from mock_airbyte.notices import NOTICE_KINDS

if TYPE_CHECKING:
    import argparse

    from mock_airbyte.commands.declaring import Subparsers

_add = partial(add, at_desk=True)


def add_control_commands(subparsers: Subparsers) -> None:
    """Declare them."""
    _add_webhooks(group(subparsers, "webhook", "register, list and remove webhooks"))
    _add_scenarios(group(subparsers, "scenario", "list, play and stop scenarios"))
    _add_faults(group(subparsers, "fault", "add, list and clear faults"))
    _add_requests(subparsers)
    _add_clock(group(subparsers, "clock", "show and advance the mock's time"))
    figures = _add(subparsers, "metrics", steering.metrics, "show its figures", "mock-airbyte metrics --prometheus")
    figures.add_argument("--prometheus", action="store_true", help="as Prometheus reads them")
    text = "begin again, with what it was served with: no jobs, faults, requests, notices or webhooks"
    _add(subparsers, "reset", steering.reset, text, "mock-airbyte reset")


def _add_webhooks(subparsers: Subparsers) -> None:
    example = "mock-airbyte webhook register http://127.0.0.1:9000/hook --on success,failure --workspace Analytics"
    text = "let notices be posted to an address, and print the webhook's id"
    register = _add(subparsers, "register", webhooks.register, text, example)
    register.add_argument("address", metavar="URL", help="http or https")
    register.add_argument("--on", metavar="EVENTS", help=f"some of {','.join(NOTICE_KINDS)} (all)")
    register.add_argument("--workspace", metavar="NAME", help="only notices about this one (name or id)")
    text = "list registered webhooks and those of workspaces' notification settings, without secrets"
    _add(subparsers, "list", webhooks.list_webhooks, text, "mock-airbyte webhook list --json")
    remove = _add(subparsers, "remove", webhooks.remove, "remove a webhook", "mock-airbyte webhook remove 1")
    remove.add_argument("webhook", metavar="WEBHOOK", help="its id or whole address")


def _add_scenarios(subparsers: Subparsers) -> None:
    _add(subparsers, "list", steering.list_scenarios, "list scenarios", "mock-airbyte scenario list")
    example = 'mock-airbyte scenario play stuck --connection "Shop to W"'
    play = _add(subparsers, "play", steering.play, "let a scenario be what happens from now on", example)
    play.add_argument("name", metavar="NAME", help="see scenario list")
    play.add_argument("--connection", metavar="NAME", help="only to this connection (name or id)")
    text = "let new jobs and requests be as before; what a scenario did to the world stays"
    _add(subparsers, "stop", steering.stop, text, "mock-airbyte scenario stop")


def _add_faults(subparsers: Subparsers) -> None:
    example = "mock-airbyte fault add --method POST --path /jobs --calls 1 --delay-after 6"
    text = "let requests meet a fault from now on, of one or several effects"
    adding = _add(subparsers, "add", faults.add, text, example)
    _add_matching(adding.add_argument_group("which requests (all)"))
    _add_answers(adding.add_argument_group("what is answered instead"))
    _add_effects(adding.add_argument_group("what else happens"))
    _add(subparsers, "list", faults.list_faults, "list the faults that are set", "mock-airbyte fault list")
    _add(subparsers, "clear", faults.clear, "take all faults back", "mock-airbyte fault clear")


def _add_matching(options: argparse._ArgumentGroup) -> None:
    options.add_argument("--method", help="GET, POST, …")
    options.add_argument("--path", default="*", help="whole or below its base, * being anything, like '/jobs/*'")
    options.add_argument("--calls", metavar="NUMBERS", help="which of these requests, like 1 or 1,3-5")
    options.add_argument("--probability", type=float, default=1.0, metavar="SHARE", help="of them (%(default)s)")


def _add_answers(options: argparse._ArgumentGroup) -> None:
    options.add_argument("--status", type=int, metavar="CODE", help="like 503; the operation does not take place")
    options.add_argument("--body", metavar="JSON", help="or a text as it stands")
    options.add_argument("--retry-after", metavar="SECONDS", help="what that header says")
    options.add_argument("--header", metavar="NAME:VALUE", action="append", default=[], help="may be repeated")
    options.add_argument("--answer-after", action="store_true", help="the operation does take place, unknown to all")
    options.add_argument("--html", type=int, nargs="?", const=200, metavar="CODE", help="a login page (200)")


def _add_effects(options: argparse._ArgumentGroup) -> None:
    options.add_argument("--delay-before", type=float, metavar="SECONDS", help="wait, then do what was asked")
    options.add_argument("--delay-after", type=float, metavar="SECONDS", help="do what was asked, then wait")
    for name, text in (("drop", "close the connection"), ("reset", "reset the connection")):
        help_text = f"{text} before what was asked takes place, or after"
        options.add_argument(f"--{name}", choices=("before", "after"), nargs="?", const="before", help=help_text)
    options.add_argument("--truncate", type=float, metavar="SHARE", help="send only this share of the body")
    options.add_argument("--breaks", action="store_true", help="and close the connection there")
    options.add_argument("--trickle", type=float, metavar="SECONDS", help="wait before each part of the body")
    options.add_argument("--chunk-bytes", type=int, default=16, metavar="BYTES", help="a part's size (%(default)s)")
    options.add_argument("--change", metavar="FIELD=JSON", action="append", default=[], help="may be repeated")
    options.add_argument("--remove", metavar="FIELD", action="append", default=[], help="may be repeated")
    options.add_argument("--expire-tokens", action="store_true", help="end every token that was issued so far")


def _add_requests(subparsers: Subparsers) -> None:
    example = "mock-airbyte requests --method POST --path /jobs --assert-no-duplicate-jobs --assert-count 1"
    text = "list, export or check the requests that came, oldest first (exit code 1: a check found something)"
    parser = _add(subparsers, "requests", journal.requests, text, example)
    parser.add_argument("--method", help="only these")
    parser.add_argument("--path", default="*", help="only these; whole or below its base, * being anything")
    parser.add_argument("--limit", type=int, help="how many at most, the newest (all)")
    parser.add_argument("--export", metavar="FILE", help="write them as JSON lines instead (-: print them)")
    parser.add_argument("--clear", action="store_true", help="forget all requests afterwards")
    checks = parser.add_argument_group("checks")
    checks.add_argument(
        "--assert-no-duplicate-jobs", dest="duplicate_jobs", action="store_true", help="no connection was synced twice"
    )
    checks.add_argument(
        "--assert-no-orphan-jobs", dest="orphan_jobs", action="store_true", help="each job was followed to its end"
    )
    checks.add_argument(
        "--assert-count", dest="count", type=int, metavar="N", help="exactly so many such requests came"
    )


def _add_clock(subparsers: Subparsers) -> None:
    _add(subparsers, "show", steering.show_clock, "show its time", "mock-airbyte clock show")
    example = "mock-airbyte clock advance 90m"
    text = "move its time on (of a mock that is served with --clock hand)"
    advance = _add(subparsers, "advance", steering.advance_clock, text, example)
    advance.add_argument("duration", metavar="DURATION", help="seconds, or like 90s, 15m, 2h, 1d")
