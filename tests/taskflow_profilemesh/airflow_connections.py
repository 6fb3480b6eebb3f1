"""Airflow connections of tests: read by Airflow from the environment, no metadata database needed."""

from __future__ import annotations

import json

import pytest


def connect(monkeypatch: pytest.MonkeyPatch, conn_id: str, **parts: object) -> None:
    """Define an Airflow connection for one test."""
    monkeypatch.setenv(f"AIRFLOW_CONN_{conn_id.upper()}", json.dumps({"conn_type": "airbyte", **parts}))


class TaskInstance:
    """Remembers what a task pushes."""

    def __init__(self) -> None:
        self.pushed: dict[str, object] = {}

    def xcom_push(self, *, key: str, value: object) -> None:
        self.pushed[key] = value
