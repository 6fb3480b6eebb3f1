"""`python -m tests.fault_matrix`: run the cells and print the page; `--write` keeps it, in `tests/flows/`.

`--alone` leaves out those that need a whole Airflow, as processes; with them it takes a quarter of an hour.
`--only TEXT`: only cells whose fault or scenario has this text in its name.
"""

from __future__ import annotations

import os
import sys
import tempfile
from argparse import ArgumentParser
from pathlib import Path

PAGE = Path(__file__).parents[1] / "flows" / "FAULT_MATRIX.md"


def _arguments() -> ArgumentParser:
    parser = ArgumentParser(prog="python -m tests.fault_matrix", description="Run the fault matrix.")
    parser.add_argument("--write", action="store_true", help=f"write {PAGE.name} instead of printing it")
    parser.add_argument("--alone", action="store_true", help="only the cells that need no other process")
    parser.add_argument("--only", default="", metavar="TEXT", help="only faults and scenarios with this in their names")
    return parser


if __name__ == "__main__":
    chosen = _arguments().parse_args()
    with tempfile.TemporaryDirectory() as home:
        os.environ["AIRFLOW_HOME"] = home  # before Airflow is imported, which makes its files there
        from tests.fault_matrix.page import page
        from tests.fault_matrix.run import run

        for found in run(Path(home), with_processes=not chosen.alone, only=chosen.only):
            text = page(found)
            if chosen.write:
                PAGE.write_text(text)
    if not chosen.write:
        sys.stdout.write(text)
