"""`sync_group`: many Airbyte connections synced in one task group, in an order and with a limit.

Each sync is an `AirbyteSyncOperator`, so all that holds for one holds for each. Where a limit holds a sync back it
waits for another one to *end*, not to succeed: between the two stands an empty task that runs whatever became of the
first.
"""

from __future__ import annotations

import re
from importlib import import_module
from typing import TYPE_CHECKING, Any

from airflow.providers.common.compat.sdk import TaskGroup

from taskflow_profilemesh.airbyte.ordering import in_order, lanes
from taskflow_profilemesh.airbyte.spec import CHECKS
from taskflow_profilemesh.operators.airbyte import AirbyteSyncOperator
from taskflow_profilemesh.operators.task_ids import told_apart

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from taskflow_profilemesh.airbyte.spec import SyncSpec

_NOT_IN_AN_ID = re.compile(r"[^A-Za-z0-9_.-]+")
_LONGEST_ID = 100


class SyncGroup(TaskGroup):
    """A task group of syncs. `syncs`: the task of each connection, by the name or id that its entry gave."""

    syncs: Mapping[str, AirbyteSyncOperator]


def sync_group(
    connections: Sequence[str | SyncSpec | Mapping[str, Any]],
    *,
    group_id: str = "sync",
    max_parallel: int | None = None,
    **options: Any,  # noqa: ANN401 -- the options of `AirbyteSyncOperator`, and whatever any task takes
) -> SyncGroup:
    """Make a task group that syncs the connections, each in a task of its own, and return it.

    `connections`: names or ids, `SyncSpec`s, or mappings of their options with `depends_on`: one or several connections
    of the group that must have been synced before. `max_parallel`: how many syncs run at a time (None: any number), by
    order: no pool is needed, and deferred syncs count. `options` are those of every task: `conn_id`, `deferrable`,
    `retries`, `pool`, …; those of `SyncSpec` apply where an entry says nothing. The result of a connection's sync is
    `group.syncs[name].output`.

    Raises `InvalidOption` while the DAG file is parsed for a connection that is there twice, for one to depend on that
    is not in the group (with the nearest that is), for a circle, and for whatever the operator refuses.
    """
    defaults = {name: options.pop(name) for name in (*CHECKS, "workspace") if name in options}
    ordered = in_order(connections, **defaults)
    held_back = lanes([one.spec.connection for one in ordered], max_parallel=max_parallel)
    group = SyncGroup(group_id=group_id)
    with group:
        ids = _task_ids([one.spec.connection for one in ordered])
        syncs = {
            one.spec.connection: AirbyteSyncOperator(
                task_id=ids[one.spec.connection], **{**options, **one.spec.as_dict()}
            )
            for one in ordered
        }
        for one in ordered:
            for name in one.after:
                syncs[name].set_downstream(syncs[one.spec.connection])
        for first, second in held_back:
            _hold_back(syncs[first], syncs[second], task_id=f"after_{ids[first]}")
    group.syncs = syncs
    return group


def _hold_back(first: AirbyteSyncOperator, second: AirbyteSyncOperator, *, task_id: str) -> None:
    """Let the second begin when the first has ended, in whatever way."""
    ended = _empty_operator()(task_id=task_id, trigger_rule="all_done")
    first.set_downstream(ended)
    ended.set_downstream(second)


def _empty_operator() -> Any:  # noqa: ANN401 -- one class in two places
    try:
        return import_module("airflow.providers.standard.operators.empty").EmptyOperator
    except ImportError:  # Airflow 2.11 without the standard provider
        return import_module("airflow.operators.empty").EmptyOperator


def _task_ids(names: Sequence[str]) -> dict[str, str]:
    """Return a task id for each connection: its name in the letters that Airflow takes, told apart by a number."""
    plain = (_NOT_IN_AN_ID.sub("_", name).strip("_")[:_LONGEST_ID] or "connection" for name in names)
    return dict(zip(names, told_apart(plain), strict=True))
