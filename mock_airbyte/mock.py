"""`MockAirbyte`: a whole pretend Airbyte in one object, for tests and programs.

with MockAirbyte() as airbyte:
source = airbyte.create_source("Shop", "mock-inline", streams=[{"name": "users", "rows": [{"id": 1}]}])
destination = airbyte.create_destination("Warehouse", "sqlite", destination_path="warehouse.db")
connection = airbyte.create_connection(source, destination)
...  # any Airbyte client, at airbyte.url with airbyte.client_id and airbyte.client_secret
airbyte.jobs(connection)[-1].rows_committed
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Self, TypedDict, Unpack

from mock_airbyte.app import MockApp
from mock_airbyte.auth import Auth, Gate
from mock_airbyte.connectors import connectors, find_connector, is_opened
from mock_airbyte.jobs import JobBook
from mock_airbyte.lifecycle import IMMEDIATE
from mock_airbyte.paths import CONFIG_BASE, PUBLIC_BASES
from mock_airbyte.programs.installed import installed
from mock_airbyte.retries import NO_BACKOFF
from mock_airbyte.scenarios import scenario_named
from mock_airbyte.schedules import as_schedule, read_cron, read_every, timing_of
from mock_airbyte.server import LOOPBACK, MockServer
from mock_airbyte.substitutes import read_substitutes
from mock_airbyte.sync.errand import CHECKPOINT_ROWS
from mock_airbyte.world import World

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mock_airbyte.clock import Clock
    from mock_airbyte.control import Control
    from mock_airbyte.failures import Failure
    from mock_airbyte.faults import Fault
    from mock_airbyte.job_state import JobState
    from mock_airbyte.journal import Journal, SeenRequest
    from mock_airbyte.lifecycle import Timeline
    from mock_airbyte.notices import Notice
    from mock_airbyte.records import ActorKind, RefreshMode, StreamConfig
    from mock_airbyte.retries import Backoff
    from mock_airbyte.scenarios import Scenario


class ConnectionSettings(TypedDict, total=False):
    """What else a connection may be told; the names are those of `Connection`."""

    status: str  # "active" or "inactive"
    schedule: Mapping[str, str]  # {"scheduleType": "cron", "cronExpression": …}
    namespace_definition: str  # "destination", "source" or "custom_format"
    namespace_format: str
    prefix: str
    schema_updates: str


class MockAirbyte:
    """A pretend Airbyte: create what your test needs, start it, point a client at `url`, look at what happened."""

    def __init__(  # noqa: PLR0913 -- each is one thing a test may want different
        self,
        *,
        seed: int = 0,
        clock: Clock | None = None,
        auth: Auth | None = None,
        timeline: Timeline = IMMEDIATE,
        backoff: Backoff = NO_BACKOFF,
        patience_seconds: float = 2.0,
        checkpoint_rows: int = CHECKPOINT_ROWS,
        public_url: str = "",
        workspace: str | None = "Default Workspace",
        control_token: str | None = None,
        substitutes: Mapping[str, Mapping[str, Any]] | None = None,
        connectors: Mapping[str, Any] | None = None,
    ) -> None:
        """Make a mock with one empty workspace of that name (None: without any); nothing is served before `start`.

        `seed`: decides ids and generated rows. `clock`: the machine's by default; `advance` moves a `HandClock`.
        `auth`: client credentials by default. `timeline`: how a job's stages follow each other; by default its rows
        move at once. `backoff`: how long a job waits after an attempt that could not move its rows, by the clock above:
        by default not at all, `AIRBYTE_BACKOFF`: 10, 30, 90 and 270 seconds. `patience_seconds`: how long the first
        look at a job waits for rows that are on their way. `checkpoint_rows`: after how many rows an incremental
        stream that can go on from the middle is committed.
        `public_url`: what links in lists begin with; by default the address that was called. `control_token`: who has
        it may steer the mock at `/_mock` from anywhere; by default this machine may, without one. `substitutes`: what
        stands in for connectors that the mock has not (`substitutes.py`). `connectors`: real connectors on this machine
        that are run (`programs/declared.py`).
        """
        self.world = World(seed=seed, clock=clock)
        self.world.programs = installed(connectors or {}, stopping=lambda: self.world.is_stopping)
        self.world.substitutes = read_substitutes(substitutes or {}, self.world.programs)
        self.book = JobBook(
            self.world,
            timeline=timeline,
            backoff=backoff,
            patience_seconds=patience_seconds,
            checkpoint_rows=checkpoint_rows,
        )
        self.gate = Gate(auth or Auth())
        self.app = MockApp(self.world, self.book, self.gate, public_url=public_url, control_token=control_token)
        self._server: MockServer | None = None
        self._root_url: str | None = None
        if workspace is not None:
            self.control.begin_with(lambda: self.world.add_workspace(workspace))

    def __enter__(self) -> Self:
        """Start serving on a free port of the loopback address."""
        return self.start()

    def __exit__(self, *_: object) -> None:
        """Stop serving."""
        self.stop()

    # Serving

    def start(self, *, host: str = LOOPBACK, port: int = 0) -> Self:
        """Serve in the background; port 0 takes a free one."""
        self.world.is_stopping = False
        self.app.exchange.open()
        self._server = MockServer(self.app, host=host, port=port)
        self._server.start()
        self._root_url = self._server.root_url
        return self

    def stop(self, *, seconds: float = 5.0) -> None:
        """Stop serving, if it was started, and stop what is under way, waiting at most `seconds` for syncs."""
        self.world.is_stopping = True
        self.app.exchange.close()
        self.app.courier.close()
        if self._server is not None:
            self._server.stop()
            self._server = None
        self.book.close(seconds)

    def served_at(self, root_url: str) -> Self:
        """Say where somebody else serves this mock's `app`."""
        self._root_url = root_url
        return self

    @property
    def root_url(self) -> str:
        """The server's address, without a path; raises `RuntimeError` before `start`."""
        if self._root_url is None:
            message = "The mock is not served yet. Call start() or use it in a with statement."
            raise RuntimeError(message)
        return self._root_url

    @property
    def url(self) -> str:
        """The public API's base URL, as a self-managed Airbyte has it."""
        return self.root_url + PUBLIC_BASES[0]

    @property
    def config_url(self) -> str:
        """The Config API's base URL."""
        return self.root_url + CONFIG_BASE

    @property
    def client_id(self) -> str:
        """The client id that gets a token."""
        return self.gate.auth.client_id

    @property
    def client_secret(self) -> str:
        """Its secret."""
        return self.gate.auth.client_secret

    # Making things

    @property
    def workspace_id(self) -> str:
        """The first workspace's id; raises `IndexError` if there is none."""
        return self.world.workspaces()[0].workspace_id

    def create_workspace(self, name: str) -> str:
        """Create a workspace and return its id."""
        return self.world.add_workspace(name).workspace_id

    def create_source(
        self, name: str, connector: str, *, workspace_id: str | None = None, **configuration: object
    ) -> str:
        """Create a source of a connector type (`faker`, `mock-inline`, …) and return its id."""
        return self._create("source", name, connector, workspace_id, configuration)

    def create_destination(
        self, name: str, connector: str, *, workspace_id: str | None = None, **configuration: object
    ) -> str:
        """Create a destination of a connector type (`sqlite`, `postgres`) and return its id."""
        return self._create("destination", name, connector, workspace_id, configuration)

    def create_connection(
        self,
        source_id: str,
        destination_id: str,
        *,
        name: str | None = None,
        streams: Sequence[StreamConfig] | None = None,
        **settings: Unpack[ConnectionSettings],
    ) -> str:
        """Create a connection and return its id.

        `streams`: None syncs every stream of the source, whole. Raises `BadSchedule`, a `ValueError`.
        """
        if "schedule" in settings:
            settings["schedule"] = as_schedule(timing_of(settings["schedule"]))
        made = self.world.new_connection(source_id, destination_id)
        named = replace(made, name=name or made.name, streams=tuple(streams) if streams is not None else made.streams)
        return self.world.put_connection(replace(named, **settings)).connection_id

    def configure(self, kind: ActorKind, actor_id: str, **configuration: object) -> None:
        """Change a source's or destination's configuration: what is given, the rest stays."""
        actor = self.world.actor(kind, actor_id)
        self.world.put_actor(replace(actor, configuration={**actor.configuration, **configuration}))

    def schedule(
        self, connection_id: str, *, cron: str | None = None, time_zone: str = "UTC", every: str | None = None
    ) -> None:
        """Let a connection sync by itself from now on, by the mock's clock; without `cron` and `every`, no longer.

        `cron`: an expression of Quartz (`0 0 12 * * ?`: seconds first) in a time zone. `every`: `30 minutes`,
        `24 hours`; the first job starts at once. Raises `BadSchedule`, a `ValueError`.
        """
        if cron is not None and every is not None:
            message = f"A schedule has cron or every, not both (cron={cron!r}, every={every!r})."
            raise ValueError(message)
        interval = read_every(every) if every is not None else None
        timing = read_cron(cron, time_zone) if cron is not None else interval
        self.world.put_connection(replace(self.world.connection(connection_id), schedule=as_schedule(timing)))

    def deactivate(self, connection_id: str) -> None:
        """Switch a connection off."""
        self.world.put_connection(replace(self.world.connection(connection_id), status="inactive"))

    def _create(
        self, kind: ActorKind, name: str, connector: str, workspace_id: str | None, configuration: dict[str, Any]
    ) -> str:
        programs = self.world.programs
        found = find_connector(kind, name=connector, programs=programs)
        if found is None or not is_opened(kind, connector, self.world.substitutes, programs):
            known = ", ".join(one.name for one in connectors(kind, programs))
            message = (
                f"The mock has no such {kind} connector, nor a substitute for it (type={connector!r}). It has {known}."
            )
            raise ValueError(message)
        if found.specify is not None and (complaints := found.specification().complaints(configuration)):
            message = f"The configuration of {name!r} does not fulfil its specification: {', '.join(complaints)}."
            raise ValueError(message)
        workspace = workspace_id or self.workspace_id
        return self.world.add_actor(
            kind, found, workspace_id=workspace, name=name, configuration=configuration
        ).actor_id

    # Time and syncs

    def advance(self, seconds: float) -> None:
        """Move a `HandClock` on, and let happen what is due by then; raises `TypeError` for another clock."""
        self.control.advance(seconds)

    def sync(self, connection_id: str) -> int:
        """Start a sync, as a person would, and return the job's id."""
        return self.book.start(connection_id).job.job_id

    def refresh(self, connection_id: str, mode: RefreshMode = "merge") -> int:
        """Start reading everything again, as a new generation (`truncate`: in place of what is there)."""
        return self.book.start(connection_id, "refresh", refresh=mode).job.job_id

    def cancel(self, job_id: int) -> JobState:
        """Cancel what the job's connection runs now, as a person would, and return the job."""
        return self.book.cancel(job_id)

    def transition(self, job_id: int, status: str, *, failure: Failure | None = None) -> JobState:
        """Move a job to a status by hand, where it stays until it is moved again; raises `ValueError`."""
        return self.book.transition(job_id, status, failure=failure)

    # Looking at what happened

    def jobs(self, connection_id: str | None = None) -> tuple[JobState, ...]:
        """Return all jobs (of a connection), oldest first, as they are now."""
        return tuple(state for state in self.book.all() if connection_id in (None, state.job.connection_id))

    def job(self, job_id: int) -> JobState:
        """Return one job as it is now; a timeline that counts looks does not count this one."""
        return self.book.look(job_id, counts=False)

    @property
    def requests(self) -> tuple[SeenRequest, ...]:
        """The requests that were answered, oldest first; the last 10,000 are kept."""
        return self.journal.requests

    @property
    def journal(self) -> Journal:
        """What was asked of the mock, with assertions about it."""
        return self.app.exchange.journal

    def fail(self, *faults: Fault) -> None:
        """Let requests meet these faults from now on, beside those that are set."""
        self.app.exchange.faults.add(*faults)

    def play(self, scenario: Scenario | str, connection_id: str | None = None) -> None:
        """Let a scenario, or the one of that name, be what happens from now on; see `play.play`."""
        self.control.play(scenario_named(scenario) if isinstance(scenario, str) else scenario, connection_id)

    @property
    def control(self) -> Control:
        """What `/_mock` can do, as methods: `reset`, `plant`, `state`, `snapshot`, …."""
        return self.app.control

    def reset(self) -> None:
        """Begin again, with what was there at first: see `Control.reset`."""
        self.control.reset()

    def register_webhook(self, url: str) -> None:
        """Send notices of jobs and schema changes to this address, as Airbyte's notification webhook does."""
        self.app.courier.register(url)

    @property
    def notices(self) -> tuple[Notice, ...]:
        """The notices that were made, whether or not a webhook is registered."""
        return self.app.courier.notices

    def heal(self) -> None:
        """Take all faults back."""
        self.app.exchange.faults.clear()
