"""`profiling:` and `incremental:` which tables, what of each, and by which column new rows are told."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, ValidationError, WrapValidator, model_validator
from pydantic_core import PydanticCustomError

from taskflow_profilemesh.config.options import LEAST_HASH_KEY, LEAST_MEMORY_BYTES
from taskflow_profilemesh.config.section import Count, Names, Seconds, Section, Text, empty_or, one_or_list
from taskflow_profilemesh.errors import InvalidOption
from taskflow_profilemesh.table_requests import table_requests, table_rule

if TYPE_CHECKING:
    from pydantic import ValidatorFunctionWrapHandler

    from taskflow_profilemesh.table_selection import TableRule, Wanted


def _table(value: object) -> object:
    """Take a name for the mapping that names a table, and complain in the words of both."""
    if isinstance(value, str):
        return {"table": value}
    if not isinstance(value, Mapping):
        kind, message = "table_type", "Input should be a table's name, or a mapping with 'table'"
        raise PydanticCustomError(kind, message)
    return value


def _size(value: object, handler: ValidatorFunctionWrapHandler) -> object:
    """Complain of a sample once, instead of once for each type that it might have had."""
    try:
        return handler(value)
    except ValidationError as error:
        kind, message = "sample_type", "Input should be a number of rows (≥ 1) or a share (0 to 1)"
        raise PydanticCustomError(kind, message) from error


def _cursor(value: object, handler: ValidatorFunctionWrapHandler) -> object:
    """Complain once of what is neither a column nor false."""
    try:
        return handler(value)
    except ValidationError as error:
        kind, message = "cursor_type", "Input should be a column's name, or false for tables that are read whole"
        raise PydanticCustomError(kind, message) from error


Sample = Annotated[
    int | float | None,
    WrapValidator(
        _size, json_schema_input_type=Annotated[int, Field(ge=1)] | Annotated[float, Field(gt=0, lt=1)] | None
    ),
]
Cursor = Annotated[Text | Literal[False], WrapValidator(_cursor, json_schema_input_type=Text | Literal[False])]
PartitionValue = str | int | date | datetime


class PartitionChoice(Section):
    """`partition:` of a table; exactly one of the last three."""

    column: Text
    latest: bool | None = None
    recent: Count | None = None
    values: Annotated[list[PartitionValue], one_or_list(PartitionValue)] | None = None


class SyncedRows(Section):
    """`synced:` of a table; what a sync's result says of it, which `post_sync_config` writes."""

    job_id: Count
    sync_mode: Text | None = None
    rows_committed: Annotated[int, Field(ge=0)] | None = None
    rows_last_attempt: Annotated[int, Field(ge=0)] | None = None


class TableOptions(Section):
    """What of a table is profiled, and how it is read."""

    columns: Names | None = None
    exclude_columns: Names | None = None
    where: Text | None = None
    sample: Sample = None
    sample_method: Literal["rows", "pages"] | None = None
    max_rows: Count | None = None
    partition: PartitionChoice | None = None

    def plain(self) -> dict[str, Any]:
        """Return the keys that were given a value, as a mapping of a table has them."""
        given = {type(self).model_fields[name].alias or name: value for name, value in self.given().items()}
        nested = {name: value.given() for name, value in given.items() if isinstance(value, Section)}
        return given | nested


class Table(TableOptions):
    """One of `profiling.tables`; the keys are those of a mapping that `table_requests` reads."""

    table: Text | None = None
    in_schema: Text | None = Field(default=None, alias="schema")  # pydantic has an attribute of that name
    pattern: Text | None = None
    exclude: Names | None = None
    incremental: Text | None = None
    synced: SyncedRows | None = None

    def request(self) -> Wanted:
        """Return the table, or the choice of tables, as the pipeline takes it; raises `InvalidOption`."""
        (request,) = table_requests(self.plain())
        return request

    @model_validator(mode="after")
    def _can_be_requested(self) -> Self:
        self.request()
        return self


Entry = Annotated[Table, BeforeValidator(_table, json_schema_input_type=Table | Text)]


class TableOverride(TableOptions):
    """What is otherwise for the tables that a pattern names, where their own entry does not say it."""

    incremental: Cursor | None = None

    def rule(self, pattern: str) -> TableRule:
        """Return it as the pipeline takes it; raises `InvalidOption`."""
        each = self.plain()
        stays_whole = each.get("incremental") is False
        if stays_whole:
            del each["incremental"]
        return table_rule(pattern, each, stays_whole=stays_whole)

    @model_validator(mode="after")
    def _can_be_a_rule(self) -> Self:
        self.rule("*")
        return self


class PrivacyOptions(Section):
    """`profiling.privacy:` which values a profile may show; each key is the field of `profiling.privacy.Privacy`."""

    allow_values: Names | None = None
    hide_values: Names | None = None
    method: Literal["hash", "mask", "drop"] | None = None
    hash_key: Annotated[str, Field(min_length=LEAST_HASH_KEY)] | None = Field(default=None, repr=False)


class Profiling(Section):
    """`profiling:` which tables, what of them, and what a table costs that cannot be profiled."""

    tables: Annotated[list[Entry], one_or_list(Entry)] | None = None
    overrides: dict[Text, TableOverride] | None = None
    exclude_columns: Names | None = None
    fail_on_error: bool | None = None
    incremental: Text | None = None
    max_rows: Count | None = None
    memory_budget_bytes: Annotated[int, Field(ge=LEAST_MEMORY_BYTES)] | None = None
    statement_timeout_seconds: Seconds | None = None
    privacy: Annotated[PrivacyOptions, empty_or(PrivacyOptions)] = PrivacyOptions()


class Incremental(Section):
    """`incremental:` the column by which new rows are told, of all tables and of those that a pattern names."""

    column: Text | None = None
    tables: dict[Text, Cursor] | None = None


def one_cursor(value: object) -> object:
    """Take a name for the column of all tables."""
    return {"column": value} if isinstance(value, str) else {} if value is None else value


def rules_of(profiling: Profiling, growing: Incremental) -> tuple[TableRule, ...]:
    """Return what is said of tables by pattern, in the order in which it is heard; raises `InvalidOption`."""
    rules = [override.rule(pattern) for pattern, override in reversed((profiling.overrides or {}).items())]
    rules += [
        table_rule(pattern, {"incremental": column} if column else {}, stays_whole=not column)
        for pattern, column in reversed((growing.tables or {}).items())
    ]
    if profiling.exclude_columns:
        rules.append(table_rule(None, {"exclude_columns": profiling.exclude_columns}))
    return tuple(rules)


def check_patterns(profiling: Profiling, growing: Incremental) -> None:
    """Raise `InvalidOption`, which names the key, for what cannot be: a pattern that is no name, two cursors of all."""
    for key, patterns in (("profiling.overrides", profiling.overrides), ("incremental.tables", growing.tables)):
        for pattern in patterns or ():
            try:
                table_rule(pattern, {})
            except InvalidOption:
                expected = "patterns of table or schema.table"
                raise InvalidOption(option=key, got=pattern, expected=expected) from None
    if profiling.incremental is not None and growing.column is not None:
        expected = "incremental.column or profiling.incremental, not both"
        raise InvalidOption(option="incremental.column", got="", expected=expected)
