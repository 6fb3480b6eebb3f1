"""Putting a scenario in place: timelines into the book, faults before the requests, events into the world."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from mock_airbyte.scenarios import SchemaChange, SyncUnderWay

if TYPE_CHECKING:
    from mock_airbyte.app import MockApp
    from mock_airbyte.scenarios import Event, Scenario


def play(app: MockApp, scenario: Scenario, connection_id: str | None = None) -> None:
    """Let the scenario be what happens from now on, in place of the one before; faults are those of it alone.

    `connection_id`: only its jobs and its source are concerned (None: those of all connections); requests are counted
    whatever they are about. Raises `UnknownResource`.
    """
    concerned = [one.connection_id for one in app.world.connections()] if connection_id is None else [connection_id]
    for one in concerned:
        app.world.connection(one)
    app.exchange.faults.clear()
    app.jobs.plan(scenario.timeline, connection_id)
    for event in scenario.events:
        for one in concerned:
            _happens(app, event, one)
    app.exchange.faults.add(*scenario.faults)


def _happens(app: MockApp, event: Event, connection_id: str) -> None:
    match event:
        case SyncUnderWay():
            app.jobs.start(connection_id)
        case SchemaChange(drift):
            source = app.world.actor("source", app.world.connection(connection_id).source_id)
            app.world.put_actor(replace(source, drift=drift))  # the next sync finds it, and says so
