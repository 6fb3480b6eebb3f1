"""From a notice to asset events, in Airflow's metadata database: the only place that calls Airflow's asset manager.

`asset_manager.register_asset_change` is internal to Airflow; it is what its own REST API calls. Should a version of
Airflow take it away, `POST /api/v2/assets/events` does the same, for the price of a user for this receiver.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from taskflow_profilemesh.airbyte.asset_uri import connection_uri

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from taskflow_profilemesh.airbyte.notice import SyncNotice


@dataclass(frozen=True, slots=True)
class Change:
    """The URIs of the assets that heard of a job now, and of those that had heard of it before."""

    told: tuple[str, ...] = ()
    known: tuple[str, ...] = ()


def tell_of(notice: SyncNotice) -> Change:
    """Give each asset of the notice's connection, by its id and by its name, one event for the job; never a second.

    Only assets of DAGs that Airflow knows. What starts the DAGs is written in the same transaction.
    """
    from airflow.utils.session import create_session

    told, known = [], []
    with create_session() as session:
        for asset in _assets(session, (notice.connection_id, notice.connection_name)):
            if _is_known(session, asset, notice):
                known.append(str(asset.uri))
            else:
                _register(session, asset, notice.as_dict())
                told.append(str(asset.uri))
    return Change(tuple(told), tuple(known))


def _assets(session: Session, connections: Sequence[str]) -> list[Any]:
    """Return the assets, in one order whoever asks, each locked until the end of the transaction.

    An update that changes nothing locks the row, on SQLite the database: two deliveries of one notice take turns.
    """
    from airflow.models.asset import AssetModel
    from sqlalchemy import select, update

    uris = [uri for connection in connections if (uri := _uri(connection)) is not None]
    wanted = AssetModel.uri.in_(uris) & AssetModel.active.has()
    session.execute(update(AssetModel).where(AssetModel.uri.in_(uris)).values(uri=AssetModel.uri))
    return list(session.scalars(select(AssetModel).where(wanted).order_by(AssetModel.id)))


def _uri(connection: str) -> str | None:
    """Return the URI as Airflow writes it; None for a name so long that no asset can be called by it."""
    from airflow.providers.common.compat.sdk import Asset

    try:
        return Asset(uri=connection_uri(connection)).uri
    except ValueError:
        return None


def _is_known(session: Session, asset: Any, notice: SyncNotice) -> bool:  # noqa: ANN401 -- a class of Airflow's
    """Return whether an event of the asset tells of the job, from here or from `AirbyteSyncCompletedTrigger`."""
    from airflow.models.asset import AssetEvent
    from sqlalchemy import String, and_, cast, or_, select

    def says(path: Any, value: object) -> Any:  # noqa: ANN401 -- SQLAlchemy's
        # As texts: somebody else's event may say anything there, which no database could cast to a number.
        return cast(path.as_string(), String) == str(value)

    extra = AssetEvent.extra
    ours = (says(extra["job_id"], notice.job_id), says(extra["connection_id"], notice.connection_id))
    watched = (
        says(extra[("payload", "job_id")], notice.job_id),
        says(extra[("payload", "connection_id")], notice.connection_id),
    )
    told = or_(and_(*ours), and_(*watched))
    found = select(AssetEvent.id).where(AssetEvent.asset_id == asset.id, told).limit(1)
    return session.scalar(found) is not None


def _register(session: Session, asset: Any, extra: dict[str, Any]) -> None:  # noqa: ANN401 -- as above
    from airflow.assets.manager import asset_manager

    asset_manager.register_asset_change(
        asset=asset, extra={"from_webhook": True, **extra}, source_is_api=True, session=session
    )
