"""Puts what is new of tables into the asset events of the task's outlets.

An `Asset` among them that is a table's gets the numbers as its event's `extra`; through an `AssetAlias` every table is
told, also those that nobody knew when the DAG was written. Airflow sends the events when the task has succeeded, and
only then: a task that a gate fails or skips tells nothing.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from airflow.providers.common.compat.sdk import Asset, Context

    from taskflow_profilemesh.events.assets import TableNews
    from taskflow_profilemesh.outcome import RunOutcome
    from taskflow_profilemesh.reading import DatabaseAddress

log = logging.getLogger(__name__)


def profiled_news(outcome: RunOutcome, address: DatabaseAddress) -> tuple[TableNews, ...]:
    """Return what is new of the tables of a run that no gate stopped."""
    from taskflow_profilemesh.events.assets import profiled_table

    return tuple(profiled_table(address, table.stored) for table in outcome.profiled if table.stored.passed)


def tell_outlets(outlets: Sequence[object], context: Context, news: Sequence[TableNews]) -> None:
    """Put the news into the events of the outlets that are about it; outlets of something else stay as they are."""
    from airflow.providers.common.compat.sdk import AssetAlias

    events: Any = context.get("outlet_events")
    if events is None:  # called outside a task, in a test for instance
        return
    told = [(one, _asset(one)) for one in news]
    for outlet in outlets:
        if isinstance(outlet, AssetAlias):
            for one, asset in told:
                if asset is not None:
                    events[outlet].add(_own(outlets, one, asset), extra=dict(one.extra))
            continue
        about = [one.extra for one, asset in told if _is_about(outlet, one, asset)]
        if len(about) == 1:  # two tables of one name would overwrite each other
            _extend(events[outlet], about[0])


def _asset(news: TableNews) -> Asset | None:
    """Return the table's asset; None where Airflow refuses its URI."""
    from airflow.providers.common.compat.sdk import Asset

    try:
        return Asset(uri=news.uri)
    except ValueError as error:  # a provider's rules for its scheme: a URI without a host, a database or a schema
        log.warning("%s: its asset has no URI, for Airflow refuses it. %s", news.table, error)
        return None


def _own(outlets: Iterable[object], news: TableNews, asset: Asset) -> Asset:
    """Return the user's own asset of the table where it is an outlet too: a second name would be a second asset."""
    own = (outlet for outlet in outlets if isinstance(outlet, type(asset)) and _is_about(outlet, news, asset))
    return next(own, asset)


def _is_about(outlet: object, news: TableNews, asset: Asset | None) -> bool:
    """Ask with the URI as Airflow writes it, which for some schemes is not as it was written."""
    uri = getattr(outlet, "uri", None)
    same = asset is not None and uri == asset.uri
    return same or news.is_about(uri=uri, name=getattr(outlet, "name", uri))  # 2.11: a dataset has no name


def _extend(event: Any, extra: Mapping[str, Any]) -> None:  # noqa: ANN401 -- another class in each version of Airflow
    event.extra = {**event.extra, **extra}
