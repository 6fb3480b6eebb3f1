"""`profilemesh init` and `validate`."""

from __future__ import annotations

import json
import re
from contextlib import closing
from pathlib import Path

import pytest

from taskflow_profilemesh.cli import main
from taskflow_profilemesh.commands.store_arguments import TEMPLATES
from taskflow_profilemesh.config import read_config, read_dag_options
from taskflow_profilemesh.storage import TableNames, open_store
from taskflow_profilemesh.storage.schema import STORE_VERSION
from tests.taskflow_profilemesh.commands.printed import printed

Capture = pytest.CaptureFixture[str]
pytestmark = pytest.mark.usefixtures("home")


@pytest.mark.parametrize("template", TEMPLATES)
def test_each_template_is_a_config_as_it_stands(template: str, home: Path, capsys: Capture) -> None:
    assert main(["init", "--template", template]) == 0
    assert main(["validate", "profilemesh.yml"]) == 0
    assert "profilemesh.yml is valid" in capsys.readouterr().out
    options = read_dag_options("profilemesh.yml", environ={}, folder=home)
    assert bool(options.syncs) is (template == "airbyte")
    said = read_config("profilemesh.yml", environ={}, folder=home)
    assert said["storage"] == {"keep_runs": 1000}
    text = (home / "profilemesh.yml").read_text()
    uncommented = re.sub(r"^( *)# (store|keep_days|runs_table|results_table|thresholds|environment|incremental):",
                         r"\1\2:", text, flags=re.MULTILINE)  # fmt: skip
    (home / "whole.yml").write_text(uncommented)
    whole = read_config("whole.yml", environ={"PROFILES_PASSWORD": "x"}, folder=home)
    assert whole["environment"] == "production"
    assert TableNames.of(whole["storage"] or {}) == TableNames()


def test_a_template_does_not_write_over_a_file_unless_it_is_told_to(home: Path, capsys: Capture) -> None:
    (home / "profilemesh.yml").write_text("mine")
    assert main(["init"]) == 1
    assert "--force" in capsys.readouterr().err
    assert (home / "profilemesh.yml").read_text() == "mine"
    assert printed(capsys, "init", "--force") == {"file": "profilemesh.yml", "template": "postgres"}


def test_validate_names_the_line_of_a_wrong_key(home: Path, capsys: Capture) -> None:
    (home / "mesh.yml").write_text("storage:\n  keep_runz: 5\n")
    assert main(["validate", "mesh.yml"]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("profilemesh: The config is not valid (path='mesh.yml', line=2, key='storage.keep_runz'")
    assert err.endswith("Did you mean 'keep_runs'?\n")
    assert main(["validate", "mesh.yml", "--json"]) == 1
    out, again = capsys.readouterr()
    assert json.loads(out) == {"valid": False, "problems": [err.removeprefix("profilemesh: ").strip()]}
    assert again == err


def test_validate_finds_what_is_wrong_with_a_store(store: str, capsys: Capture) -> None:
    assert main(["validate", "--store", store]) == 0
    assert f"schema version {STORE_VERSION}, 3 runs" in capsys.readouterr().out
    with closing(open_store(store)) as opened, opened._engine.begin() as connection:
        connection.exec_driver_sql("delete from profilemesh_profiles where profile_id = 'profile-1'")
        connection.exec_driver_sql("update profilemesh_profiles set document = x'78' where profile_id = 'profile-2'")
        connection.exec_driver_sql("delete from profilemesh_results where profile_id = 'profile-3'")
    assert main(["validate", "--store", store]) == 1
    out, err = capsys.readouterr()
    assert "schema version" in out
    problems = err.splitlines()
    assert all(line.startswith("profilemesh: ") for line in problems)
    assert "profilemesh: 1 of the runs have no profile (profile-1)." in problems
    assert "profilemesh: 1 of the runs have no numbers (profile-3)." in problems
    assert "A stored profile cannot be read (" in err
    assert "profile_id='profile-2'" in err
