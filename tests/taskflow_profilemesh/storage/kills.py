"""Writers that are killed with -9 in the midst of a save, again and again, and what the store holds afterwards.

`python -m tests.taskflow_profilemesh.storage.kills URL KILLS WRITERS SEED` forks so many writers at once. Each works
off slots, as a task works off its runs: a slot that was killed is tried again, with the same origin and another profile
id. A kill counts when the writer had begun to insert and had not yet said that it was done. Prints one JSON document.
"""

from __future__ import annotations

import json
import os
import random
import selectors
import signal
import sys
import time
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Column, event, func, select
from sqlalchemy.engine import Connection

from taskflow_profilemesh.storage import open_store
from taskflow_profilemesh.storage.engine import address_of, engine_of
from taskflow_profilemesh.storage.schema import DEFAULT
from tests.taskflow_profilemesh.profiles import table, texts
from tests.taskflow_profilemesh.storage.runs import run

COLUMNS = 40
_LATEST_SECONDS = 0.03  # after the first insert: some kills hit the inserts, some the commit


@dataclass
class Writer:
    """One writer through all its deaths: the process that it is now, and what it has said so far."""

    number: int
    pid: int = 0
    pipe: int = -1
    slot: int = 0  # the one that it works on
    attempt: int = 0
    inserting: bool = False
    done: list[int] = field(default_factory=list)
    unread: bytes = b""

    def start(self, url: str) -> None:
        """Fork a process that goes on with the slot."""
        self.attempt += 1
        self.inserting, self.unread = False, b""
        self.pipe, theirs = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            try:
                _work(url, self, theirs)
            finally:
                os._exit(1)
        os.close(theirs)

    def hear(self, data: bytes) -> None:
        """Take in what it said."""
        *lines, self.unread = (self.unread + data).split(b"\n")
        for line in lines:
            self.inserting = line == b"inserting"
            if not self.inserting:
                self.done.append(int(line))
                self.slot = int(line) + 1

    def kill(self) -> bool:
        """Kill it, hear its last words, and return whether that was in the midst of a save."""
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        while data := os.read(self.pipe, 1 << 16):
            self.hear(data)
        os.close(self.pipe)
        return self.inserting


def main(url: str, kills: str, writers: str, seed: str) -> None:
    """Kill so often, then say what is wrong with the store: nothing, if it keeps its promises."""
    chance, began = random.Random(int(seed)), time.monotonic()
    open_store(url).close()
    working = [Writer(number) for number in range(int(writers))]
    with selectors.DefaultSelector() as selector:
        for writer in working:
            writer.start(url)
            selector.register(writer.pipe, selectors.EVENT_READ, writer)
        killed = 0
        while killed < int(kills):
            for key, _ in selector.select():
                killed += _meet(key.data, selector, chance, url)
        for writer in working:
            writer.kill()
    sys.stdout.write(json.dumps({"kills": killed, "seconds": time.monotonic() - began} | _found(url, working)) + "\n")


def _meet(writer: Writer, selector: selectors.BaseSelector, chance: random.Random, url: str) -> int:
    """Hear a writer, and kill it sometimes; return how many kills that were in the midst of a save (0 or 1)."""
    data = os.read(writer.pipe, 1 << 16)
    if not data:
        message = f"writer {writer.number} ended by itself"
        raise RuntimeError(message)
    writer.hear(data)
    if not writer.inserting or chance.random() < 0.5:
        return 0
    time.sleep(chance.uniform(0, _LATEST_SECONDS))
    selector.unregister(writer.pipe)
    counts = writer.kill()
    writer.start(url)
    selector.register(writer.pipe, selectors.EVENT_READ, writer)
    return int(counts)


def _work(url: str, writer: Writer, pipe: int) -> None:
    """Save one run after the other, and say so before and after."""
    profile = table(*(texts(f"c{number}", ["x", "y", "z" * 200]) for number in range(COLUMNS)))
    store = open_store(url)

    def told(_connection: object, _cursor: object, statement: str, *_others: object) -> None:
        if statement.lower().startswith("insert into profilemesh_runs"):
            os.write(pipe, b"inserting\n")

    event.listen(store._engine, "after_cursor_execute", told)
    slot = writer.slot
    while True:
        origin = f"w{writer.number}-{slot}"
        store.save(run(slot, profile_id=f"{origin}-{writer.attempt}", origin=origin, profile=profile))
        os.write(pipe, f"{slot}\n".encode())
        slot += 1


def _found(url: str, writers: list[Writer]) -> dict[str, Any]:
    """Compare what the store holds with what was said to be done."""
    runs, profiles, results = DEFAULT.runs, DEFAULT.profiles, DEFAULT.results
    engine = engine_of(address_of(url))
    with engine.connect() as connection:
        origins = _counts(connection, runs.c.origin)
        ids = set(connection.execute(select(runs.c.profile_id)).scalars())
        whole = set(connection.execute(select(profiles.c.profile_id)).scalars())
        counted = _counts(connection, results.c.profile_id)
    engine.dispose()
    with closing(open_store(url)) as store:
        unreadable = sum(store.load(profile_id) is None for profile_id in sorted(ids)[::7])
    done = {f"w{writer.number}-{slot}" for writer in writers for slot in writer.done}
    begun = {f"w{writer.number}-{writer.slot}" for writer in writers}
    return {
        "runs": len(ids),
        "lost": sorted(done - origins.keys()),
        "never_begun": sorted(origins.keys() - done - begun),
        "double": sorted(origin for origin, count in origins.items() if count > 1),
        "half": sorted((ids ^ whole) | (ids ^ counted.keys())) + sorted(map(str, set(counted.values())))[1:],
        "unreadable": unreadable,
    }


def _counts(connection: Connection, column: Column[Any]) -> dict[str, int]:
    found = connection.execute(select(column, func.count()).group_by(column))
    return {value: count for value, count in found}  # noqa: C416 -- a row is no tuple to the type checker


if __name__ == "__main__":
    main(*sys.argv[1:])
