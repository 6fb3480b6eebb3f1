"""Run the benchmarks and print them as Markdown. Figures of one machine and one moment: read the ratios.

`--write` also keeps what was printed in `RESULTS.md`, beside this file.
"""

from __future__ import annotations

import argparse
import platform
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime
from pathlib import Path

from tests.benchmarks import growing_table, large_table, one_table, shared_table, small_tables, wide_table
from tests.benchmarks.machine import facts, server_version
from tests.benchmarks.peers import peers_python
from tests.benchmarks.warehouse import Warehouse, warehouse

RUNS = 5
RESULTS = Path(__file__).with_name("RESULTS.md")
PROFILING: dict[str, Callable[[Warehouse], Iterator[str]]] = {
    "one-table": one_table.lines,
    "small-tables": small_tables.lines,
    "large-table": large_table.lines,
    "shared-table": shared_table.lines,
    "growing-table": growing_table.lines,
}
# programs that print their own tables
OTHERS = ("decorator_overhead", "cold_task", "mock_rows", "mock_load", "deferred")
SECTIONS = (*PROFILING, *(name.replace("_", "-") for name in OTHERS))


def main(arguments: Sequence[str] | None = None) -> None:
    """Run what was asked for."""
    asked = _parser().parse_args(arguments)
    chosen = asked.only or SECTIONS
    if asked.write and asked.only:
        sys.exit(f"--write with --only: {RESULTS.name} holds all sections of one run. Leave one of the two out.")
    printed = []
    made = warehouse(asked.rows, seed=asked.seed, runs=asked.runs)
    for line in report(chosen, made, today=datetime.now(UTC).date()):
        print(line, flush=True)
        printed.append(line)
    if asked.write:
        RESULTS.write_text("\n".join(printed) + "\n")


def report(chosen: Sequence[str], made: AbstractContextManager[Warehouse], *, today: date) -> Iterator[str]:
    """Yield the lines of all chosen sections, in the order of `SECTIONS`, below what they ran on."""
    with made as ready:
        yield "# What it costs"
        yield ""
        yield f"`{_command(chosen)}`, {ready.rows:,} rows, seed {ready.seed}."
        yield "Seconds are this machine's: read the ratios."
        yield ""
        server, python = server_version(ready.url), platform.python_version()
        yield from facts(today=today, server=server, python=python, peers=peers_python())
        yield ""
        yield "## Profiling"
        for name, lines in PROFILING.items():
            if name in chosen:
                yield ""
                yield from lines(ready)
    others = [program for program in OTHERS if program.replace("_", "-") in chosen]
    if others:
        yield ""
        yield "## Decorators, tasks and the mock"
    for program in others:
        yield from _program(program)


def _command(chosen: Sequence[str]) -> str:
    """Return how these sections are asked for."""
    return "make bench" if set(chosen) == set(SECTIONS) else f'make bench BENCH="--only {" ".join(chosen)}"'


def _program(name: str) -> Iterator[str]:
    """Yield what a program of this folder prints, as it stands."""
    command = [sys.executable, "-m", f"tests.benchmarks.{name}"]
    printed = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    yield from ("", "```text", *printed.strip().splitlines(), "```")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--rows", type=int, default=wide_table.ROWS, help="of the table (%(default)s)")
    parser.add_argument("--seed", type=int, default=wide_table.SEED, help="of the rows (%(default)s)")
    parser.add_argument("--runs", type=int, default=RUNS, help="of each arm, in turn (%(default)s)")
    parser.add_argument("--only", nargs="+", choices=SECTIONS, help="these sections alone")
    parser.add_argument("--write", action="store_true", help=f"keep the output in {RESULTS.name}")
    return parser


if __name__ == "__main__":
    main()
