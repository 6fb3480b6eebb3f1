"""The operator under `@airbyte_sync`: it asks the function what to sync, then does what `AirbyteSyncOperator` does.

It stands apart from the decorator so that importing the decorator costs nothing; this is loaded at its first use.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from airflow.providers.common.compat.sdk import SET_DURING_EXECUTION, DecoratedOperator

from taskflow_profilemesh.decorators.called import call_function, invalid_return
from taskflow_profilemesh.operators.airbyte import AirbyteSyncOperator

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from airflow.providers.common.compat.sdk import Context

    from taskflow_profilemesh.airbyte.spec import SyncSpec

_EXPECTED = "a connection's name or id, a SyncSpec, a mapping of its options, or None with connection= on the decorator"


class DecoratedAirbyteSync(DecoratedOperator, AirbyteSyncOperator):
    """A task whose function says what to sync; `connection` may be given on the decorator instead."""

    template_fields: Sequence[str] = (*DecoratedOperator.template_fields, *AirbyteSyncOperator.template_fields)
    template_fields_renderers: ClassVar[dict[str, str]] = {**DecoratedOperator.template_fields_renderers}
    custom_operator_name: str = "@task.airbyte_sync"

    def __init__(
        self,
        *,
        python_callable: Callable[..., Any],
        op_args: Sequence[Any] | None = None,
        op_kwargs: Mapping[str, Any] | None = None,
        connection: Any = None,  # noqa: ANN401 -- a text, or None where the function names it
        connection_id: Any = None,  # noqa: ANN401 -- the same, as the Airbyte provider's operator calls it
        **kwargs: Any,  # noqa: ANN401 -- the options of the operator, which declares each of them
    ) -> None:
        """Keep the function and its arguments; the options are those of `AirbyteSyncOperator`."""
        named = connection is not None or connection_id is not None
        super().__init__(
            python_callable=python_callable,
            op_args=op_args,
            op_kwargs=op_kwargs,
            connection=connection if named else SET_DURING_EXECUTION,
            connection_id=connection_id,
            **kwargs,
        )

    def execute(self, context: Context) -> Any:  # noqa: ANN401 -- Airflow's signature
        """Call the function, take what it returned, and sync; raises `InvalidReturn` before anything is started."""
        self.take(self._wanted(call_function(self, context)))
        return super().execute(context)

    def _wanted(self, returned: object) -> SyncSpec | Mapping[str, Any] | str:
        from taskflow_profilemesh.airbyte.spec import SyncSpec

        wanted = self._named_elsewhere() if returned is None else returned
        if isinstance(wanted, SyncSpec | Mapping) or (isinstance(wanted, str) and wanted.strip()):
            return wanted
        raise invalid_return(self, returned, expected=_EXPECTED)

    def _named_elsewhere(self) -> str | None:
        """Return the connection that the decorator names, or the settings do where it names none."""
        from taskflow_profilemesh.hooks.airbyte import AirbyteHook

        given: object = self.connection
        return given if isinstance(given, str) else AirbyteHook(self.conn_id).default_connection()
