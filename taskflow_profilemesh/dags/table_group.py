"""`create_profiling_task_group`: one task for each table, so that tables are profiled, retried and seen one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Unpack

    from airflow.providers.common.compat.sdk import TaskGroup

    from taskflow_profilemesh.dags.options import GroupedTableOptions
    from taskflow_profilemesh.tables import TableRequest

_OF_EACH_TABLE = frozenset(  # options of every task that say something of a table's, and nothing of one that lists them
    {"outlets", "inlets", "max_active_tis_per_dag", "max_active_tis_per_dagrun"}
    | {"map_index_template", "doc_md", "task_display_name"}
)
_TABLE_NAME = "{{ task.table if task.table is string else task.table['table'] }}"


def create_profiling_task_group(
    tables: object = None, *, group_id: str = "profile_tables", **options: Unpack[GroupedTableOptions]
) -> TaskGroup:
    """Make a group with one `ProfileMeshTableOperator` for each table, and return it.

    Tables that are named here have a task each, called after them. Where they are known only when the group runs (the
    result of another task, a sync's for instance, a template, a pattern, or `tables=None` with a config), a first task,
    `choose`, lists them, and `table` is mapped over the list: at most Airflow's `core.max_map_length` (1,024).

    `options` are those of every task of the group. With `max_active_tis_per_dag` (or `…_per_dagrun`) so many tables are
    profiled at a time: Airflow counts by task, so the group is then the one mapped task `table`, whatever the tables.
    """
    return group_of(tables, group_id, dict(options))


def group_of(tables: object, group_id: str, options: dict[str, Any]) -> TaskGroup:
    """Make the group; see `create_profiling_task_group`."""
    from airflow.providers.common.compat.sdk import TaskGroup

    from taskflow_profilemesh.operators.table import ProfileMeshTableOperator

    named = _named(tables, options)
    is_limited = options.get("max_active_tis_per_dag") or options.get("max_active_tis_per_dagrun")
    with TaskGroup(group_id=group_id) as group:
        if named is None:  # a rule for the group is about what comes before it: `choose` heeds it
            inside = {name: value for name, value in options.items() if name != "trigger_rule"}
            _mapped(_choice(tables, options), inside)
        elif is_limited:
            _mapped([_told(request) for request in named], options)
        else:
            for task_id, request in zip(_ids(named), named, strict=True):
                shared = {"task_id": task_id, "task_display_name": str(request.table)} | options
                ProfileMeshTableOperator(table=_told(request), **shared)
    return group


def _named(tables: object, options: dict[str, Any]) -> Sequence[TableRequest] | None:
    """Return the tables where all of them are known by name now; raises `InvalidOption` for wrong ones."""
    from taskflow_profilemesh.errors import InvalidOption
    from taskflow_profilemesh.operators.rendered import is_settled
    from taskflow_profilemesh.table_requests import table_requests
    from taskflow_profilemesh.tables import TableRequest

    if tables is None and not any(options.get(name) for name in ("config", "config_path", "config_variable")):
        raise InvalidOption(option="tables", got="None", expected="tables, or a config that names them")
    if tables is None or not is_settled(tables):
        return None
    requests = table_requests(tables)
    named = [one for one in requests if isinstance(one, TableRequest)]
    return named if len(named) == len(requests) else None


def _told(request: TableRequest) -> Any:  # noqa: ANN401 -- a name, or plain JSON
    """Return the table's name where nothing else is said of it."""
    from taskflow_profilemesh.table_requests import as_mapping

    told = as_mapping(request)
    return told["table"] if len(told) == 1 else told


def _ids(requests: Sequence[TableRequest]) -> list[str]:
    from taskflow_profilemesh.dags.names import ids_of

    return ids_of(str(request.table) for request in requests)


def _choice(tables: object, options: dict[str, Any]) -> Any:  # noqa: ANN401 -- Airflow's XComArg
    """Return the list of a task that lists the tables; what is said of profiling alone is no business of its."""
    from taskflow_profilemesh.dags.options import GroupedTableOptions
    from taskflow_profilemesh.decorators.options import SourceOptions
    from taskflow_profilemesh.operators.choose import ChooseTablesOperator

    of_profiling = (GroupedTableOptions.__optional_keys__ - SourceOptions.__optional_keys__) | _OF_EACH_TABLE
    shared = {name: value for name, value in options.items() if name not in of_profiling}
    return ChooseTablesOperator(task_id="choose", tables=tables, **shared).output


def _mapped(tables: Any, options: dict[str, Any]) -> None:  # noqa: ANN401 -- Airflow's XComArg, or a list
    from taskflow_profilemesh.operators.table import ProfileMeshTableOperator

    shared = {"map_index_template": _TABLE_NAME} | options
    ProfileMeshTableOperator.partial(task_id="table", **shared).expand(table=tables)
