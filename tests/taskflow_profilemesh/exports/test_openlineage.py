from __future__ import annotations

import json
from typing import Any

import pytest

from taskflow_profilemesh.events.dataset_names import DatasetName
from taskflow_profilemesh.exports.openlineage import openlineage_event, openlineage_json
from tests.taskflow_profilemesh.exports.orders import stored


def _facets() -> dict[str, Any]:
    facets: dict[str, Any] = openlineage_event(stored())["dataset"]["facets"]
    return facets


def test_the_event_names_the_table_and_its_columns() -> None:
    event = json.loads(openlineage_json(stored()))
    assert event["eventTime"] == "2026-01-02T03:04:05+00:00"
    assert (event["dataset"]["namespace"], event["dataset"]["name"]) == ("warehouse", "shop.orders")
    assert _facets()["schema"]["fields"][:2] == [{"name": "id", "type": "bigint"}, {"name": "status", "type": "text"}]


def test_the_event_has_the_numbers_of_the_columns() -> None:
    metrics = _facets()["dataQualityMetrics"]
    assert metrics["rowCount"] == 200
    assert metrics["columnMetrics"]["quantity"] == {
        "nullCount": 0,
        "distinctCount": 2,
        "count": 200,
        "sum": 600.0,
        "min": 2,
        "max": 4,
        "quantiles": {"0.1": 2.0, "0.25": 2.0, "0.5": 2.0, "0.75": 4.0, "0.9": 4.0},
    }
    assert metrics["columnMetrics"]["email"] == {"nullCount": 0, "distinctCount": 1, "count": 200, "quantiles": {}}


def test_lineage_may_call_the_table_otherwise() -> None:
    named = openlineage_event(stored(), dataset=DatasetName("postgres://db:5432", "shop.shop.orders"))["dataset"]
    assert (named["namespace"], named["name"]) == ("postgres://db:5432", "shop.shop.orders")


def test_the_client_of_openlineage_would_write_the_same() -> None:
    """Its own classes, filled with the facets, serialised by it: field names, and the addresses of the schemas."""
    pytest.importorskip("openlineage.client")
    from openlineage.client.event_v2 import DatasetEvent, StaticDataset
    from openlineage.client.facet_v2 import data_quality_metrics_dataset, schema_dataset
    from openlineage.client.serde import Serde

    event = openlineage_event(stored())
    schema, metrics = _facets()["schema"], _facets()["dataQualityMetrics"]
    producer = event["producer"]
    theirs = DatasetEvent(
        eventTime=event["eventTime"],
        producer=producer,
        dataset=StaticDataset(
            namespace="warehouse",
            name="shop.orders",
            facets={
                "schema": schema_dataset.SchemaDatasetFacet(
                    fields=[schema_dataset.SchemaDatasetFacetFields(**field) for field in schema["fields"]],
                    producer=producer,
                ),
                "dataQualityMetrics": data_quality_metrics_dataset.DataQualityMetricsDatasetFacet(
                    rowCount=metrics["rowCount"],
                    columnMetrics={
                        name: data_quality_metrics_dataset.ColumnMetrics(**column)
                        for name, column in metrics["columnMetrics"].items()
                    },
                    producer=producer,
                ),
            },
        ),
    )
    assert _filled(Serde.to_dict(theirs)) == _filled(event)


def _filled(value: Any) -> Any:
    """Leave out what is empty, which the client writes in one place and not in another."""
    if isinstance(value, dict):
        return {name: _filled(item) for name, item in value.items() if item not in (None, {}, [])}
    return [_filled(item) for item in value] if isinstance(value, list) else value
