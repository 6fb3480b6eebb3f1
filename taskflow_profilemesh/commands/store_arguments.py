"""What the commands that look into a store take on the command line."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Final

from taskflow_profilemesh.commands.fail_on import SEVERITIES

DECISIONS: Final = ("accept", "pin", "unpin", "mute", "unmute")  # as in `storage.DecisionKind`, whose import is dear
LEAST_PROFILES: Final = 5  # as in `drift.expectations`
_LAST_PROFILES: Final = 20
TEMPLATES: Final = ("postgres", "mysql", "sqlite", "snowflake", "airbyte")
_STORE: Final = "where profiles are kept: a URL, or a connection in AIRFLOW_CONN_… (default: Airflow's setting)"


def declare_history(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `history`."""
    of_table(parser)
    parser.add_argument("--column", help="with --metric: of this column (default: of the table)")
    parser.add_argument("--metric", help="this metric over the runs, such as row_count, null_ratio or mean")
    parser.add_argument("--limit", type=count, default=20, metavar="RUNS", help="the last so many (default: 20)")
    declare_json(parser)


def declare_show(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `show`."""
    of_table(parser)
    parser.add_argument("--profile", metavar="ID", help="the profile of this id (default: the last one)")
    parser.add_argument("--column", help="every number of this column")
    declare_json(parser)


def declare_status(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `status`."""
    of_store(parser)
    declare_json(parser)


def declare_prune(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `prune`."""
    of_store(parser)
    parser.add_argument("--keep-runs", type=count, metavar="RUNS", help="keep the last so many of each table")
    parser.add_argument("--keep-days", type=float, metavar="DAYS", help="keep those of the last so many days")
    parser.add_argument("--dry-run", action="store_true", help="only say what would go")
    declare_json(parser)


def declare_drift(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `drift`."""
    of_table(parser)
    parser.add_argument("--profile", metavar="ID", help="the profile to compare (default: the last one)")
    parser.add_argument("--against", metavar="ID", help="the profile to compare it with (default: its baseline)")
    declare_fail_on(parser)
    declare_json(parser)


def declare_baseline(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `baseline`."""
    parser.add_argument("action", choices=("show", *DECISIONS), help="what is decided; show: what holds now")
    of_table(parser)
    parser.add_argument("finding", nargs="?", help="to mute: COLUMN, COLUMN:METRIC or *:METRIC (default: all findings)")
    parser.add_argument("--profile", metavar="ID", help="the profile to accept or pin (default: the last one)")
    parser.add_argument("--until", metavar="DAY", help="to mute: until this day (UTC), such as 2026-12-24")
    parser.add_argument("--note", default="", help="why, for whoever asks later")
    declare_json(parser)


def declare_expectations(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `expectations`."""
    of_table(parser)
    parser.add_argument("--least", type=count, default=LEAST_PROFILES, metavar="N", help=f"profiles ({LEAST_PROFILES})")
    parser.add_argument("--last", type=count, default=_LAST_PROFILES, metavar="N", help=f"look at ({_LAST_PROFILES})")
    parser.add_argument(
        "-o", "--output", type=Path, metavar="FILE", help="write them into this YAML file; other tables of it stay"
    )
    parser.add_argument(
        "--check", type=Path, metavar="FILE", help="is the last profile as this says? End with 3 if not"
    )
    declare_json(parser)


def declare_report(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `report`."""
    of_store(parser)
    parser.add_argument(
        "--table", action="append", default=[], help="only these: names, or patterns such as 'shop.*' (default: all)"
    )
    parser.add_argument("--source", help="only tables of this source, where several have one of the same name")
    parser.add_argument("--runs", type=count, help="how many runs the history of each column goes back (default: 12)")
    parser.add_argument(
        "-o", "--output", type=Path, metavar="FILE", default=Path("report.html"), help="(default: report.html)"
    )
    declare_json(parser)


def declare_validate(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `validate`."""
    parser.add_argument("config", nargs="?", help="the path of a profilemesh.yml")
    parser.add_argument("--store", metavar="URL", help="is this store whole?")
    parser.add_argument("--newest", type=count, default=100, metavar="N", help="profiles of a table read (100)")
    parser.add_argument("--all", action="store_true", help="read every profile of the store")
    declare_json(parser)


def declare_init(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `init`."""
    parser.add_argument("file", nargs="?", default="profilemesh.yml", help="(default: profilemesh.yml)")
    parser.add_argument("--template", choices=TEMPLATES, default=TEMPLATES[0], help="what is read (postgres)")
    parser.add_argument("--force", action="store_true", help="write over a file that is there")
    declare_json(parser)


def declare_fail_on(parser: argparse.ArgumentParser) -> None:
    """Add `--fail-on`."""
    parser.add_argument("--fail-on", choices=SEVERITIES, help="end with 3 for drift as severe as this, or more")


def declare_json(parser: argparse.ArgumentParser) -> None:
    """Add `--json`."""
    parser.add_argument("--json", action="store_true", help="print JSON")


def of_table(parser: argparse.ArgumentParser) -> None:
    """Add a table of a store, and how both are named."""
    parser.add_argument("table", help="the table, as `profile` prints it")
    parser.add_argument("--source", help="the source's name, where the store knows the table from several")
    of_store(parser)


def of_store(parser: argparse.ArgumentParser) -> None:
    """Add the store, which `stores.chosen` reads."""
    parser.add_argument("--store", metavar="URL", help=_STORE)
    parser.add_argument("--config", metavar="FILE", help="a profilemesh.yml that says where, and more")


def count(text: str) -> int:
    """Read a whole number from 1 on."""
    if not text.isdecimal() or int(text) < 1:
        message = "a whole number, 1 or more"
        raise argparse.ArgumentTypeError(message)
    return int(text)
