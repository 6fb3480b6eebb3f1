from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from mock_airbyte.notices import TRIGGERS, sample_notice
from taskflow_profilemesh.airbyte.answers import AnswerError
from taskflow_profilemesh.airbyte.notice import SyncNotice, read_notice

CONNECTION = "3f6c1c3e-6f0e-4c7b-9b87-6f5d2f1f8d11"


def _payload(**data: Any) -> dict[str, Any]:
    told: dict[str, Any] = {
        "workspace": {"id": "a3b0e9d4-0000-4000-8000-000000000001", "name": "W", "url": "https://a.example/w"},
        "connection": {"id": CONNECTION, "name": "Shop → Warehouse", "url": "https://a.example/c"},
        "jobId": 9988,
        "startedAt": "2026-01-01T00:00:00Z",
        "finishedAt": "2026-01-01T01:00:00Z",
        "bytesCommitted": 90,
        "recordsCommitted": 45,
        "success": True,
    }
    return {"text": "Your connection …", "blocks": [], "data": told | data}


def test_a_notice_of_a_success_is_read() -> None:
    started = datetime(2026, 1, 1, tzinfo=UTC)
    assert read_notice(_payload()) == SyncNotice(
        job_id=9988,
        connection_id=CONNECTION,
        connection_name="Shop → Warehouse",
        workspace_id="a3b0e9d4-0000-4000-8000-000000000001",
        started_at=started,
        finished_at=started + timedelta(hours=1),
        rows_synced=45,
        bytes_synced=90,
    )


@pytest.mark.parametrize("payload", [_payload(success=False), {"text": "Schema change detected"}, {"data": None}, {}])
def test_a_notice_about_anything_else_is_no_success(payload: dict[str, Any]) -> None:
    assert read_notice(payload) is None


@pytest.mark.parametrize("trigger", TRIGGERS)
def test_airbytes_own_trial_of_an_address_is_understood(trigger: str) -> None:
    notice = read_notice(sample_notice(trigger, datetime(2026, 1, 1, tzinfo=UTC)))
    assert (notice is not None) is (trigger == "sync_success")


def test_what_a_notice_may_leave_out_is_unknown() -> None:
    payload = _payload(workspace=None, startedAt=None, finishedAt=None, bytesCommitted=None, recordsCommitted=None)
    notice = read_notice(payload)
    assert notice is not None
    assert notice.as_dict() == {
        "job_id": 9988,
        "connection_id": CONNECTION,
        "connection_name": "Shop → Warehouse",
        "workspace_id": None,
        "started_at": None,
        "finished_at": None,
        "rows_synced": None,
        "bytes_synced": None,
    }


@pytest.mark.parametrize(
    ("payload", "field"),
    [
        ([], "the notice"),
        ("text", "the notice"),
        ({"data": []}, "data"),
        (_payload(success="true"), "data.success"),
        (_payload(success=None), "data.success"),
        (_payload(jobId=None), "jobId"),
        (_payload(jobId=True), "jobId"),
        (_payload(jobId=-1), "data.jobId"),
        (_payload(jobId=2**63), "data.jobId"),
        (_payload(connection=None), "id"),
        (_payload(connection={"id": "canary", "name": "x"}), "data.connection.id"),
        (_payload(connection={"id": CONNECTION, "name": "x" * 257}), "data.connection.name"),
        (_payload(connection={"id": CONNECTION, "name": "a\nb"}), "data.connection.name"),
        (_payload(workspace={"id": "canary"}), "data.workspace.id"),
        (_payload(recordsCommitted=-5), "data.recordsCommitted"),
        (_payload(finishedAt="canary"), "finishedAt"),
    ],
)
def test_what_is_not_as_airbyte_sends_it_is_named_without_its_value(payload: object, field: str) -> None:
    with pytest.raises(AnswerError, match=f"^{field} ") as caught:
        read_notice(payload)
    assert "canary" not in str(caught.value)
