"""What is written to a state file, and when: every change at once, before the answer that tells of it.

A job whose rows were moving when the process was killed moves them again after the restart, from the cursors that
were kept: what Airbyte does, too. The clock goes on meanwhile, so a job may be over at once.
"""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from mock_airbyte.clock import HandClock
from mock_airbyte.records import Actor, Connection, Workspace
from mock_airbyte.registry import Definition, Permission, Tag, User
from mock_airbyte.schedules import BadSchedule, as_schedule, timing_of
from mock_airbyte.state.saved import SavedJob, SavedState, SavedTokens, dump, load, progress_of, saved_job
from mock_airbyte.substitutes import Substitute
from mock_airbyte.webhooks import Webhook
from mock_airbyte.world import UnknownResource

if TYPE_CHECKING:
    from mock_airbyte.app import MockApp
    from mock_airbyte.records import StreamState
    from mock_airbyte.registry import Shelf
    from mock_airbyte.state.file import StateFile
    from mock_airbyte.substitutes import Substitutes
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
        self._resets = 0
        self._time: datetime | None = None  # what was last written of a hand-moved clock
        self._substitutes: Substitutes = {}
        self._tokens = SavedTokens()
        self._shelves: dict[str, tuple[Shelf[Any], type]] = {
            "tag": (app.registry.tags, Tag),
            "permission": (app.registry.permissions, Permission),
            "definition": (app.registry.definitions, Definition),
            "user": (app.registry.users, User),
            "webhook": (app.courier.webhooks, Webhook),
        }

    def restore(self) -> bool:
        """Bring back what the file holds; return whether it held anything."""
        world, file = self._app.world, self._file
        world.begin_again(self._next_run())
        self._restore_clock()
        for _, body in file.all("workspace"):
            world.put_workspace(load(Workspace, body))
        for _, body in file.all("actor"):
            world.put_actor(load(Actor, body))
        for _, body in file.all("connection"):
            world.put_connection(_readable(load(Connection, body)))
        for _, body in file.all("state"):
            saved = load(SavedState, body)
            world.remember(saved.connection_id, saved.stream, saved.state)
        kept = {name: load(Substitute, body) for name, body in file.all("substitute")}
        world.substitutes = {**world.substitutes, **kept}
        for _, body in file.all("tokens"):
            self._tokens = load(SavedTokens, body)
            self._app.gate.go_on(issued=self._tokens.issued, revoked_up_to=self._tokens.revoked_up_to)
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
            self._app.jobs.recall(saved.job, {attempt: progress_of(end, now) for attempt, end in saved.ends.items()})

    def _restore_clock(self) -> None:
        """Move a hand-moved clock on to where it was: jobs would be younger than they were."""
        clock = self._app.world.clock
        for _, body in self._file.all("clock"):
            if isinstance(clock, HandClock):
                clock.advance(max(0.0, (datetime.fromisoformat(body.decode()) - clock.now()).total_seconds()))

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
        self.keep()

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

    def everything_forgotten(self) -> None:
        """Remove everything that a reset of the mock forgets."""
        for kind in ("workspace", "actor", "connection", "state", "job"):
            self._remove_all(kind)

    def _remove_all(self, kind: str) -> None:
        for identifier, _ in self._file.all(kind):
            self._file.remove(kind, identifier)

    def keep(self) -> None:
        """Write the jobs that are new or have changed, the time that was set by hand, substitutes and tokens."""
        world = self._app.world
        with self._lock:
            self._keep_jobs()
            now = world.clock.now()
            if isinstance(world.clock, HandClock) and now != self._time:
                self._file.put("clock", "now", now.isoformat().encode())
                self._time = now
            if world.substitutes is not self._substitutes:
                self._substitutes = world.substitutes
                for name, substitute in self._substitutes.items():
                    self._file.put("substitute", name, dump(substitute))
            self._keep_tokens()

    def _keep_tokens(self) -> None:
        gate = self._app.gate
        tokens = SavedTokens(gate.issued, gate.revoked_up_to)
        if tokens != self._tokens:
            self._tokens = tokens
            self._file.put("tokens", "all", dump(tokens))

    def _keep_jobs(self) -> None:
        book = self._app.jobs
        resets = book.resets
        if resets != self._resets:
            self._remove_all("job")
            self._open_jobs.clear()
            self._newest_job, self._resets = 0, resets
        newest = book.newest
        self._open_jobs |= dict.fromkeys(range(self._newest_job + 1, newest + 1))
        self._open_jobs = dict.fromkeys(book.take_moved()) | self._open_jobs
        self._newest_job = newest
        for job_id in sorted(self._open_jobs):
            try:
                self._keep_job(job_id)
            except UnknownResource:  # all jobs were forgotten just now: the next time begins anew
                return

    def _keep_job(self, job_id: int) -> None:
        book = self._app.jobs
        is_over = book.is_over(job_id)  # asked first: what is over changes only when it is moved by hand
        saved = saved_job(*book.record(job_id))
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


def _readable(connection: Connection) -> Connection:
    """Return a connection whose schedule is one: an earlier version kept whatever expression it was given."""
    try:
        return replace(connection, schedule=as_schedule(timing_of(connection.schedule)))
    except BadSchedule:
        return replace(connection, schedule=as_schedule(None))
