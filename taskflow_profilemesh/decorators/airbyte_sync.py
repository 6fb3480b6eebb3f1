"""`@airbyte_sync`: the function names an Airbyte connection, the task syncs it once and returns what was synced.

`airbyte_sync` is the typed public name, `airbyte_sync_task` the factory that Airflow finds as `@task.airbyte_sync`;
both make the same operator, which is loaded when the first function is decorated.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, overload

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar, Unpack

    from airflow.providers.common.compat.sdk import TaskDecorator
    from airflow.sdk.bases.decorator import Task

    from taskflow_profilemesh.decorators.options import AirbyteSyncOptions

    R = TypeVar("R")


def airbyte_sync_task(python_callable: Callable[..., Any] | None = None, **kwargs: Any) -> TaskDecorator:  # noqa: ANN401 -- the shape of all of Airflow's decorator factories
    """Make the decorator that Airflow registers as `@task.airbyte_sync`."""
    from airflow.providers.common.compat.sdk import task_decorator_factory

    from taskflow_profilemesh.decorators.airbyte_sync_operator import DecoratedAirbyteSync

    return task_decorator_factory(python_callable, decorated_operator_class=DecoratedAirbyteSync, **kwargs)


@overload
def airbyte_sync(python_callable: Callable[..., R], /) -> Task[..., R]: ...
@overload
def airbyte_sync(**options: Unpack[AirbyteSyncOptions]) -> Callable[[Callable[..., R]], Task[..., R]]: ...
def airbyte_sync(python_callable: Callable[..., Any] | None = None, /, **options: Any) -> Any:
    """Sync the Airbyte connection that the decorated function names; the task returns a SyncResult as plain JSON.

    The function returns a connection's name or id, a `SyncSpec`, a mapping of its options, or None where `connection=`
    is given here; the options here apply where it says nothing. Further options: `conn_id` (an Airflow connection of
    type `airbyte`), `deferrable`, and whatever any task takes. Anything else that the function returns is an
    `InvalidReturn` (a `TypeError`), and nothing is started.
    """
    return airbyte_sync_task(python_callable, **options)
