"""What `plan` and `profile` take on the command line, and how it is read: a database, its tables, and what of them."""

from __future__ import annotations

import argparse
import math
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NoReturn

from taskflow_profilemesh.errors import InvalidOption
from taskflow_profilemesh.table_requests import table_requests

if TYPE_CHECKING:
    from taskflow_profilemesh.table_selection import Wanted

_SECRET: Final = re.compile(r"://[^\s/]*@|password=\S+", re.IGNORECASE)
_UNITS: Final = {"": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30}
READERS: Final = ("auto", "connectorx", "adbc")  # as in `reading.reads`, whose import costs a second of `--help`
_LEAST_SECONDS: Final = 0.001  # what servers count in
_PARTITION: Final = "day=latest, day=recent:3 or day=2024-01-01,2024-01-02"
_BYTES: Final = re.compile(r"(\d+)\s*([kmg]?)i?b?", re.IGNORECASE)


class Parser(argparse.ArgumentParser):
    """A parser whose complaints repeat no login, since they repeat whatever was not understood."""

    def error(self, message: str) -> NoReturn:
        """Complain, and exit with 2."""
        super().error(_SECRET.sub("://…@", message))


def declare(parser: argparse.ArgumentParser) -> None:
    """Add the arguments that both commands take."""
    parser.add_argument(
        "target",
        nargs="*",
        metavar="URL TABLE",
        help="a database's URL (postgresql, mysql, sqlite) or a folder of files, left out with --conn-id; then tables:"
        " names, or patterns such as 'shop.*'. In double quotes a star is a star: '\"a*b\"'",
    )
    parser.add_argument("--conn-id", help="an Airflow connection, from its variable AIRFLOW_CONN_…")
    parser.add_argument("--schema", action="append", default=[], help="every table of a schema")
    parser.add_argument("--pattern", action="append", default=[], help="tables by a regular expression")
    parser.add_argument("--exclude", action="append", default=[], help="not these of the tables chosen by a pattern")
    part = parser.add_argument_group("what of each table")
    part.add_argument("--columns", help="only these, separated by commas")
    part.add_argument("--exclude-columns", help="not these")
    part.add_argument("--where", help="an SQL condition that rows must meet")
    part.add_argument("--partition", help=_PARTITION)
    part.add_argument("--sample", type=_sample, help="a number of rows, or a share such as 0.1 or 10%%")
    part.add_argument("--sample-method", choices=("rows", "pages"), help="pages are faster, and less random")
    part.add_argument("--max-rows", type=int, help="sample tables of more rows down to these")
    part.add_argument("--incremental", metavar="COLUMN", help="only rows that are new by this column; needs --store")
    limits = parser.add_argument_group("limits")
    limits.add_argument("--memory-budget", type=_bytes, metavar="SIZE", help="for rows on the way, 256M for instance")
    limits.add_argument("--statement-timeout", type=_seconds, metavar="SECONDS", help="ends a statement on the server")
    parser.add_argument("--reader", choices=READERS, default=READERS[0], help="auto is adbc where it is installed")
    parser.add_argument("--json", action="store_true", help="print JSON")


def place_of(options: argparse.Namespace) -> str | None:
    """Return the URL or the folder that was named; None where it is a connection."""
    if options.conn_id is not None:
        return None
    if not options.target:
        raise InvalidOption(option="URL", got="nothing", expected="a database's URL, a folder, or --conn-id")
    return str(options.target[0])


def tables_of(options: argparse.Namespace) -> tuple[Wanted, ...]:
    """Return the tables that were asked for; raises `InvalidOption`."""
    names = options.target if options.conn_id is not None else options.target[1:]
    misplaced = next((name for name in names if "://" in name), None)
    if misplaced is not None:
        raise InvalidOption(option="TABLE", got="a URL", expected="one URL, before the tables, and no --conn-id")
    each = _each(options)
    if options.incremental is not None and options.store is None:
        expected = "--store too, --store sqlite:///profiles.db for instance: it keeps what to go on from"
        raise InvalidOption(option="incremental", got="no store", expected=expected)
    choices: list[dict[str, Any]] = [{"table": name} for name in names]
    choices += [{"schema": schema} for schema in options.schema]
    choices += [{"pattern": pattern} for pattern in options.pattern]
    if not choices:
        raise InvalidOption(option="TABLE", got="nothing", expected="tables, --schema or --pattern; '*' is all of them")
    return table_requests([choice | each | _exclusions(choice, options.exclude) for choice in choices])


def _exclusions(choice: dict[str, Any], exclude: list[str]) -> dict[str, Any]:
    """Leave a table that is named by itself alone."""
    is_one = "table" in choice and not any(mark in choice["table"] for mark in "*?")
    return {} if is_one or not exclude else {"exclude": exclude}


def _each(options: argparse.Namespace) -> dict[str, Any]:
    return {
        "columns": _names(options.columns),
        "exclude_columns": _names(options.exclude_columns),
        "where": options.where,
        "partition": _partition(options.partition),
        "sample": options.sample,
        "sample_method": options.sample_method,
        "max_rows": options.max_rows,
        "incremental": options.incremental,
    }


def _names(text: str | None) -> list[str] | None:
    return None if text is None else [name.strip() for name in text.split(",")]


def _partition(text: str | None) -> dict[str, Any] | None:
    if text is None:
        return None
    column, _, which = text.rpartition("=")
    if not column or not which:
        raise InvalidOption(option="partition", got="no column or no value", expected=_PARTITION)
    kind, _, count = which.partition(":")
    if which == "latest":
        return {"column": column, "latest": True}
    if kind == "recent" and count.isdecimal():
        return {"column": column, "recent": int(count)}
    return {"column": column, "values": which.split(",")}


def _sample(text: str) -> float:
    if text.isdecimal():
        return int(text)
    try:
        return float(text[:-1]) / 100 if text.endswith("%") else float(text)
    except ValueError:
        message = "a sample is a number of rows, such as 10000, or a share, such as 0.1 or 10%"
        raise argparse.ArgumentTypeError(message) from None


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not _LEAST_SECONDS <= seconds < math.inf:
        message = f"a timeout is a number of seconds, {_LEAST_SECONDS:g} or more"
        raise argparse.ArgumentTypeError(message)
    return seconds


def _bytes(text: str) -> int:
    from taskflow_profilemesh.config.options import LEAST_MEMORY_BYTES  # costs the import of what reads YAML

    found = _BYTES.fullmatch(text)
    if found is None:
        message = "a size is a number of bytes, or of K, M or G of them"
        raise argparse.ArgumentTypeError(message)
    count = int(found[1]) * _UNITS[found[2].casefold()]
    if count < LEAST_MEMORY_BYTES:
        message = f"at least {LEAST_MEMORY_BYTES >> 20}M are needed"
        raise argparse.ArgumentTypeError(message)
    return count


def folder_of(place: str) -> Path | None:
    """Return the folder that is meant, or None for a database."""
    if place.startswith("file://"):
        return Path(place.removeprefix("file://"))
    return Path(place) if "://" not in place else None
