"""What `plan` and `profile` take on the command line, and how it is read: a database, its tables, and what of them."""

from __future__ import annotations

import argparse
import csv
import math
import re
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NoReturn

from taskflow_profilemesh.commands.privacy import declare_privacy
from taskflow_profilemesh.commands.store_arguments import declare_fail_on
from taskflow_profilemesh.errors import InvalidOption
from taskflow_profilemesh.table_requests import table_requests

if TYPE_CHECKING:
    from collections.abc import Callable

    from taskflow_profilemesh.table_selection import Wanted
    from taskflow_profilemesh.tables import TableRef

_SECRET: Final = re.compile(r"://[^\s/]*@|password=\S+|(?<=--client-)sec[^\s=]*[\s=]+\S+", re.IGNORECASE)
_UNITS: Final = {"": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30}
READERS: Final = ("auto", "connectorx", "adbc")  # as in `reading.reads`, whose import costs a second of `--help`
INFER_ROWS: Final = 100_000  # as in `reading.files`
_LEAST_SECONDS: Final = 0.001  # what servers count in
_PARTITION: Final = "day=latest, day=recent:3 or day=2024-01-01,2024-01-02"
_QUOTED_COLUMN: Final = re.compile(r'"((?:[^"]|"")+)"=(.*)', re.DOTALL)
_BYTES: Final = re.compile(r"(\d+)\s*([kmg]?)i?b?", re.IGNORECASE)


class Parser(argparse.ArgumentParser):
    """A parser whose complaints repeat no login, since they repeat whatever was not understood.

    Options have their whole names: one that is added later never changes what a script means. `complaint` says what is
    wrong with arguments that are right one by one, None where nothing is.
    """

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 -- as argparse has them
        """Declare the parser; `allow_abbrev` is for nobody to choose."""
        super().__init__(**options, allow_abbrev=False)
        self.complaint: Callable[[argparse.Namespace], str | None] = lambda _: None

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:  # noqa: ANN401 -- as argparse has it
        """Refuse what a command does not know by its own usage, with the nearest option."""
        found, rest = super().parse_known_args(args, namespace)
        if rest:
            near = get_close_matches(rest[0].partition("=")[0], self._option_string_actions, n=1)
            self.error(f"unrecognized arguments: {' '.join(rest)}" + (f". Did you mean {near[0]}?" if near else ""))
        if (complaint := self.complaint(found)) is not None:
            self.error(complaint)
        return found, rest

    def error(self, message: str) -> NoReturn:
        """Complain, and exit with 2."""
        super().error(_SECRET.sub("://…@", message))


def declare(parser: Parser) -> None:
    """Add the arguments that both commands take."""
    parser.complaint = _names_nothing
    _declare_tables(parser)
    _declare_part(parser.add_argument_group("what of each table"))
    limits = parser.add_argument_group("limits")
    limits.add_argument("--memory-budget", type=_bytes, metavar="SIZE", help="for rows on the way, 256M for instance")
    limits.add_argument("--statement-timeout", type=_seconds, metavar="SECONDS", help="ends a statement on the server")
    parser.add_argument("--reader", choices=READERS, default=READERS[0], help="auto is adbc where it is installed")
    parser.add_argument("--json", action="store_true", help="print JSON")
    declare_privacy(parser)


def _declare_tables(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "target",
        nargs="*",
        metavar="URL TABLE",
        help="a database's URL (postgresql, mysql, mssql, snowflake, sqlite), a folder of files or one of them,"
        " left out with --conn-id and where --config names the source; then tables, left out for one file and where"
        " --config names them: names, or patterns such as 'shop.*'. In double quotes a star is a star: '\"a*b\"'",
    )
    parser.add_argument("--conn-id", help="an Airflow connection, from its variable AIRFLOW_CONN_…")
    parser.add_argument(
        "--config",
        metavar="FILE",
        help="a profilemesh.yml, for whatever is not said here; profiles are kept where it says",
    )
    parser.add_argument(
        "--environment",
        type=_environment,
        metavar="NAME",
        help="such as production: tables have a history of their own",
    )
    parser.add_argument("--schema", action="append", default=[], help="every table of a schema")
    parser.add_argument("--pattern", action="append", default=[], help="tables by a regular expression")
    parser.add_argument("--exclude", action="append", default=[], help="not these of the tables chosen by a pattern")


def _declare_part(part: argparse._ArgumentGroup) -> None:
    part.add_argument("--columns", help="only these, separated by commas")
    part.add_argument("--exclude-columns", help="not these")
    part.add_argument("--where", help="an SQL condition that rows must meet")
    part.add_argument("--partition", help=f"{_PARTITION}; a column with = and a value with , stand in double quotes")
    part.add_argument("--sample", type=_sample, help="a number of rows, or a share such as 0.1 or 10%%")
    part.add_argument("--sample-method", choices=("rows", "pages"), help="pages are faster, and less random")
    part.add_argument("--max-rows", type=int, help="sample tables of more rows down to these")
    part.add_argument("--incremental", metavar="COLUMN", help="only rows that are new by this column; needs a store")
    part.add_argument(
        "--infer-rows",
        type=_infer_rows,
        default=INFER_ROWS,
        metavar="ROWS",
        help=f"from how many rows of a CSV or JSON lines file its types are guessed ({INFER_ROWS}), or all",
    )


