"""After a dbt run: the models that it built, as tables to profile.

>>> tables_from_dbt("/opt/shop/target", select="tag:nightly")
[{'table': 'analytics.orders'}, {'table': 'analytics.customers'}]

It reads `manifest.json` and `run_results.json`, so it belongs into a task that runs after dbt, and not into the body of
a DAG file. What it returns is plain JSON: a `@profile_tables` function may return it, and so may a task whose result is
the `tables` of a `ProfileMeshOperator`.
"""

from __future__ import annotations

import logging
from collections import Counter
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Final

from taskflow_profilemesh.amounts import amount
from taskflow_profilemesh.dbt_artefacts import BUILT, read_run
from taskflow_profilemesh.errors import DbtNothingBuilt, DbtRunStale, InvalidOption

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence

    from taskflow_profilemesh.dbt_artefacts import DbtNode, DbtRun

log = logging.getLogger(__name__)

RESOURCE_TYPES: Final = ("model", "seed", "snapshot")
_BUILDING: Final = ("run", "build", "seed", "snapshot", "retry", "clone", "run-operation")
_METHODS: Final = ("tag", "package", "name")
_MOST_NAMED: Final = 10


def tables_from_dbt(  # noqa: PLR0913 -- each is an option by its name
    target_path: str | os.PathLike[str],
    *,
    select: str | Sequence[str] | None = None,
    exclude: str | Sequence[str] | None = None,
    views: bool = True,
    resource_types: Sequence[str] = ("model",),
    database: str | None = None,
    since: datetime | str | None = None,
) -> list[dict[str, str]]:
    """Return the tables of the models that dbt's last run built with success, in the order in which it built them.

    `target_path`: the folder of dbt's artefacts. `select`, `exclude`: names of models, also with wildcards (`stg_*`),
    `tag:nightly`, `package:shop`, or several of those, as a list or with spaces between; graph operators are dbt's own.
    `views`: whether models that are views count; profiling one runs its query. `resource_types`: of `model`, `seed` and
    `snapshot`. `database`: only of this one, which is needed where a run builds in several: a connection reads one.
    `since`: the run must have ended at this moment or later (a text: in ISO 8601; UTC without a time zone), so that
    results of an earlier run are not taken for those of one that never got so far.

    Ephemeral models are never among them. Raises `DbtArtefactInvalid`, `DbtRunStale`, and `DbtNothingBuilt` where no
    model is left.
    """
    run = read_run(target_path)
    _check_since(run, since, str(target_path))
    wanted, unwanted = _patterns("select", select), _patterns("exclude", exclude)
    kinds = _kinds(resource_types)
    candidates = [node for node in _built_by(run) if node.resource_type in kinds and (views or not _is_view(node))]
    chosen = [node for node in candidates if (not wanted or _fits(node, wanted)) and not _fits(node, unwanted)]
    built = [node for node in chosen if node.status == BUILT and node.table is not None]
    _tell(chosen)
    found = list(dict.fromkeys(str(node.table) for node in _of_database(built, database)))
    if not found:
        raise _nothing(run, str(target_path), candidates)
    return [{"table": table} for table in found]


def _built_by(run: DbtRun) -> tuple[DbtNode, ...]:
    """Return what the command did; nothing of one that writes results and builds nothing, `compile` for one."""
    return run.nodes if run.command is None or run.command in _BUILDING else ()


def _check_since(run: DbtRun, since: datetime | str | None, path: str) -> None:
    if since is None:
        return
    try:
        moment = datetime.fromisoformat(since) if isinstance(since, str) else since
    except ValueError as error:
        raise InvalidOption(option="since", got=str(since), expected="a moment in ISO 8601") from error
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    if run.generated_at is None or run.generated_at < moment:
        ended = None if run.generated_at is None else run.generated_at.isoformat()
        raise DbtRunStale(path=path, generated_at=ended, since=moment.isoformat())


def _patterns(option: str, given: str | Sequence[str] | None) -> list[tuple[str, str]]:
    """Return what is selected as pairs of method and pattern; raises `InvalidOption` for what only dbt understands."""
    pairs = []
    for text in (given or "").split() if isinstance(given, str | None) else given:
        method, colon, pattern = text.partition(":")
        if not colon:
            method, pattern = "name", text
        if method not in _METHODS or not pattern or set(pattern) & set("+@,"):
            expected = "names with wildcards, tag:… or package:…"
            raise InvalidOption(option=option, got=text, expected=expected)
        pairs.append((method, pattern))
    return pairs


def _kinds(resource_types: Sequence[str]) -> tuple[str, ...]:
    kinds = (resource_types,) if isinstance(resource_types, str) else tuple(resource_types)
    for kind in kinds:
        if kind not in RESOURCE_TYPES:
            expected = f"some of {', '.join(RESOURCE_TYPES)}"
            raise InvalidOption(option="resource_types", got=kind, expected=expected, known=RESOURCE_TYPES)
    return kinds


def _fits(node: DbtNode, patterns: Sequence[tuple[str, str]]) -> bool:
    names = [node.name, node.unique_id, *([f"{node.name}.v{node.version}"] if node.version else [])]
    known = {"name": names, "tag": node.tags, "package": [node.package]}
    return any(fnmatchcase(one, pattern) for method, pattern in patterns for one in known[method])


def _is_view(node: DbtNode) -> bool:
    return node.materialized == "view"


def _of_database(nodes: Sequence[DbtNode], database: str | None) -> list[DbtNode]:
    """Return the nodes of one database; raises `InvalidOption` where there are several and none is named."""
    databases = sorted({node.database for node in nodes if node.database})
    if database is None and len(databases) > 1:
        expected = f"the one that the connection reads, of {', '.join(databases)}"
        raise InvalidOption(option="database", got="none, for models in several", expected=expected, known=databases)
    return [
        node
        for node in nodes
        if database is None or node.database is None or node.database.casefold() == database.casefold()
    ]


def _tell(chosen: Sequence[DbtNode]) -> None:
    """Say in the log which models are left out for what became of them."""
    failed = [f"{node.name} ({node.status})" for node in chosen if node.status != BUILT]
    if failed:
        more = "" if len(failed) <= _MOST_NAMED else f" and {len(failed) - _MOST_NAMED} more"
        log.warning("Not built by dbt, and not profiled: %s%s.", ", ".join(failed[:_MOST_NAMED]), more)


def _nothing(run: DbtRun, path: str, candidates: Sequence[DbtNode]) -> DbtNothingBuilt:
    counted = Counter(node.status for node in run.nodes)
    told = tuple(f"{status}: {amount(count, 'result')}" for status, count in sorted(counted.items()))
    names = tuple(sorted({node.name for node in candidates if node.status == BUILT}))[:_MOST_NAMED]
    return DbtNothingBuilt(path=path, command=run.command, results=told, built=names)
