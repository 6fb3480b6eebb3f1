"""The figures at `/metrics`, as Prometheus reads them."""

from __future__ import annotations

import re
from pathlib import Path

import requests

from mock_airbyte import HandClock, MockAirbyte
from mock_airbyte.faults import Respond, fault
from mock_airbyte.metrics import _labels
from tests.mock_airbyte.shops import connected

LINE = re.compile(r'# (HELP|TYPE) mock_airbyte_\w+ .+|mock_airbyte_\w+(\{\w+="[^"]*"(,\w+="[^"]*")*\})? \d+')


def test_figures_are_there_for_everybody_in_the_text_format(warehouse: Path) -> None:
    with MockAirbyte(clock=HandClock(), patience_seconds=30) as mock:
        mock.fail(fault(Respond(503), calls=2))
        for _ in range(3):
            requests.get(f"{mock.url}/health", timeout=10)
        mock.job(mock.sync(connected(mock, warehouse)))
        mock.book.tick()
        answer = requests.get(f"{mock.root_url}/metrics", timeout=10)
    lines = answer.text.splitlines()
    assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert all(LINE.fullmatch(line) for line in lines), lines
    assert {
        'mock_airbyte_requests_total{method="GET",status="200"} 2',
        'mock_airbyte_requests_total{method="GET",status="503"} 1',
        'mock_airbyte_jobs{status="succeeded"} 1',
        "mock_airbyte_rows_committed 2",
        "mock_airbyte_faults_total 1",
        'mock_airbyte_notices{kind="success"} 1',
    } <= set(lines)


def test_labels_are_escaped() -> None:
    assert _labels({"a": 'x"\\\n'}) == '{a="x\\"\\\\\\n"}'
