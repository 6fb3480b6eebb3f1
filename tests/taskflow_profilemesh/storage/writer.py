"""A process that writes to a store until it is killed, or as often as it is told; run with `python -m`.

Arguments: the store's URL, a prefix for profile ids, how many runs (0: for ever), and the origin that they all share
(empty: one each). Prints each profile id once it is committed.
"""

from __future__ import annotations

import itertools
import sys
from contextlib import closing

from taskflow_profilemesh.storage import open_store
from tests.taskflow_profilemesh.profiles import table, texts
from tests.taskflow_profilemesh.storage.runs import run

COLUMNS = 40


def main(url: str, prefix: str, count: str, origin: str) -> None:
    """Write the runs."""
    profile = table(*(texts(f"c{number}", ["x", "y", "z" * 200]) for number in range(COLUMNS)))
    with closing(open_store(url)) as store:
        for number in itertools.count() if count == "0" else range(int(count)):
            profile_id = f"{prefix}-{number}"
            store.save(run(number, profile_id=profile_id, origin=origin or profile_id, profile=profile))
            sys.stdout.write(f"{profile_id}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
