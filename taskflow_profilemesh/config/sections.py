"""What may stand in a config file: one class per section, one field per key.

A key that is absent or empty was not given: nothing here has a default of its own. Values are taken as what they are, a
text that looks like a number is a text.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    WrapValidator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from taskflow_profilemesh.config.options import LEAST_MEMORY_BYTES
from taskflow_profilemesh.table_requests import table_requests

if TYPE_CHECKING:
    from pydantic import ValidatorFunctionWrapHandler

    from taskflow_profilemesh.table_selection import Wanted


def _listed(value: object) -> object:
    """Take one text, or one mapping, for a list of it."""
    return [value] if isinstance(value, str | Mapping) else value


def _table(value: object) -> object:
    """Take a name for the mapping that names a table, and complain in the words of both."""
    if isinstance(value, str):
        return {"table": value}
    if not isinstance(value, Mapping):
        kind, message = "table_type", "Input should be a table's name, or a mapping with 'table'"
        raise PydanticCustomError(kind, message)
    return value


def _section(value: object) -> object:
    """Take a section whose lines are all comments for an empty one."""
    return {} if value is None else value


def _size(value: object, handler: ValidatorFunctionWrapHandler) -> object:
    """Complain of a sample once, instead of once for each type that it might have had."""
    try:
        return handler(value)
    except ValidationError as error:
        kind, message = "sample_type", "Input should be a number of rows (≥ 1) or a share (0 to 1)"
        raise PydanticCustomError(kind, message) from error


Text = Annotated[str, StringConstraints(pattern=r"\S")]
Names = Annotated[list[Text], BeforeValidator(_listed)]
Sample = Annotated[int | float | None, WrapValidator(_size)]
Bound = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class Section(BaseModel):
    """What holds for every section: unknown keys are errors, types are strict, and no error quotes a value."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, hide_input_in_errors=True)

    def given(self) -> dict[str, Any]:
        """Return the keys that were given a value."""
        return {name: value for name, value in self if value is not None}


class Source(Section):
    """`source:` the database that is profiled."""

    conn_id: Text | None = None


class Storage(Section):
    """`storage:` where profiles are kept."""

    store: Annotated[Text | None, Field(repr=False)] = None


class PartitionChoice(Section):
    """`partition:` of a table; exactly one of the last three."""

    column: Text
    latest: bool | None = None
    recent: Annotated[int, Field(ge=1)] | None = None
    values: Annotated[list[str | int | date | datetime], BeforeValidator(_listed)] | None = None


class Table(Section):
    """One of `profiling.tables`; the keys are those of a mapping that `table_requests` reads."""

    table: Text | None = None
    in_schema: Text | None = Field(default=None, alias="schema")  # pydantic has an attribute of that name
    pattern: Text | None = None
    exclude: Names | None = None
    columns: Names | None = None
    exclude_columns: Names | None = None
    where: Text | None = None
    sample: Sample = None
    incremental: Text | None = None
    sample_method: Literal["rows", "pages"] | None = None
    max_rows: Annotated[int, Field(ge=1)] | None = None
    partition: PartitionChoice | None = None

    def request(self) -> Wanted:
        """Return the table, or the choice of tables, as the pipeline takes it; raises `InvalidOption`."""
        given = {type(self).model_fields[name].alias or name: value for name, value in self.given().items()}
        if self.partition is not None:
            given["partition"] = self.partition.given()
        (request,) = table_requests(given)
        return request

    @model_validator(mode="after")
    def _can_be_requested(self) -> Self:
        self.request()
        return self


class Profiling(Section):
    """`profiling:` which tables, and what a table costs that cannot be profiled."""

    tables: Annotated[list[Annotated[Table, BeforeValidator(_table)]] | None, BeforeValidator(_listed)] = None
    fail_on_error: bool | None = None
    incremental: Text | None = None
    max_rows: Annotated[int, Field(ge=1)] | None = None
    memory_budget_bytes: Annotated[int, Field(ge=LEAST_MEMORY_BYTES)] | None = None
    statement_timeout_seconds: Annotated[float, Field(gt=0, allow_inf_nan=False)] | None = None


class DriftThresholds(Section):
    """`drift_detection.thresholds:` each key is the field of `drift.Thresholds` of that name."""

    psi_warn: Bound | None = None
    psi_fail: Bound | None = None
    ks_warn: Bound | None = None
    ks_fail: Bound | None = None
    nulls_warn: Bound | None = None
    nulls_fail: Bound | None = None
    rows_lost_warn: Bound | None = None
    rows_lost_fail: Bound | None = None
    rows_gained_warn: Bound | None = None
    rows_gained_fail: Bound | None = None
    minimum_rows: Annotated[int, Field(ge=0)] | None = None
    alpha: Annotated[float, Field(gt=0, lt=1)] | None = None


class DriftDetection(Section):
    """`drift_detection:` what counts as drift, and what it does to the task."""

    on_drift: Literal["record", "warn", "skip", "fail"] | None = None
    drift_severity: Literal["low", "medium", "high"] | None = None
    thresholds: Annotated[DriftThresholds, BeforeValidator(_section)] = DriftThresholds()


class Config(Section):
    """A whole config file."""

    source: Annotated[Source, BeforeValidator(_section)] = Source()
    storage: Annotated[Storage, BeforeValidator(_section)] = Storage()
    profiling: Annotated[Profiling, BeforeValidator(_section)] = Profiling()
    drift_detection: Annotated[DriftDetection, BeforeValidator(_section)] = DriftDetection()
