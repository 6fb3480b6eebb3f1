"""From `config=` to the options that it gives: find the file, read it, fill in variables, check it."""

from __future__ import annotations

from collections.abc import Mapping
from os import PathLike
from pathlib import Path

from pydantic import ValidationError

from taskflow_profilemesh.config.complaints import complaint
from taskflow_profilemesh.config.document import Document
from taskflow_profilemesh.config.options import Said
from taskflow_profilemesh.config.sections import Config
from taskflow_profilemesh.config.variables import fill_in
from taskflow_profilemesh.config.yaml_document import read_yaml
from taskflow_profilemesh.errors import InvalidOption

EXPECTED = "the path of a YAML file, or a mapping of its sections"


def read_config(config: object, *, environ: Mapping[str, str], folder: Path) -> Said:
    """Return the options that a config gives: the path of a YAML file, or a mapping with the same sections.

    `folder`: what a relative path starts from. Raises `InvalidConfig` naming the file, the line and the key, and
    `InvalidOption` for what is neither a path nor a mapping.
    """
    document = _opened(config, folder)
    data = fill_in(document, environ)
    try:
        checked = Config.model_validate({} if data is None else data)
    except ValidationError as error:
        raise complaint(document, error, Config) from error
    return _said(checked)


def _opened(config: object, folder: Path) -> Document:
    if isinstance(config, Mapping):
        return Document(data=config)
    if isinstance(config, str | PathLike) and str(config).strip():
        return read_yaml(folder / Path(config).expanduser())
    raise InvalidOption(option="config", got=type(config).__name__, expected=EXPECTED)


def _said(config: Config) -> Said:
    tables = config.profiling.tables
    return Said(
        tables=None if tables is None else tuple(table.request() for table in tables),
        conn_id=config.source.conn_id,
        store=config.storage.store,
        on_drift=config.drift_detection.on_drift,
        drift_severity=config.drift_detection.drift_severity,
        thresholds=config.drift_detection.thresholds.given(),
        fail_on_error=config.profiling.fail_on_error,
        max_rows=config.profiling.max_rows,
        memory_budget_bytes=config.profiling.memory_budget_bytes,
        statement_timeout_seconds=config.profiling.statement_timeout_seconds,
    )
