"""Whether a job is known, asked of PostgreSQL, which is stricter about JSON than the SQLite of the flow tests."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

pytest.importorskip(
    "airflow.models.asset", reason="Airflow 2: no plugin of it serves FastAPI, so there is no receiver of notifications"
)

from sqlalchemy import create_engine, insert
from sqlalchemy.orm import Session

from taskflow_profilemesh.airbyte.notice import SyncNotice
from taskflow_profilemesh.plugin.asset_changes import _is_known

pytestmark = pytest.mark.postgres
LARGE = 2**40


@pytest.mark.parametrize(
    ("job_id", "connection_id", "expected"),
    [(LARGE, "c", True), (5, "c", True), (5, "d", False), (6, "c", False), (7, "c", False)],
)
def test_a_job_is_known_whatever_else_the_events_of_the_asset_say(
    postgres_url: str, job_id: int, connection_id: str, *, expected: bool
) -> None:
    from airflow.models.asset import AssetEvent

    engine = create_engine(postgres_url.replace("postgresql://", "postgresql+psycopg://"))
    AssetEvent.__table__.create(engine)
    said = [
        {"job_id": "canary", "connection_id": "c"},
        {"job_id": LARGE, "connection_id": "c"},
        {"payload": {"job_id": 5, "connection_id": "c"}},
        {"payload": "text"},
        {},
    ]
    notice = SyncNotice(job_id=job_id, connection_id=connection_id, connection_name="Shop")
    with Session(engine) as session:
        session.execute(insert(AssetEvent), [{"asset_id": 1, "extra": extra} for extra in said])
        session.execute(insert(AssetEvent), [{"asset_id": 2, "extra": {"job_id": 7, "connection_id": "c"}}])
        assert _is_known(session, SimpleNamespace(id=1), notice) is expected
    engine.dispose()
