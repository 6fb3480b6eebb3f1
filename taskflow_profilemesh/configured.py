"""What options describe, made: the pipeline between a source and a store; and whether the source is the one meant.

The one place that reads options for a pipeline, for tasks and for the command line: an option that is left out here is
left out everywhere, and noticed. No Airflow is needed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from taskflow_profilemesh.clock import SystemClock
from taskflow_profilemesh.comparison import drift_settings
from taskflow_profilemesh.drift import Severity, Thresholds
from taskflow_profilemesh.drift.gate import Gate, OnDrift
from taskflow_profilemesh.errors import InvalidOption
from taskflow_profilemesh.events.hooks import emit_profiling_event, hooks_named
from taskflow_profilemesh.pipeline import Pipeline
from taskflow_profilemesh.profiling.privacy import Privacy
from taskflow_profilemesh.reading.dialect import Dialect

if TYPE_CHECKING:
    from taskflow_profilemesh.config import ProfileOptions
    from taskflow_profilemesh.events.hooks import OpenWebhook
    from taskflow_profilemesh.pipeline import Source
    from taskflow_profilemesh.storage import ProfileStore

_SAME: Final = {"postgres": Dialect.POSTGRESQL, "mariadb": Dialect.MYSQL}


def pipeline_of(
    options: ProfileOptions, source: Source, store: ProfileStore, *, webhook: OpenWebhook | None = None
) -> Pipeline:
    """Return the pipeline between the two; raises `InvalidOption` and `InvalidConfig` before anything is read.

    `webhook` makes a hook of what the options say of one; None: there are none here.
    """
    hooks = hooks_named(options.event_hooks, store, webhook=webhook)
    return Pipeline(
        source=source,
        store=store,
        clock=SystemClock(),
        gate=gate_of(options),
        thresholds=Thresholds.from_mapping(options.thresholds),
        privacy=Privacy.from_mapping(options.privacy),
        emit=lambda event: emit_profiling_event(event, hooks),
        drift=drift_settings(options.drift),
    )


def gate_of(options: ProfileOptions) -> Gate:
    """Return the gate that the options `on_drift` and `drift_severity` describe."""
    return Gate(OnDrift(options.on_drift), Severity(options.drift_severity))


def check_source(options: ProfileOptions, dialect: Dialect) -> None:
    """Raise `InvalidOption` where the config says another type of database than the connection has."""
    said = options.source_type
    if said is not None and _SAME.get(said, said) != dialect:
        expected = f"{said}, which the config says with source.type"
        raise InvalidOption(option="conn_id", got=f"{options.conn_id} of type {dialect}", expected=expected)
