"""From plain values to the classes of `openlineage.client`; called by the provider's listener, after the task.

The listener asks in a fork of the task's process. Nothing here or below may use Polars or another library with threads.
"""

from __future__ import annotations

import logging
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from airflow.providers.openlineage.extractors import OperatorLineage
    from openlineage.client.event_v2 import InputDataset, OutputDataset
    from openlineage.client.facet_v2 import (
        InputDatasetFacet,
        data_quality_assertions_dataset,
        data_quality_metrics_input_dataset,
    )

    from taskflow_profilemesh.events.openlineage import Assertion, ColumnMetrics, ProfiledDataset, SyncedDataset
    from taskflow_profilemesh.outcome import RunOutcome
    from taskflow_profilemesh.reading import DatabaseAddress

log = logging.getLogger(__name__)

_Kept = TypeVar("_Kept")


def profiled(outcome: RunOutcome, address: DatabaseAddress) -> tuple[ProfiledDataset, ...]:
    """Return what is to be kept of a run until the listener asks: names and numbers; nothing where nobody will."""
    from taskflow_profilemesh.events.dataset_names import table_dataset
    from taskflow_profilemesh.events.openlineage import profiled_dataset

    return _kept(
        lambda: tuple(
            profiled_dataset(table_dataset(address, table.stored.table), table.stored.profile, table.report)
            for table in outcome.profiled
        )
    )


def synced(result: dict[str, Any]) -> tuple[SyncedDataset, ...]:
    """Return what is to be kept of a SyncResult until the listener asks; nothing where nobody will."""
    from taskflow_profilemesh.events.openlineage import synced_datasets

    return _kept(lambda: synced_datasets(result))


def _kept(make: Callable[[], tuple[_Kept, ...]]) -> tuple[_Kept, ...]:
    if not is_installed():
        return ()
    try:
        return make()
    except Exception:
        log.warning("OpenLineage will not hear of this task's tables.", exc_info=True)
        return ()


def is_installed() -> bool:
    """Return whether Airflow's OpenLineage provider is there."""
    try:
        return find_spec("airflow.providers.openlineage") is not None
    except ModuleNotFoundError:
        return False


def operator_lineage(
    *, inputs: Iterable[ProfiledDataset] = (), outputs: Iterable[SyncedDataset] = ()
) -> OperatorLineage[Any, Any] | None:
    """Return what the provider's listener expects; None where the provider is not installed."""
    if not is_installed():
        return None
    from airflow.providers.openlineage.extractors import OperatorLineage

    return OperatorLineage(
        inputs=[_input(table) for table in inputs],
        outputs=[_output(table) for table in outputs],
    )


def _input(table: ProfiledDataset) -> InputDataset:
    from openlineage.client.event_v2 import InputDataset
    from openlineage.client.facet_v2 import data_quality_assertions_dataset, schema_dataset

    fields = [
        schema_dataset.SchemaDatasetFacetFields(name=column.name, type=column.declared_type, description=column.comment)
        for column in table.declared
    ]
    told: dict[str, InputDatasetFacet] = {"dataQualityMetrics": _metrics(table)}
    if table.assertions:
        told["dataQualityAssertions"] = data_quality_assertions_dataset.DataQualityAssertionsDatasetFacet(
            assertions=[_assertion(assertion) for assertion in table.assertions]
        )
    return InputDataset(
        namespace=table.dataset.namespace,
        name=table.dataset.name,
        facets={"schema": schema_dataset.SchemaDatasetFacet(fields=fields)},
        inputFacets=told,
    )


def _metrics(table: ProfiledDataset) -> data_quality_metrics_input_dataset.DataQualityMetricsInputDatasetFacet:
    from openlineage.client.facet_v2 import data_quality_metrics_input_dataset as facet

    return facet.DataQualityMetricsInputDatasetFacet(
        rowCount=table.row_count,
        bytes=table.size_bytes,
        columnMetrics={name: facet.ColumnMetrics(**_column(column)) for name, column in table.columns.items()},
    )


def _column(column: ColumnMetrics) -> dict[str, Any]:
    return {
        "nullCount": column.null_count,
        "distinctCount": column.distinct_count,
        "count": column.count,
        "sum": column.total,
        "min": column.minimum,
        "max": column.maximum,
        "quantiles": {str(share): value for share, value in column.quantiles.items()},
    }


def _assertion(assertion: Assertion) -> data_quality_assertions_dataset.Assertion:
    import attrs
    from openlineage.client.facet_v2 import data_quality_assertions_dataset as facet

    said: dict[str, Any] = {"assertion": assertion.assertion, "success": assertion.success, "column": assertion.column}
    if "severity" in attrs.fields_dict(facet.Assertion):  # older clients have no place for it
        said["severity"] = assertion.severity
    return facet.Assertion(**said)


def _output(table: SyncedDataset) -> OutputDataset:
    from openlineage.client.event_v2 import OutputDataset
    from openlineage.client.facet_v2 import documentation_dataset, output_statistics_output_dataset

    counts = output_statistics_output_dataset.OutputStatisticsOutputDatasetFacet(
        rowCount=table.row_count, size=table.size_bytes
    )
    return OutputDataset(
        namespace=table.dataset.namespace,
        name=table.dataset.name,
        facets={"documentation": documentation_dataset.DocumentationDatasetFacet(description=table.description)},
        outputFacets={"outputStatistics": counts},
    )
