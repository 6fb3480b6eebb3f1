"""OpenLineage's event of a dataset (spec 2-0-2): its schema, and the metrics that `events.openlineage` tells.

No run and no job are told: a profile is what is known of a table.
"""

from __future__ import annotations

import json
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Final

from taskflow_profilemesh.events.dataset_names import DatasetName
from taskflow_profilemesh.events.openlineage import profiled_dataset

if TYPE_CHECKING:
    from taskflow_profilemesh.events.openlineage import ColumnMetrics, ProfiledDataset
    from taskflow_profilemesh.storage import StoredProfile

PRODUCER: Final = "pkg:pypi/taskflow-profilemesh"
_EVENT: Final = "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/DatasetEvent"
_FACETS: Final = "https://openlineage.io/spec/facets"
_SCHEMA: Final = f"{_FACETS}/1-2-0/SchemaDatasetFacet.json#/$defs/SchemaDatasetFacet"
_METRICS: Final = f"{_FACETS}/1-0-1/DataQualityMetricsDatasetFacet.json#/$defs/DataQualityMetricsDatasetFacet"


def openlineage_event(stored: StoredProfile, *, dataset: DatasetName | None = None) -> dict[str, Any]:
    """Return the event; `dataset` is what lineage calls the table: the source's name and the table's by default."""
    named = dataset or DatasetName(stored.source, str(stored.table))
    told = profiled_dataset(named, stored.profile, None)
    return {
        "eventTime": stored.profiled_at.isoformat(),
        "producer": _producer(),
        "schemaURL": _EVENT,
        "dataset": {
            "namespace": told.dataset.namespace,
            "name": told.dataset.name,
            "facets": {"schema": _schema(told), "dataQualityMetrics": _metrics(told)},
        },
    }


def openlineage_json(stored: StoredProfile, *, dataset: DatasetName | None = None) -> str:
    """Return the event as JSON."""
    event = openlineage_event(stored, dataset=dataset)
    return json.dumps(event, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _schema(told: ProfiledDataset) -> dict[str, Any]:
    fields = [
        _known(name=column.name, type=column.declared_type, description=column.comment) for column in told.declared
    ]
    return _facet(_SCHEMA) | {"fields": fields}


def _metrics(told: ProfiledDataset) -> dict[str, Any]:
    columns = {name: _column(column) for name, column in told.columns.items()}
    return _facet(_METRICS) | _known(rowCount=told.row_count, bytes=told.size_bytes) | {"columnMetrics": columns}


def _column(column: ColumnMetrics) -> dict[str, Any]:
    metrics = _known(
        nullCount=column.null_count,
        distinctCount=column.distinct_count,
        count=column.count,
        sum=column.total,
        min=column.minimum,
        max=column.maximum,
    )
    return metrics | {"quantiles": {str(share): value for share, value in column.quantiles.items()}}


def _facet(schema: str) -> dict[str, Any]:
    return {"_producer": _producer(), "_schemaURL": schema}


def _producer() -> str:
    return f"{PRODUCER}/{version('taskflow-profilemesh')}"


def _known(**values: object) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}
