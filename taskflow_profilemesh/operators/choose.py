"""The task that lists tables for others: each entry of what it returns is profiled by a mapped task of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from taskflow_profilemesh.operators.failures import airflow_failures
from taskflow_profilemesh.operators.profile import ProfileMeshOperator

if TYPE_CHECKING:
    from airflow.providers.common.compat.sdk import Context


class ChooseTablesOperator(ProfileMeshOperator):
    """Return the tables that the options and the config name, patterns expanded, as plain JSON mappings.

    The options are those of `ProfileMeshOperator`. The database is asked only where something is chosen by a pattern.
    Raises what `ProfileMeshOperator` would raise of tables that are named wrongly, or match nothing.
    """

    ui_color = "#eef6ee"
    operator_extra_links = ()

    def execute(self, context: Context) -> Any:  # noqa: ANN401, ARG002 -- Airflow's signature
        """List the tables."""
        from taskflow_profilemesh.table_requests import as_mapping, table_requests
        from taskflow_profilemesh.table_selection import expand

        with airflow_failures():
            options = self._options()
            wanted = table_requests(options.tables)
            with self._reading(options) as source:
                requests = expand(
                    wanted, tables=lambda unnamed: source.tables(unnamed_only=unnamed), source=source.name
                )
            self.log.info("%d to profile: %s", len(requests), ", ".join(str(one.table) for one in requests))
            return [as_mapping(request) for request in requests]
