"""Five minutes of made-up requests against a mock, a new seed each round: `make conformance`.

`CONFORMANCE_SECONDS` makes it shorter or longer.
"""

from __future__ import annotations

import os
import time
from itertools import count
from pathlib import Path

import pytest

from tests.conformance.fuzzing import fuzz, stocked_mock

_SECONDS = float(os.environ.get("CONFORMANCE_SECONDS", "300"))


@pytest.mark.conformance
@pytest.mark.timeout(_SECONDS + 120)
def test_the_mock_answers_whatever_it_is_sent_as_its_document_says(tmp_path: Path) -> None:
    end = time.monotonic() + _SECONDS
    sent = 0
    for number in count(1):
        if time.monotonic() >= end:
            break
        mock = stocked_mock(tmp_path / f"{number}.db")
        sent += fuzz(mock, examples=30, number=number, go_on=lambda: time.monotonic() < end)
        mock.stop()
    assert sent > 0
