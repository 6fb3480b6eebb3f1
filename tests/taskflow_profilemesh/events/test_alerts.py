from __future__ import annotations

from typing import Any

import pytest

from taskflow_profilemesh.drift import Severity
from taskflow_profilemesh.events.alerts import LONGEST_TEXT, is_worth_telling, message


def result(*severities: str | None, failed: int = 0, summary: str = "age drifted.") -> dict[str, Any]:
    worst = next((one for one in ("high", "medium", "low") if one in severities), None)
    return {
        "tables": [
            {"table": f"shop.t{number}", "drift": {"detected": one is not None, "severity": one}}
            for number, one in enumerate(severities)
        ],
        "failed": [{"table": f"f{number}", "error": "It is gone."} for number in range(failed)],
        "drift": {"detected": worst is not None, "severity": worst, "summary": summary},
    }


@pytest.mark.parametrize(
    ("told", "severity", "expected"),
    [
        (result(None), "low", False),
        (result("low"), "low", True),
        (result("low", "medium"), "high", False),
        (result("high"), "high", True),
        (result(None, failed=1), "high", True),
    ],
)
def test_people_hear_of_drift_from_a_severity_on_and_of_every_failure(
    told: dict[str, Any], severity: str, *, expected: bool
) -> None:
    assert is_worth_telling(told, severity=Severity(severity)) is expected


def test_a_message_has_slacks_shape_and_names_what_drifted_and_what_failed() -> None:
    told = message(result("high", None, failed=1), title="shop · profile")
    assert told["text"] == "shop · profile: age drifted."
    body = told["blocks"][1]["text"]
    assert body == {"type": "mrkdwn", "text": "age drifted.\n• *shop.t0*: high\n• *f0* failed: It is gone."}


def test_names_of_tables_are_nobodys_mentions_and_a_message_has_an_end() -> None:
    told = message(result("high", summary="<!channel> & <http://x|y> " + "x" * 5_000), title="t")
    body = told["blocks"][1]["text"]["text"]
    assert body.startswith("&lt;!channel&gt; &amp; &lt;http")
    assert len(body) == LONGEST_TEXT
