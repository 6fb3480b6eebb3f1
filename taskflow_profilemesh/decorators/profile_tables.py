"""`@profile_tables`: the function names tables, the task profiles them, stores the profiles and says what drifted.

`profile_tables` is the typed public name; `profile_tables_task` is what Airflow finds as `@task.profile_tables`; both
make the same operator.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Literal, ParamSpec, TypeVar, overload

from airflow.providers.common.compat.sdk import SET_DURING_EXECUTION, DecoratedOperator, task_decorator_factory

from taskflow_profilemesh.decorators.called import call_function, invalid_return
from taskflow_profilemesh.decorators.options import TaskOptions
from taskflow_profilemesh.operators.profile import ProfileMeshOperator

if TYPE_CHECKING:
    from typing import Unpack

    from airflow.providers.common.compat.sdk import Context, TaskDecorator
    from airflow.sdk.bases.decorator import Task

P = ParamSpec("P")
R = TypeVar("R")


class ProfileTablesOptions(TaskOptions, total=False):
    """The options of `@profile_tables`: Airflow's own, and those of `ProfileMeshOperator`."""

    tables: object
    conn_id: str
    store: str | None
    on_drift: Literal["record", "warn", "skip", "fail"]
    drift_severity: Literal["low", "medium", "high"]
    thresholds: Mapping[str, float] | None
    fail_on_error: bool


class _ProfileTables(DecoratedOperator, ProfileMeshOperator):  # type: ignore[misc] # Airflow declares the attributes twice
    """Asks the function which tables to profile, then does what the operator does."""

    template_fields: Sequence[str] = (*DecoratedOperator.template_fields, *ProfileMeshOperator.template_fields)
    template_fields_renderers: ClassVar[dict[str, str]] = {**DecoratedOperator.template_fields_renderers}
    custom_operator_name: str = "@task.profile_tables"

    def __init__(
        self,
        *,
        python_callable: Callable[..., Any],
        op_args: Sequence[Any] | None = None,
        op_kwargs: Mapping[str, Any] | None = None,
        tables: object = SET_DURING_EXECUTION,
        **kwargs: Any,  # noqa: ANN401 -- passed on to the operator, which declares each of them
    ) -> None:
        super().__init__(python_callable=python_callable, op_args=op_args, op_kwargs=op_kwargs, tables=tables, **kwargs)

    def execute(self, context: Context) -> Any:  # noqa: ANN401 -- Airflow's signature
        """Call the function, take the tables that it named, and profile them."""
        self.tables = self._named(call_function(self, context))
        return super().execute(context)

    def _named(self, returned: object) -> object:
        """Return the tables as requests; the function's word goes before the decorator's own `tables=`."""
        from taskflow_profilemesh.errors import InvalidOption
        from taskflow_profilemesh.table_requests import EXPECTED, table_requests

        named = self.tables if returned is None else returned
        try:
            return table_requests(named)
        except InvalidOption as error:
            if error.option != "tables" or error.known:
                raise
            expected = f"{EXPECTED}, or None with tables= on the decorator"
            raise invalid_return(self, returned, expected=expected) from error


def profile_tables_task(python_callable: Callable[..., Any] | None = None, **kwargs: Any) -> TaskDecorator:  # noqa: ANN401 -- Airflow's shape of a decorator factory
    """Make the decorator that Airflow registers as `@task.profile_tables`."""
    return task_decorator_factory(python_callable=python_callable, decorated_operator_class=_ProfileTables, **kwargs)


@overload
def profile_tables(python_callable: Callable[P, R], /) -> Task[P, R]: ...
@overload
def profile_tables(**options: Unpack[ProfileTablesOptions]) -> Callable[[Callable[P, R]], Task[P, R]]: ...
def profile_tables(python_callable: Callable[..., Any] | None = None, /, **options: Any) -> Any:
    """Profile the tables that the decorated function names, and return the result as plain JSON values.

    The function returns a table's name, a `TableRef`, a mapping with `table`, a list of those, the result of an
    `@airbyte_sync` task, which stands for the tables that the sync wrote, or None where `tables=` is given here.
    Options: those of `ProfileMeshOperator`, and whatever any Airflow task takes. Raises `InvalidReturn` (a `TypeError`)
    for anything else that is returned.
    """
    return profile_tables_task(python_callable, **options)
