"""`@profile_tables`: the function names tables, the task profiles them, stores the profiles and says what drifted.

`profile_tables` is the typed public name, `profile_tables_task` the factory that Airflow finds as
`@task.profile_tables`; both make the same operator, which is loaded when the first function is decorated.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, overload

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar, Unpack

    from airflow.providers.common.compat.sdk import TaskDecorator
    from airflow.sdk.bases.decorator import Task

    from taskflow_profilemesh.decorators.options import ProfileTablesOptions

    R = TypeVar("R")


def profile_tables_task(python_callable: Callable[..., Any] | None = None, **kwargs: Any) -> TaskDecorator:  # noqa: ANN401 -- Airflow's shape of a decorator factory
    """Make the decorator that Airflow registers as `@task.profile_tables`."""
    from airflow.providers.common.compat.sdk import task_decorator_factory

    from taskflow_profilemesh.decorators.profile_tables_operator import DecoratedProfileTables

    return task_decorator_factory(python_callable, decorated_operator_class=DecoratedProfileTables, **kwargs)


@overload
def profile_tables(python_callable: Callable[..., R], /) -> Task[..., R]: ...
@overload
def profile_tables(**options: Unpack[ProfileTablesOptions]) -> Callable[[Callable[..., R]], Task[..., R]]: ...
def profile_tables(python_callable: Callable[..., Any] | None = None, /, **options: Any) -> Any:
    """Profile the tables that the decorated function names; the task returns the result as plain JSON.

    The function returns a table's name, a `TableRef`, a mapping with `table`, a list of those, the result of an
    `@airbyte_sync` task, which stands for the tables that the sync wrote, or None where `tables=` or `config=` is given
    here. Further options: those of `ProfileMeshOperator`, and whatever any task takes. Anything else that the function
    returns is an `InvalidReturn` (a `TypeError`), and nothing is read or stored.
    """
    return profile_tables_task(python_callable, **options)
