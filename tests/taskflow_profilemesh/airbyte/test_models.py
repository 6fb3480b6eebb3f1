from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import Any

import pytest

from taskflow_profilemesh.airbyte.answers import AnswerError
from taskflow_profilemesh.airbyte.models import (
    Connection,
    Destination,
    Job,
    JobDetails,
    Stream,
    StreamCount,
    catalog_streams,
    log_lines,
)
from tests.taskflow_profilemesh.airbyte import answers


def test_a_job_is_read_with_its_counts_and_times() -> None:
    job = Job.from_api(answers.job(started="ignored"))
    assert (job.job_id, job.status, job.rows_synced, job.bytes_synced) == (7, "succeeded", 30, 900)
    assert job.started_at == datetime(2026, 1, 1, 12, tzinfo=UTC)  # written without seconds
    assert job.updated_at == datetime(2026, 1, 1, 12, 1, 6, tzinfo=UTC)
    assert job.duration_seconds == 66


def test_what_a_running_job_does_not_say_is_unknown() -> None:
    job = Job.from_api(answers.job(status="running"))
    assert (job.rows_synced, job.bytes_synced, job.updated_at, job.duration_seconds) == (None, None, None, None)
    assert not job.is_terminal


def test_an_unknown_status_is_not_final_and_warned_of_once(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        jobs = [Job.from_api(answers.job(status="told_of_once")) for _ in range(3)]
    assert not any(job.is_terminal for job in jobs)
    assert [record.message for record in caplog.records] == [
        "Airbyte reports a job status that is not known here: told_of_once. It is taken as not final."
    ]


@pytest.mark.parametrize("name", ["jobId", "status", "jobType", "connectionId"])
def test_a_job_without_what_every_job_has_is_no_job(name: str) -> None:
    answer = answers.job()
    del answer[name]
    with pytest.raises(AnswerError, match=name):
        Job.from_api(answer)


@pytest.mark.parametrize(
    ("field", "value"), [("startTime", "yesterday"), ("rowsSynced", "many"), ("jobId", "x"), ("status", 3)]
)
def test_a_field_in_another_form_is_named_without_its_value(field: str, value: Any) -> None:
    with pytest.raises(AnswerError) as caught:
        Job.from_api(answers.job(**{field: value}))
    assert field in str(caught.value)
    assert str(value) not in str(caught.value)


@pytest.mark.parametrize(("text", "seconds"), [("PT1M6S", 66), ("PT2H", 7200), ("P1DT1S", 86401), ("PT0.5S", 0.5)])
def test_a_duration_is_read_in_seconds(text: str, seconds: float) -> None:
    assert Job.from_api(answers.job(duration=text)).duration_seconds == seconds


@pytest.mark.parametrize("text", ["P", "", "1 minute"])
def test_what_is_no_duration_is_unknown(text: str) -> None:
    assert Job.from_api(answers.job(duration=text)).duration_seconds is None


def test_a_connection_knows_its_streams() -> None:
    connection = Connection.from_api(answers.connection(prefix="raw_", status="inactive"))
    assert connection.streams == (Stream(name="users", sync_mode="incremental_append"), Stream(name="orders"))
    assert (connection.prefix, connection.is_active) == ("raw_", False)


@pytest.mark.parametrize(
    ("kind", "configuration", "namespace"),
    [
        ("postgres", {"schema": "sales", "password": "secret"}, "sales"),
        ("destination-mysql", {"database": "shop"}, "shop"),
        ("bigquery", {"dataset_id": "lake"}, "lake"),
        ("postgres", {}, None),
    ],
)
def test_a_destination_keeps_its_kind_and_its_namespace_only(
    kind: str, configuration: dict[str, str], namespace: str | None
) -> None:
    destination = Destination.from_api(answers.destination(kind, **configuration))
    assert destination == Destination(kind=kind.removeprefix("destination-"), default_namespace=namespace)


def test_details_tell_why_the_last_attempt_failed_and_never_the_internal_message() -> None:
    answer = answers.details(
        answers.attempt(1, "failed", failureSummary=answers.failure("config_error", "Wrong password")),
        answers.attempt(0, "failed", failureSummary=answers.failure("system_error", "Out of memory")),
    )
    details = JobDetails.from_config_api(answer)
    assert details.failure is not None
    assert (details.failure.message, details.failure.failure_type) == ("Wrong password", "config_error")
    assert (details.failure.origin, details.failure.stream) == ("source", "users")
    assert "row 5" not in repr(details)


def test_rows_of_a_stream_are_summed_over_its_attempts() -> None:
    def stats(rows: int | None) -> list[dict[str, object]]:
        return [{"streamName": "users", "streamNamespace": None, "stats": {"recordsCommitted": rows}}]

    answer = answers.details(answers.attempt(0, streamStats=stats(3)), answers.attempt(1, streamStats=stats(4)))
    assert JobDetails.from_config_api(answer).committed() == {("users", None): StreamCount(name="users", rows_synced=7)}
    unknown = JobDetails.from_config_api(answers.details(answers.attempt(0, streamStats=stats(None))))
    assert unknown.committed()["users", None].rows_synced is None


def test_attempts_that_are_not_nested_are_read_too() -> None:
    assert JobDetails.from_config_api({"attempts": [answers.attempt(0)]}).attempts[0].rows_emitted == 30


def test_both_kinds_of_logs_are_read_as_lines() -> None:
    formatted = {"attempts": [{"logs": {"logLines": ["one", "two"]}}]}
    structured = {"attempts": [{"logs": {"events": [{"timestamp": 1, "level": "info", "message": "three"}]}}]}
    assert log_lines(formatted) + log_lines(structured) == ("one", "two", "info three")


def test_the_catalog_names_selected_streams_with_namespace_and_mode() -> None:
    def entry(name: str, *, selected: bool) -> dict[str, object]:
        config = {"selected": selected, "syncMode": "incremental", "destinationSyncMode": "append_dedup"}
        return {"stream": {"name": name, "namespace": "sales"}, "config": config}

    answer = {"syncCatalog": {"streams": [entry("users", selected=True), entry("secrets", selected=False)]}}
    assert catalog_streams(answer) == (
        Stream(name="users", namespace="sales", sync_mode="incremental_deduped_history"),
    )
