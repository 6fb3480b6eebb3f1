"""A process that reads a table until it is told to end: by an exception from its signal handler, or by `cancel`.

Run as: reading_process.py URL TABLE WHERE READER exit|cancel count|rows
"""

from __future__ import annotations

import signal
import sys

from taskflow_profilemesh.errors import ReadCancelled
from taskflow_profilemesh.tables import TableRef, TableRequest
from tests.taskflow_profilemesh.reading.servers import source_at


def main(arguments: list[str]) -> None:
    url, table, where, reader, way, what = arguments
    source = source_at(url, batch_rows=1000, reader=reader)  # type: ignore[arg-type]  # a word of the command line

    def told(_number: int, _frame: object) -> None:
        if way == "exit":
            sys.exit(3)
        source.cancel()  # as a task of Airflow does

    plan = source.plan(TableRequest(TableRef(table), where=where))
    signal.signal(signal.SIGTERM, told)
    try:
        if what == "count":
            source.row_count(plan)
        for _ in source.batches(plan):
            pass
    except ReadCancelled:
        sys.exit(4)


if __name__ == "__main__":
    main(sys.argv[1:])
