"""What may stand in a config file: one class per section, one field per key.

A key that is absent or empty was not given: nothing here has a default of its own. Values are taken as what they are, a
text that looks like a number is a text.
"""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from taskflow_profilemesh.config.dag_sections import Airbyte, Execution, Retry
from taskflow_profilemesh.config.drift_sections import DriftDetection
from taskflow_profilemesh.config.hook_sections import Hooks
from taskflow_profilemesh.config.options import ENVIRONMENT, is_environment
from taskflow_profilemesh.config.profiling_section import Incremental, Profiling, check_patterns, one_cursor
from taskflow_profilemesh.config.schema_section import SchemaChange
from taskflow_profilemesh.config.section import Section, Text, empty_or
from taskflow_profilemesh.config.source_section import Source
from taskflow_profilemesh.config.storage_section import Storage


def _environment(value: object) -> object:
    if value is not None and not (isinstance(value, str) and is_environment(value)):
        kind, message = "environment_type", f"Input should be {ENVIRONMENT}"
        raise PydanticCustomError(kind, message)
    return value


Environment = Annotated[str, BeforeValidator(_environment)]


class Config(Section):
    """A whole config file."""

    environment: Environment | None = None
    source: Annotated[Source, empty_or(Source)] = Source()
    storage: Annotated[Storage, empty_or(Storage)] = Storage()
    profiling: Annotated[Profiling, empty_or(Profiling)] = Profiling()
    incremental: Annotated[
        Incremental, BeforeValidator(one_cursor, json_schema_input_type=Incremental | Text | None)
    ] = Incremental()
    drift_detection: Annotated[DriftDetection, empty_or(DriftDetection)] = DriftDetection()
    schema_change: Annotated[SchemaChange, empty_or(SchemaChange)] = SchemaChange()
    hooks: Annotated[Hooks | None, Field(repr=False)] = None
    airbyte: Annotated[Airbyte, empty_or(Airbyte)] = Airbyte()
    execution: Annotated[Execution, empty_or(Execution)] = Execution()
    retry: Annotated[Retry, empty_or(Retry)] = Retry()

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Self:
        check_patterns(self.profiling, self.incremental)
        return self
