"""From `config=` to the options that it gives: find the file, read it, fill in variables, check it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ValidationError

from taskflow_profilemesh.config.complaints import complaint
from taskflow_profilemesh.config.dag_options import dag_options_of
from taskflow_profilemesh.config.document import Document
from taskflow_profilemesh.config.environment import overridden
from taskflow_profilemesh.config.named_files import expectations_file
from taskflow_profilemesh.config.options import Said
from taskflow_profilemesh.config.profiling_section import rules_of
from taskflow_profilemesh.config.sections import Config
from taskflow_profilemesh.config.variables import fill_in
from taskflow_profilemesh.config.yaml_document import read_yaml, read_yaml_text
from taskflow_profilemesh.errors import InvalidOption

if TYPE_CHECKING:
    from taskflow_profilemesh.config.dag_options import DagOptions
    from taskflow_profilemesh.config.variables import Lookup

EXPECTED = "the path of a YAML file, or a mapping of its sections"


@dataclass(frozen=True, slots=True)
class ConfigText:
    """The YAML (or JSON) text of a config that is kept elsewhere than in a file, and what that is called."""

    text: str = field(repr=False)
    name: str


def read_config(config: object, *, environ: Mapping[str, str], folder: Path, variables: Lookup | None = None) -> Said:
    """Return the options that a config gives: the path of a YAML file, its text, or a mapping with the same sections.

    None is a config that says nothing. What the environment says in `PROFILEMESH_…` goes before it. `folder`: what a
    relative path starts from; one inside a file starts from the file's own folder. `variables` looks up Airflow
    Variables. Raises `InvalidConfig` naming the file, the line and the key (or the variable of the environment), and
    `InvalidOption` for what is none of these.
    """
    document = _opened({} if config is None else config, folder)
    filled = overridden(replace(document, data=fill_in(document, environ, variables=variables)), environ, Config)
    checked = _checked(filled, document.data)
    return _said(checked, expectations=expectations_file(checked, filled, _place(config, folder)))


def read_dag_options(config: object, *, environ: Mapping[str, str], folder: Path) -> DagOptions:
    """Return what a config says of its DAG; the whole of it is checked. Raises as `read_config` does.

    A variable of the environment that is not set is no error yet: whoever parses DAG files need not know the secrets of
    the tasks.
    """
    document = _opened(config, folder)
    filled = overridden(replace(document, data=fill_in(document, environ, may_be_unset=True)), environ, Config)
    checked = _checked(filled, document.data)
    expectations_file(checked, filled, _place(config, folder))
    if not checked.profiling.tables and not checked.airbyte.connections:
        expected = "tables here, or airbyte.connections, whose tables are profiled"
        raise document.complaint(("profiling", "tables"), got="no table", expected=expected)
    return dag_options_of(checked)


def _checked(document: Document, written: object) -> Config:
    try:
        return Config.model_validate({} if document.data is None else document.data)
    except ValidationError as error:
        raise complaint(document, error, Config, written=written) from error


def _opened(config: object, folder: Path) -> Document:
    if isinstance(config, Mapping):
        return Document(data=config)
    if isinstance(config, ConfigText):
        return read_yaml_text(config.text, name=config.name)
    if isinstance(config, str | PathLike) and str(config).strip():
        return read_yaml(folder / Path(config).expanduser())
    raise InvalidOption(option="config", got=type(config).__name__, expected=EXPECTED)


def _place(config: object, folder: Path) -> Path:
    """Return where relative paths inside a config start from: the folder of its file, where it has one."""
    return (folder / Path(config).expanduser()).parent if isinstance(config, str | PathLike) else folder


def _said(config: Config, *, expectations: Path | None) -> Said:
    tables = config.profiling.tables
    drift = config.drift_detection.drift()
    if expectations is not None:
        drift["expectations"] = str(expectations)
    if schema_change := config.schema_change.given():
        drift["schema_change"] = schema_change
    return Said(
        tables=None if tables is None else tuple(table.request() for table in tables),
        conn_id=config.source.named(),
        store=config.storage.named(),
        storage=config.storage.settings(),
        on_drift=config.drift_detection.on_drift,
        drift_severity=config.drift_detection.drift_severity,
        thresholds=config.drift_detection.thresholds.given(),
        drift=drift,
        fail_on_error=config.profiling.fail_on_error,
        incremental=config.incremental.column or config.profiling.incremental,
        max_rows=config.profiling.max_rows,
        memory_budget_bytes=config.profiling.memory_budget_bytes,
        statement_timeout_seconds=config.profiling.statement_timeout_seconds,
        privacy=config.profiling.privacy.given(),
        environment=config.environment,
        source_type=config.source.type,
        source_url=config.source.address(),
        rules=rules_of(config.profiling, config.incremental) or None,
        event_hooks=None if config.hooks is None else tuple(hook.given() for hook in config.hooks),
    )
