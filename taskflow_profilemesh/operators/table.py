"""The operator that profiles one table: what of it is profiled are options of the task."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from taskflow_profilemesh.operators.profile import ProfileMeshOperator
from taskflow_profilemesh.operators.rendered import as_rendered, is_settled

if TYPE_CHECKING:
    from collections.abc import Sequence

    from taskflow_profilemesh.table_selection import Wanted
    from taskflow_profilemesh.tables import Partition, TableRef

_OF_THE_TABLE = (
    "columns",
    "exclude_columns",
    "where",
    "sample",
    "sample_method",
    "partition",
    "incremental",
    "max_rows",
)


class ProfileMeshTableOperator(ProfileMeshOperator):
    """Profile one table, store the profile, and say what drifted since the last one.

    `table`: its name, a `TableRef`, or a mapping with `table` and any of the options below, which then go before those
    of the task: that is what tasks are mapped over. `columns`, `exclude_columns` (all): only these, not these. `where`
    (templated): an SQL condition that rows must meet. `sample`: statistics from so many rows (a whole number) or such a
    share of them (0 to 1). `sample_method` (rows): `rows` or `pages`. `partition`: `{"column": …}` with `latest`,
    `recent` or `values`. `incremental`: the column by which new rows are told. `max_rows`: a table of more rows is
    sampled down to these.

    All other options, and the result, are those of `ProfileMeshOperator`; the tables that a config names do not count.
    """

    template_fields: Sequence[str] = (
        "table",
        "where",
        "partition",
        *(field for field in ProfileMeshOperator.template_fields if field not in {"tables", "table_patterns"}),
    )
    template_fields_renderers: ClassVar[dict[str, str]] = {"where": "sql"}
    ui_color = "#cfe8d5"

    def __init__(  # noqa: PLR0913 -- each is an option of the task, by its name
        self,
        *,
        table: str | TableRef | Mapping[str, Any],
        columns: Sequence[str] | None = None,
        exclude_columns: Sequence[str] | None = None,
        where: str | None = None,
        sample: float | None = None,
        sample_method: Literal["rows", "pages"] | None = None,
        partition: Mapping[str, Any] | Partition | None = None,
        incremental: str | None = None,
        max_rows: int | None = None,
        **kwargs: Any,  # noqa: ANN401 -- the options of `ProfileMeshOperator`, which declares each of them
    ) -> None:
        """Check the options that are known now; names are looked up when the task runs."""
        _refuse_tables(kwargs)
        super().__init__(incremental=incremental, max_rows=max_rows, **kwargs)
        self.table = table
        self.columns = columns
        self.exclude_columns = exclude_columns
        self.where = where
        self.sample = sample
        self.sample_method = sample_method
        self.partition = partition
        if all(is_settled(value) for value in (table, where or "", partition or "")):
            self.wanted()

    def wanted(self) -> tuple[Wanted, ...]:
        """Return the one table with what of it is profiled; raises `InvalidOption` for what is not one table."""
        from taskflow_profilemesh.errors import InvalidOption
        from taskflow_profilemesh.table_requests import table_requests
        from taskflow_profilemesh.tables import TableRequest

        table = as_rendered(self.table)
        own = {name: value for name in _OF_THE_TABLE if (value := getattr(self, name)) is not None}
        if not isinstance(table, Mapping):
            table = {"table": table}
        requests = table_requests(own | {name: value for name, value in table.items() if value is not None})
        if not isinstance(requests[0], TableRequest):
            expected = "the name of one table; ProfileMeshOperator and create_profiling_task_group take patterns"
            raise InvalidOption(option="table", got="a pattern or a schema", expected=expected)
        return requests


def _refuse_tables(given: Mapping[str, Any]) -> None:
    for name in ("tables", "table_patterns"):
        if name in given:
            from taskflow_profilemesh.errors import InvalidOption

            raise InvalidOption(option=name, got="with one table", expected="table=, which is one")
