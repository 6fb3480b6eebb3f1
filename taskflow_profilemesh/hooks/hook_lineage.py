"""Tells Airflow's own collector which tables a hook read, as the hooks of its providers do.

A task of any kind that calls the hook then has them as inputs, by name: the collector takes assets, and OpenLineage's
provider makes datasets of those whose database's provider is installed. It has no place for numbers and drift, which
the operators tell (`lineage/facets.py`). Lineage never fails a task: what goes wrong here is a line in its log.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from airflow.providers.common.compat.sdk import BaseHook

    from taskflow_profilemesh.outcome import RunOutcome
    from taskflow_profilemesh.reading import DatabaseAddress

log = logging.getLogger(__name__)


def tell_inputs(hook: BaseHook, outcome: RunOutcome, address: DatabaseAddress) -> None:
    """Tell the profiled tables; nothing outside a task, where nobody asks the collector."""
    from taskflow_profilemesh.events.assets import table_uri

    if not _is_in_task():
        return
    try:
        from airflow.providers.common.compat.lineage.hook import get_hook_lineage_collector

        collector = get_hook_lineage_collector()  # type: ignore[no-untyped-call] # Airflow's
        for table in outcome.profiled:
            collector.add_input_asset(hook, uri=table_uri(address, table.stored.table))
    except Exception:
        log.warning("Airflow's lineage will not hear of the tables that were profiled.", exc_info=True)


def _is_in_task() -> bool:
    from airflow.providers.common.compat.sdk import AirflowException, get_current_context

    try:
        get_current_context()
    except (AirflowException, RuntimeError):  # of 2.11, of 3
        return False
    return True
