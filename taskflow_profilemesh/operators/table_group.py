"""The three operators of a table on many workers: one plans its ranges, each mapped one reads a share, the last merges.

What goes from one to the next are the plan's id and the shares' names; plan and states lie in the store, which all
workers must share. `decorators.table_group` puts the three together.
"""

from __future__ import annotations

from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any, Literal

from taskflow_profilemesh.operators.asset_events import profiled_news
from taskflow_profilemesh.operators.failures import airflow_failures
from taskflow_profilemesh.operators.profile import ProfileMeshOperator

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from airflow.providers.common.compat.sdk import Context

    from taskflow_profilemesh.config import ProfileOptions
    from taskflow_profilemesh.outcome import Run, RunOutcome
    from taskflow_profilemesh.reading import DatabaseSource
    from taskflow_profilemesh.spread import Spread
    from taskflow_profilemesh.tables import TableRequest

ON_CHANGE = ("fail", "reread", "record")
MOST_PARTITIONS = 256  # states that the last task holds at a time, of about a megabyte each


class _OnManyWorkers(ProfileMeshOperator):
    """What the three have in common: `tables` names one table, and the store must be one that workers share."""

    @contextmanager
    def _spread(self, options: ProfileOptions) -> Iterator[tuple[Spread, DatabaseSource]]:
        """Open the store and the source, which `on_kill` may end; close both afterwards."""
        from taskflow_profilemesh.hooks.profiling_run import pipeline_of
        from taskflow_profilemesh.spread import Spread

        request = _request(options)
        # the store first: a file that workers do not share is refused before anything is read
        with closing(self._store(options)) as store, self._reading(options) as source:
            yield Spread(pipeline_of(options, source, store), source, request), source


class PlanTableOperator(_OnManyWorkers):
    """Plan a table's ranges in `partitions` shares, or fewer where it is small; returns `[{"plan", "share"}, …]`."""

    def __init__(self, *, partitions: int, **kwargs: Any) -> None:  # noqa: ANN401 -- the options of `ProfileMeshOperator`
        """Check the options that are known now."""
        super().__init__(**kwargs)
        self.partitions = partitions

    def execute(self, context: Context) -> Any:  # noqa: ANN401, ARG002 -- Airflow's signature
        """Plan the table; no row of it is read."""
        with airflow_failures(), self._spread(self._options()) as (spread, _):
            plan_id, shares = spread.plan(self.partitions)
        return [{"plan": plan_id, "share": share} for share in shares]


class ProfileRangeOperator(_OnManyWorkers):
    """Profile one share of a planned table and leave its state in the store; returns its number of rows."""

    template_fields: Sequence[str] = (*ProfileMeshOperator.template_fields, "share")

    def __init__(self, *, share: Mapping[str, str], **kwargs: Any) -> None:  # noqa: ANN401 -- as above
        """Keep the plan's id and the share's name, one of those that the planning task returned."""
        super().__init__(**kwargs)
        self.share = share

    def execute(self, context: Context) -> Any:  # noqa: ANN401, ARG002 -- Airflow's signature
        """Read the share; a retry replaces what it left."""
        with airflow_failures(), self._spread(self._options()) as (spread, _):
            return spread.read(self.share["plan"], self.share["share"])


class MergeTableOperator(_OnManyWorkers):
    """Merge the shares of a planned table into its profile, and do with it all that `ProfileMeshOperator` does.

    `shares`: what the planning task returned. `on_change`: see `decorators.table_group`.
    """

    template_fields: Sequence[str] = (*ProfileMeshOperator.template_fields, "shares")

    def __init__(
        self,
        *,
        shares: Any,  # noqa: ANN401 -- a list, or Airflow's promise of one
        on_change: Literal["fail", "reread", "record"] = "fail",
        **kwargs: Any,  # noqa: ANN401 -- as above
    ) -> None:
        """Check the options that are known now."""
        super().__init__(**kwargs)
        self.shares = shares
        self.on_change = on_change

    def _profile(self, options: ProfileOptions, run: Run) -> RunOutcome:
        from taskflow_profilemesh.hooks.metrics import count_profiling
        from taskflow_profilemesh.lineage.facets import profiled
        from taskflow_profilemesh.outcome import RunOutcome
        from taskflow_profilemesh.spread import OnChange

        plan_id = self.shares[0]["plan"]
        with self._spread(options) as (spread, source):
            table = spread.merge(plan_id, run, on_change=OnChange(self.on_change))
            outcome = RunOutcome(run, (table,), ())
            self._lineage = profiled(outcome, source.address)
            self._news = profiled_news(outcome, source.address)
            count_profiling(outcome, source=source.name)
            spread.forget(plan_id)
        return outcome


def check_partitions(partitions: object) -> None:
    """Raise `InvalidOption` for what is no number of workers."""
    whole = isinstance(partitions, int) and not isinstance(partitions, bool)
    if not whole or not 1 <= partitions <= MOST_PARTITIONS:  # type: ignore[operator] # an int, as just checked
        from taskflow_profilemesh.errors import InvalidOption

        expected = f"a whole number from 1 to {MOST_PARTITIONS}"
        raise InvalidOption(option="partitions", got=repr(partitions), expected=expected)


def check_dry_run(dry_run: object) -> None:
    """Raise `InvalidOption` where only a plan is wanted: these tasks would read and store all the same."""
    if dry_run:
        from taskflow_profilemesh.errors import InvalidOption

        expected = "False: the plan of one table is ProfileMeshOperator's, or `profilemesh plan`"
        raise InvalidOption(option="dry_run", got=repr(dry_run), expected=expected)


def check_on_change(on_change: object) -> None:
    """Raise `InvalidOption` for a word that is none of `ON_CHANGE`."""
    if on_change not in ON_CHANGE:
        from taskflow_profilemesh.errors import InvalidOption

        expected = f"one of {', '.join(ON_CHANGE)}"
        raise InvalidOption(option="on_change", got=str(on_change), expected=expected, known=ON_CHANGE)


def _request(options: ProfileOptions) -> TableRequest:
    """Return the one table, with what the config says of its columns, its rows and its partitions.

    What it says of cursors and samples is for tables that one worker reads.
    """
    from dataclasses import replace

    from taskflow_profilemesh.errors import InvalidOption
    from taskflow_profilemesh.table_selection import OF_ONE_WORKER, ruled
    from taskflow_profilemesh.tables import TableRequest

    if len(options.tables) == 1 and isinstance(options.tables[0], TableRequest):
        said = options.tables[0]
        found = ruled(said, options.rules)
        return replace(found, **{name: getattr(said, name) for name in OF_ONE_WORKER})
    got = f"{len(options.tables)} tables" if len(options.tables) != 1 else "a pattern or a schema"
    raise InvalidOption(option="table", got=got, expected="the name of one table, or a mapping with 'table'")
