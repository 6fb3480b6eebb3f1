"""Steering a mock while it runs: look at everything, reset, seed, move time, set faults, play scenarios, move jobs.

`MockAirbyte` and `/_mock` (`control_desk.py`) both do it through here. What comes out is JSON without secrets.
"""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import asdict
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from mock_airbyte.clock import HandClock
from mock_airbyte.faults import as_json
from mock_airbyte.payloads import config_jobs, public
from mock_airbyte.payloads.config_resources import state as stream_states
from mock_airbyte.play import play

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mock_airbyte.app import MockApp
    from mock_airbyte.journal import SeenRequest
    from mock_airbyte.planting import Planted
    from mock_airbyte.scenarios import Scenario

_MOST_SECONDS = 60.0  # that a moved clock stands still for the rows of one job


class Control:
    """What may be done to a mock from outside."""

    def __init__(self, app: MockApp) -> None:
        """Take the application; the timeline that its jobs follow now is what `reset` goes back to."""
        self.app: MockApp = app
        self.scenario: str | None = None
        self._timeline = app.jobs.timeline
        self._beginnings: list[Callable[[], object]] = []
        self._moving_clock = threading.Lock()

    def begin_with(self, make: Callable[[], object]) -> None:
        """Make something now, and again after each reset."""
        make()
        self.after_reset(make)

    def after_reset(self, make: Callable[[], object]) -> None:
        """Make something after each reset."""
        self._beginnings.append(make)

    def plant(self, seed: Mapping[str, Any]) -> Planted:
        """Create what a seed lists, now and again after each reset; raises `BadSeed`."""
        planted = self._plant(seed)
        self.plant_after_reset(seed)
        return planted

    def plant_after_reset(self, seed: Mapping[str, Any]) -> None:
        """Create what a seed lists after each reset."""
        self.after_reset(lambda: self._plant(seed))

    def _plant(self, seed: Mapping[str, Any]) -> Planted:
        from mock_airbyte.seeding import plant

        return plant(self.app.world, seed, self.app.registry)

    def reset(self) -> None:
        """Begin again: the world as it was made or seeded, no jobs, faults, requests, notices or webhooks.

        Ids are given in the same order as the first time. A hand-moved clock stays where it is.
        """
        app = self.app
        app.exchange.faults.clear()
        with app.jobs.undisturbed():  # by the schedules of the world that goes
            app.jobs.reset()
            app.jobs.plan(self._timeline)
            app.jobs.cancel_seconds = 0
            app.world.forget()
            app.registry.forget()
            app.courier.clear()
            app.notifier.forget()
            app.exchange.journal.clear()
            self.scenario = None
            for make in self._beginnings:
                make()

    def advance(self, seconds: float) -> None:
        """Move a `HandClock` on, and let happen what is due by then; raises `TypeError` for another clock.

        Where connections have schedules, the clock stops at every moment at which something happens, and waits there
        for the rows to move: three hours are three jobs of an hourly schedule, as they would be without the haste.
        """
        clock = self.app.world.clock
        if not isinstance(clock, HandClock):
            message = "Only a HandClock can be moved. Make the mock with clock=HandClock()."
            raise TypeError(message)
        jobs = self.app.jobs
        with self._moving_clock:
            end = clock.now() + timedelta(seconds=max(0, seconds))
            has_schedules = seconds > 0 and bool(jobs.timetable.runs())
            if has_schedules:
                jobs.settle(_MOST_SECONDS)
            while (at := jobs.next_moment()) is not None and at < end:
                clock.advance((at - clock.now()).total_seconds())
                jobs.settle(_MOST_SECONDS)
            clock.advance(seconds if seconds < 0 else (end - clock.now()).total_seconds())
            if has_schedules:
                jobs.settle(_MOST_SECONDS)
        jobs.tick()

    def play(self, scenario: Scenario, connection_id: str | None = None) -> None:
        """Put a scenario in place; see `play.play`."""
        play(self.app, scenario, connection_id)
        self.scenario = scenario.name

    def stop_playing(self) -> None:
        """Let jobs and requests be as they were before scenarios; what those did to the world stays."""
        self.app.exchange.faults.clear()
        self.app.jobs.plan(self._timeline)
        self.scenario = None

    def clock(self) -> dict[str, Any]:
        """Return the time, and whether it can be moved."""
        clock = self.app.world.clock
        return {"now": clock.now().isoformat(), "canBeMoved": isinstance(clock, HandClock)}

    def state(self) -> dict[str, Any]:
        """Return what there is, in short."""
        app, world = self.app, self.app.world
        statuses = Counter(state.status for state in app.jobs.all(patient=False))
        return {
            "clock": self.clock(),
            "seed": world.seed,
            "scenario": self.scenario,
            "workspaces": len(world.workspaces()),
            "sources": len(world.actors("source")),
            "destinations": len(world.actors("destination")),
            "connections": [
                {"connectionId": one.connection_id, "name": one.name, "status": one.status}
                for one in world.connections()
            ],
            "jobs": dict(sorted(statuses.items())),
            "faults": len(app.exchange.faults.faults),
            "requests": sum(app.exchange.journal.counts.values()),
        }

    def requests(self) -> list[dict[str, Any]]:
        """Return the journal."""
        return [_request(one) for one in self.app.exchange.journal.requests]

    def snapshot(self) -> dict[str, Any]:
        """Return everything, configurations masked."""
        app, world = self.app, self.app.world
        return {
            **self.state(),
            "workspaces": [public.workspace(one) for one in world.workspaces()],
            "sources": [public.actor(one) for one in world.actors("source")],
            "destinations": [public.actor(one) for one in world.actors("destination")],
            "connections": [public.connection(one) for one in world.connections()],
            "states": [
                stream_states(one.connection_id, world.states(one.connection_id), one.streams)
                for one in world.connections()
            ],
            "jobs": [config_jobs.job_with_attempts(one) for one in app.jobs.all(patient=False)],
            "faults": [as_json(one) for one in app.exchange.faults.faults],
            "requests": self.requests(),
            "notices": [{"kind": one.kind, "payload": one.payload} for one in app.courier.notices],
        }


def _request(seen: SeenRequest) -> dict[str, Any]:
    return asdict(seen) | {"at": seen.at.isoformat() if seen.at else None}
