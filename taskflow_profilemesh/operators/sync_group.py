"""`sync_group`: many Airbyte connections synced in one task group, in an order and with a limit.

Each sync is an `AirbyteSyncOperator`, so all that holds for one holds for each. Where a limit holds a sync back it
waits for another one to *end*, not to succeed: between the two stands an empty task that runs whatever became of the
first. Such a task would hide from all others what became of it, and of what came before the group: therefore a limited
group has an empty task `begin` before every sync that depends on none, and `synced` after each that holds another back.
"""

from __future__ import annotations

import re
from importlib import import_module
from typing import TYPE_CHECKING, Any

from airflow.providers.common.compat.sdk import TaskGroup

from taskflow_profilemesh.airbyte.ordering import in_order, lanes
from taskflow_profilemesh.airbyte.spec import CHECKS
from taskflow_profilemesh.operators.airbyte import AirbyteSyncOperator
from taskflow_profilemesh.operators.stock_names import STOCK_NAMES, under_our_names
from taskflow_profilemesh.operators.task_ids import told_apart

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from taskflow_profilemesh.airbyte.ordering import OrderedSync
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
    options = _by_our_names(options)
    defaults = {name: options.pop(name) for name in (*CHECKS, "workspace") if name in options}
    ordered = in_order(connections, **defaults)
    held_back = lanes([one.spec.connection for one in ordered], max_parallel=max_parallel)
    group = SyncGroup(group_id=group_id)
    with group:
        group.syncs = _syncs(ordered, options, is_limited=bool(held_back))
        if held_back:
            _limit(group.syncs, held_back, first=_first(ordered), trigger_rule=options.get("trigger_rule"))
    return group


def _by_our_names(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options, those under the names of the Airbyte provider's operator by ours; None is not given."""
    ours = {name: options.get(name) for name in STOCK_NAMES.values()}
    named = under_our_names(ours, {name: options.get(name) for name in STOCK_NAMES})
    others = {name: value for name, value in options.items() if name not in {*ours, *STOCK_NAMES}}
    return others | {name: value for name, value in named.items() if value is not None}


def _syncs(
    ordered: Sequence[OrderedSync], options: Mapping[str, Any], *, is_limited: bool
) -> dict[str, AirbyteSyncOperator]:
    """Make the tasks, each after those that it depends on; a rule for the group is none for what is inside it."""
    ids = _task_ids([one.spec.connection for one in ordered])
    inside = {name: value for name, value in options.items() if name != "trigger_rule"}
    syncs: dict[str, AirbyteSyncOperator] = {}
    for one in ordered:
        name = one.spec.connection
        shared = inside if one.after or is_limited else options
        syncs[name] = AirbyteSyncOperator(task_id=ids[name], **{**shared, **one.spec.as_dict()})
        for other in one.after:
            syncs[other].set_downstream(syncs[name])
    return syncs


def _first(ordered: Sequence[OrderedSync]) -> list[str]:
    return [one.spec.connection for one in ordered if not one.after]


def _limit(
    syncs: Mapping[str, AirbyteSyncOperator],
    held_back: Sequence[tuple[str, str]],
    *,
    first: Sequence[str],
    trigger_rule: str | None,
) -> None:
    """Let each second sync begin when the first has ended, in whatever way, and tell outside what became of both."""
    taken = [str(task.label) for task in syncs.values()]
    wanted = ["begin", "synced", *(f"after_{syncs[name].label}" for name, _ in held_back)]
    begin_id, synced_id, *after_ids = told_apart([*taken, *wanted])[len(taken) :]
    begin, synced = _empty(begin_id, trigger_rule or "all_success"), _empty(synced_id, "all_success")
    begin.set_downstream([syncs[name] for name in first])
    for task_id, (one, other) in zip(after_ids, held_back, strict=True):
        ended = _empty(task_id, "all_done")
        syncs[one].set_downstream([ended, synced])
        ended.set_downstream(syncs[other])


def _empty(task_id: str, trigger_rule: str) -> Any:  # noqa: ANN401 -- an operator that does nothing
    return _empty_operator()(task_id=task_id, trigger_rule=trigger_rule)


def _empty_operator() -> Any:  # noqa: ANN401 -- one class in two places
    try:
        return import_module("airflow.providers.standard.operators.empty").EmptyOperator
    except ImportError:  # Airflow 2.11 without the standard provider
        return import_module("airflow.operators.empty").EmptyOperator


def _task_ids(names: Sequence[str]) -> dict[str, str]:
    """Return a task id for each connection: its name in the letters that Airflow takes, told apart by a number."""
    plain = (_NOT_IN_AN_ID.sub("_", name).strip("_")[:_LONGEST_ID] or "connection" for name in names)
    return dict(zip(names, told_apart(plain), strict=True))
