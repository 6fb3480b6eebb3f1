from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from taskflow_profilemesh.demo.processes import ProcessFailed, run

SAYS = "2026-01-01T00:00:00Z [info     ] flights: 7 rows [taskflow_profilemesh.pipeline] loc=pipeline.py:1"


def _python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def test_only_what_this_package_logs_is_passed_on_and_all_is_kept(tmp_path: Path) -> None:
    log = tmp_path / "airflow.log"
    assert list(run(_python(f"print('noise'); print({SAYS!r})"), {}, log)) == ["flights: 7 rows"]
    assert log.read_text() == f"noise\n{SAYS}\n"


def test_a_failed_process_is_named_with_its_log(tmp_path: Path) -> None:
    log = tmp_path / "airflow.log"
    with pytest.raises(ProcessFailed, match=r"airflow\.log") as caught:
        list(run(_python("raise SystemExit(3)"), {}, log))
    assert "Its output is in the log." in str(caught.value)


def test_a_process_that_is_left_early_ends_with_its_group(tmp_path: Path) -> None:
    code = f"import time; print({SAYS!r}, flush=True); time.sleep(600)"
    lines: Any = run(_python(code), {}, tmp_path / "airflow.log")
    assert next(lines) == "flights: 7 rows"
    lines.close()
    with pytest.raises(StopIteration):
        next(lines)
