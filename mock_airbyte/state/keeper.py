"""What is written to a state file, and when: every change at once, before the answer that tells of it.

A job whose rows were moving when the process was killed moves them again after the restart, from the cursors that
were kept: what Airbyte does, too. The clock goes on meanwhile, so a job may be over at once.
"""

from __future__ import annotations

import json
import threading
from functools import partial
from typing import TYPE_CHECKING, Any

from mock_airbyte.records import Actor, Connection, Workspace
from mock_airbyte.registry import Definition, Permission, Tag
from mock_airbyte.state.saved import SavedJob, SavedState, dump, load, progress_of, saved_end

if TYPE_CHECKING:
    from mock_airbyte.app import MockApp
    from mock_airbyte.records import StreamState
    from mock_airbyte.registry import Shelf
    from mock_airbyte.state.file import StateFile
    from mock_airbyte.sync.plan import StreamKey


class Keeper:
    """Keeps one mock's world, jobs and registry in a file."""

    def __init__(self, file: StateFile, app: MockApp) -> None:
        """Take the file and the mock; nothing is read before `restore` and nothing written before `watch`."""
        self._file = file
        self._app = app
        self._lock = threading.Lock()
        self._open_jobs: dict[int, object] = {}  # by id: what was last written of a job that is not over
        self._newest_job = 0
        self._shelves: dict[str, tuple[Shelf[Any], type]] = {
            "tag": (app.registry.tags, Tag),
            "permission": (app.registry.permissions, Permission),
            "definition": (app.registry.definitions, Definition),
        }

    def restore(self) -> bool:
        """Bring back what the file holds; return whether it held anything."""
        world, file = self._app.world, self._file
        world.begin_again(self._next_run())
        for _, body in file.all("workspace"):
            world.put_workspace(load(Workspace, body))
        for _, body in file.all("actor"):
            world.put_actor(load(Actor, body))
        for _, body in file.all("connection"):
            world.put_connection(load(Connection, body))
        for _, body in file.all("state"):
            saved = load(SavedState, body)
            world.remember(saved.connection_id, saved.stream, saved.state)
        self._restore_jobs()
        for kind, (shelf, record) in self._shelves.items():
            bodies = file.all(kind)
            if bodies:
                shelf.replace_all([load(record, body) for _, body in bodies])
        return bool(world.workspaces(deleted=True))

    def _restore_jobs(self) -> None:
        now = self._app.world.clock.now
        for _, body in self._file.all("job"):
            saved = load(SavedJob, body)
            self._app.jobs.recall(saved.job, progress_of(saved.end, now) if saved.end else None)

    def _next_run(self) -> int:
        """Count how often the file was opened: ids of one run must not come again in the next."""
        runs = [json.loads(body) for _, body in self._file.all("run")]
        run = (runs[0] if runs else -1) + 1
        self._file.put("run", "number", json.dumps(run).encode())
        return int(run)

    def watch(self) -> None:
        """Write every change from now on."""
        self._app.world.watcher = self
        self._app.keeper = self
        for kind, (shelf, _) in self._shelves.items():
            shelf.watch(partial(self._shelved, kind))
        self.keep_jobs()

    def changed(self, record: Workspace | Actor | Connection) -> None:
        """Write a workspace, a source, a destination or a connection."""
        match record:
            case Workspace():
                self._file.put("workspace", record.workspace_id, dump(record))
            case Actor():
                self._file.put("actor", record.actor_id, dump(record))
            case Connection():
                self._file.put("connection", record.connection_id, dump(record))

    def remembered(self, connection_id: str, stream: StreamKey, state: StreamState) -> None:
        """Write a stream's cursor and generation."""
        saved = SavedState(connection_id, stream, state)
        self._file.put("state", json.dumps([connection_id, *stream]), dump(saved))

    def forgotten(self, connection_id: str) -> None:
        """Remove a connection's cursors."""
        for identifier, body in self._file.all("state"):
            if load(SavedState, body).connection_id == connection_id:
                self._file.remove("state", identifier)

    def keep_jobs(self) -> None:
        """Write the jobs that are new or have changed."""
        book = self._app.jobs
        with self._lock:
            newest = book.newest
            self._open_jobs |= dict.fromkeys(range(self._newest_job + 1, newest + 1))
            self._newest_job = newest
            for job_id in sorted(self._open_jobs):
                is_over = book.is_over(job_id)  # asked first: what is over does not change while it is written
                job, progress = book.record(job_id)
                saved = SavedJob(job, saved_end(progress))
                if saved != self._open_jobs[job_id]:
                    self._file.put("job", str(job_id), dump(saved))
                    self._open_jobs[job_id] = saved
                if is_over:
                    del self._open_jobs[job_id]

    def _shelved(self, kind: str, identifier: str, item: object | None) -> None:
        if item is None:
            self._file.remove(kind, identifier)
        else:
            self._file.put(kind, identifier, dump(item))
