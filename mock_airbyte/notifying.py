"""From what happens to whom it concerns: jobs and schemas that change become notices for the courier.

A notice goes to the webhook that its workspace's notification settings name, and to those that were registered.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_airbyte.notices import KIND_OF_STATUS, Parties, Party, job_notice, schema_notice
from mock_airbyte.notification_settings import address
from mock_airbyte.world import UnknownResource

if TYPE_CHECKING:
    from mock_airbyte.job_state import JobState
    from mock_airbyte.notices import Notice
    from mock_airbyte.webhooks import Courier
    from mock_airbyte.world import World

_CLOUD = "https://cloud.airbyte.com"


class Notifier:
    """Makes notices of a world's events."""

    def __init__(self, world: World, courier: Courier) -> None:
        """Take where names come from and where notices go."""
        self._world = world
        self._courier = courier
        self._told: dict[str, tuple[str, ...]] = {}  # of each connection, the changes that were told last

    def job_came_to(self, state: JobState, status: str) -> None:
        """Tell of a job that is queued, has succeeded or has failed; nothing of others, or of a deleted connection."""
        kind = KIND_OF_STATUS.get(status)
        parties = self._parties(state.job.connection_id) if kind else None
        if kind is not None and parties is not None:
            self._hand_over(job_notice(kind, state, parties, now=self._world.clock.now()), parties.workspace.identifier)

    def forget(self) -> None:
        """Forget what was told."""
        self._told.clear()

    def schema_found(self, connection_id: str, changes: tuple[str, ...]) -> None:
        """Tell that a sync found the schema of a connection's source changed; of the same changes, once."""
        is_known = self._told.get(connection_id, ()) == changes
        self._told[connection_id] = changes
        parties = None if is_known or not changes else self._parties(connection_id)
        if parties is not None:
            self._hand_over(schema_notice(parties, now=self._world.clock.now()), parties.workspace.identifier)

    def _hand_over(self, notice: Notice, workspace_id: str) -> None:
        settings = [one.notifications for one in self._world.workspaces() if one.workspace_id == workspace_id]
        also = address(settings[0], notice.kind) if settings else None
        self._courier.hand_over(notice, workspace_id=workspace_id, also=also)

    def _parties(self, connection_id: str) -> Parties | None:
        try:
            connection = self._world.connection(connection_id)
            workspace = self._world.workspace(connection.workspace_id)
            source = self._world.actor("source", connection.source_id)
            destination = self._world.actor("destination", connection.destination_id)
        except UnknownResource:
            return None
        root = f"{_CLOUD}/workspaces/{workspace.workspace_id}"
        return Parties(
            Party(workspace.workspace_id, workspace.name, root),
            Party(connection_id, connection.name, f"{root}/connections/{connection_id}"),
            Party(source.actor_id, source.name, f"{root}/source/{source.actor_id}"),
            Party(destination.actor_id, destination.name, f"{root}/destination/{destination.actor_id}"),
        )
