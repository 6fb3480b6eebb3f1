"""`profile_table_group`: one large table profiled by as many workers as it has partitions, as a group of tasks."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, Literal, cast

from airflow.providers.common.compat.sdk import TaskGroup

if TYPE_CHECKING:
    from typing import Unpack

    from airflow.providers.common.compat.sdk import BaseOperator, XComArg

    from taskflow_profilemesh.decorators.options import TableGroupOptions
    from taskflow_profilemesh.tables import TableRef

_MERGE: Final = "merge"
_LONGEST_NAME: Final = 100
_OF_ENDS: Final = ("outlets", "trigger_rule")  # options that are the last task's, and the first one's


class ProfileTableGroup(TaskGroup):
    """The tasks of `profile_table_group`; put others before or after it as with any group."""

    @property
    def output(self) -> XComArg:
        """The result of the profile, for a task that takes it."""
        merge = self.children[self.child_id(_MERGE)]  # type: ignore[no-untyped-call] # Airflow's
        return cast("BaseOperator", merge).output


def profile_table_group(
    table: str | TableRef | Mapping[str, Any] | XComArg,
    /,
    *,
    partitions: int = 8,
    on_change: Literal["fail", "reread", "record"] = "fail",
    group_id: str | None = None,
    **options: Unpack[TableGroupOptions],
) -> ProfileTableGroup:
    """Profile one table on many workers: `plan` its ranges, `profile_range` each share of them, `merge` the states.

    `table`: its name, a `TableRef`, or a mapping with `table` and any of `columns`, `exclude_columns`, `where` and
    `partition`. `partitions`: how many mapped tasks share its ranges (1 to 256); a table that cannot be cut is one.
    `on_change`: what is done where rows changed between the first range and the last: `fail` (nothing is stored),
    `reread` (the last task reads the table once more by itself) or `record` (the states are merged all the same, and
    the result's `plan` says so). `group_id`: `profile_` and the table's name, unless given.

    Further options are those of `@profile_tables`, as far as they are about one table that is read whole, and whatever
    any task takes (`queue`, `pool`, `retries`, …), for each of the three; but `trigger_rule` is about what comes before
    the group, and `outlets` are updated once, when the profile is there. The workers need a store that all of them
    reach: a file is refused with a distributed executor. `.output` of the group is the result, as `@profile_tables`
    returns it.
    """
    from taskflow_profilemesh.operators.table_group import (
        MergeTableOperator,
        PlanTableOperator,
        ProfileRangeOperator,
        check_dry_run,
        check_on_change,
        check_partitions,
    )

    check_partitions(partitions)
    check_on_change(on_change)
    check_dry_run(options.get("dry_run"))
    group = ProfileTableGroup(group_id=group_id or _name(table))
    begins, works, ends = (_without(options, *names) for names in (("outlets",), _OF_ENDS, ("trigger_rule",)))
    with group:
        planned = PlanTableOperator(task_id="plan", tables=table, partitions=partitions, **begins).output
        ranges = ProfileRangeOperator.partial(task_id="profile_range", tables=table, **works).expand(share=planned)
        merge = MergeTableOperator(task_id=_MERGE, tables=table, shares=planned, on_change=on_change, **ends)
        ranges >> merge
    return group


def _without(options: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in options.items() if name not in names}


def _name(table: object) -> str:
    """Return a group's id for a table; one without the table's name where only a running task knows it."""
    named = table.get("table", "table") if isinstance(table, Mapping) else table
    text = re.sub(r"\W+", "_", str(named)).strip("_") if type(named).__name__ in ("str", "TableRef") else "table"
    return f"profile_{text[:_LONGEST_NAME] or 'table'}"
