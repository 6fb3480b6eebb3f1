"""The operator under `@profile_tables`: it asks the function for tables, then does what `ProfileMeshOperator` does.

It stands apart from the decorator so that importing the decorator costs nothing; this is loaded at its first use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from airflow.providers.common.compat.sdk import SET_DURING_EXECUTION, DecoratedOperator

from taskflow_profilemesh.decorators.called import call_function, invalid_return
from taskflow_profilemesh.operators.profile import ProfileMeshOperator

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from airflow.providers.common.compat.sdk import Context

    from taskflow_profilemesh.table_selection import Wanted


class DecoratedProfileTables(DecoratedOperator, ProfileMeshOperator):
    """A task whose function names the tables; `tables` or `config` may be given on the decorator instead."""

    template_fields: Sequence[str] = (*DecoratedOperator.template_fields, *ProfileMeshOperator.template_fields)
    template_fields_renderers: ClassVar[dict[str, str]] = {**DecoratedOperator.template_fields_renderers}
    custom_operator_name: str = "@task.profile_tables"

    def __init__(
        self,
        *,
        python_callable: Callable[..., Any],
        op_args: Sequence[Any] | None = None,
        op_kwargs: Mapping[str, Any] | None = None,
        tables: Any = SET_DURING_EXECUTION,  # noqa: ANN401 -- tables, or Airflow's sentinel for what comes later
        **kwargs: Any,  # noqa: ANN401 -- the options of the operator, which declares each of them
    ) -> None:
        """Keep the function and its arguments; the options are those of `ProfileMeshOperator`."""
        super().__init__(python_callable=python_callable, op_args=op_args, op_kwargs=op_kwargs, tables=tables, **kwargs)

    def execute(self, context: Context) -> Any:  # noqa: ANN401 -- Airflow's signature
        """Call the function, take the tables that it named, and profile them."""
        self.tables = self._named(call_function(self, context))
        self.table_patterns = None  # which are among them, unless the function named others
        return super().execute(context)

    def _named(self, returned: object) -> tuple[Wanted, ...] | None:
        """Return the tables as requests: the function's word, else the decorator's own.

        None where neither names any and there is a config, which may.
        """
        from taskflow_profilemesh.table_requests import EXPECTED, NoTable, table_requests

        try:
            if returned is not None:
                return table_requests(returned)
            if self.tables is SET_DURING_EXECUTION:
                self.tables = None
            own = self.wanted()
            return own if own is not None or self.has_config else table_requests(None)
        except NoTable as error:
            expected = f"{EXPECTED}, or None with tables= or config= on the decorator"
            raise invalid_return(self, returned, expected=expected) from error
