"""The workflow does what a developer does: it runs `.ci/run`, on the Python version that is developed on."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import yaml

_ROOT = Path(__file__).parents[1]
_WORKFLOW = _ROOT / ".github" / "workflows" / "ci.yml"


def test_the_workflow_keeps_its_schema() -> None:
    schema = ["--builtin-schema", "vendor.github-workflows"]
    command = [sys.executable, "-m", "check_jsonschema", *schema, str(_WORKFLOW)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr


def test_it_runs_what_a_developer_runs() -> None:
    (python, run) = yaml.safe_load(_WORKFLOW.read_text())["jobs"]["everything"]["steps"][-2:]
    assert python["with"]["python-version"] == "3.11"
    assert run == {"run": ".ci/run"}
    assert os.access(_ROOT / ".ci" / "run", os.X_OK)


def test_every_action_and_image_is_pinned() -> None:
    text = _WORKFLOW.read_text()
    actions, images = re.findall(r"uses: (\S+)", text), re.findall(r"image: (\S+)", text)
    assert (len(actions), len(images)) == (3, 3)
    assert [action for action in actions if not re.fullmatch(r"actions/[\w-]+@v\d+", action)] == []
    assert [image for image in images if not re.fullmatch(r"\w+:\d+\.\d+-\w+", image)] == []
