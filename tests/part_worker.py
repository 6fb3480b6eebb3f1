"""A worker that profiles one part of the table `t` and saves it, as a task on another machine does.

Arguments: the database's URL, the store's URL, the run's id, the part's name, the condition of its rows. Run with
`python -m`; prints how many rows the part has.
"""

from __future__ import annotations

import sys
from contextlib import closing

from taskflow_profilemesh.clock import SystemClock
from taskflow_profilemesh.outcome import Run
from taskflow_profilemesh.parts import save_part
from taskflow_profilemesh.pipeline import Pipeline
from taskflow_profilemesh.storage import open_store
from taskflow_profilemesh.tables import TableRef, TableRequest
from tests.taskflow_profilemesh.reading.servers import source_at


def main(database: str, store_url: str, run_id: str, part: str, where: str) -> None:
    """Profile the part."""
    with closing(open_store(store_url)) as store:
        pipeline = Pipeline(source=source_at(database, batch_rows=700), store=store, clock=SystemClock())
        rows = save_part(pipeline, TableRequest(TableRef("t"), where=where), Run(run_id=run_id), part=part)
    sys.stdout.write(f"{rows}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