def _names_nothing(found: argparse.Namespace) -> str | None:
    if found.target or found.conn_id is not None or found.config is not None:
        return None
    return "nothing is named to read: a database's URL, a folder, a file, --conn-id, or --config with a source"


def declare_plan(parser: Parser) -> None:
    """Add the arguments of `plan`."""
    parser.add_argument(
        "--store", metavar="URL", help="where profiles are kept: with --incremental, what is known by now"
    )
    declare(parser)


def declare_profile(parser: Parser) -> None:
    """Add the arguments of `profile`."""
    parser.add_argument("--store", metavar="URL", help="where profiles are kept and compared with (default: nowhere)")
    declare_fail_on(parser)
    declare(parser)


def place_of(options: argparse.Namespace, *, config_names_one: bool = False) -> str | None:
    """Return the URL, the folder or the file that was named; None where it is a connection, or the config's source.

    Where the config names a source, a first word without `://` is a table. Raises `InvalidOption`.
    """
    first = options.target[0] if options.target else None
    if options.conn_id is not None or (config_names_one and "://" not in (first or "")):
        return None
    if first is None:
        expected = "a database's URL, a folder or a file, --conn-id, or a --config with its source"
        raise InvalidOption(option="URL", got="nothing", expected=expected)
    return str(first)


def tables_of(
    options: argparse.Namespace, place: str | None, *, file: TableRef | None = None
) -> tuple[Wanted, ...] | None:
    """Return the tables that were asked for beside the place, None where there are none; raises `InvalidOption`.

    `file`: the table that the place itself is.
    """
    names = options.target if place is None else options.target[1:]
    if file is not None and (names or options.schema or options.pattern):
        raise InvalidOption(option="TABLE", got="a file and tables", expected="one file alone, or a folder and tables")
    names = names if file is None else [str(file)]
    misplaced = next((name for name in names if "://" in name), None)
    if misplaced is not None:
        raise InvalidOption(option="TABLE", got="a URL", expected="one URL, before the tables, and no --conn-id")
    each = each_of(options)
    choices: list[dict[str, Any]] = [{"table": name} for name in names]
    choices += [{"schema": schema} for schema in options.schema]
    choices += [{"pattern": pattern} for pattern in options.pattern]
    return table_requests([one | each | _exclusions(one, options.exclude) for one in choices]) if choices else None


def _exclusions(choice: dict[str, Any], exclude: list[str]) -> dict[str, Any]:
    """Leave a table that is named by itself alone."""
    is_one = "table" in choice and not any(mark in choice["table"] for mark in "*?")
    return {} if is_one or not exclude else {"exclude": exclude}


def each_of(options: argparse.Namespace) -> dict[str, Any]:
    """Return what was said of each table, keys as in a mapping of one; None is what was not. Raises `InvalidOption`."""
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
    quoted = _QUOTED_COLUMN.fullmatch(text)
    column, which = (quoted[1].replace('""', '"'), quoted[2]) if quoted else text.partition("=")[::2]
    if not column or not which:
        raise InvalidOption(option="partition", got="no column or no value", expected=_PARTITION)
    kind, _, count = which.partition(":")
    if which == "latest":
        return {"column": column, "latest": True}
    if kind == "recent" and count.isdecimal():
        return {"column": column, "recent": int(count)}
    try:
        return {"column": column, "values": next(csv.reader([which], strict=True))}
    except csv.Error:
        raise InvalidOption(option="partition", got="quotes that do not end", expected=_PARTITION) from None


def _sample(text: str) -> float:
    if text.isdecimal():
        return int(text)
    try:
        return float(text[:-1]) / 100 if text.endswith("%") else float(text)
    except ValueError:
        message = "a sample is a number of rows, such as 10000, or a share, such as 0.1 or 10%"
        raise argparse.ArgumentTypeError(message) from None


def _infer_rows(text: str) -> int | None:
    if text == "all":
        return None
    if not text.isdecimal() or int(text) < 1:
        message = "a number of rows (1 or more), or all"
        raise argparse.ArgumentTypeError(message)
    return int(text)


def _environment(text: str) -> str:
    from taskflow_profilemesh.config.options import ENVIRONMENT, is_environment  # costs what reads YAML

    if not is_environment(text):
        raise argparse.ArgumentTypeError(ENVIRONMENT)
    return text


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
    """Return the folder, or the file, that is meant; None for a database."""
    if place.startswith("file://"):
        return Path(place.removeprefix("file://"))
    return Path(place) if "://" not in place else None
