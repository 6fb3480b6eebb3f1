"""The built wheel holds what it must and nothing else, and works where the checkout is out of sight."""

from __future__ import annotations

import email.message
import email.parser
import re
import tarfile
import zipfile
from pathlib import Path

import pytest

from tests.wheel.environment import ROOT, Environment, build, install

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("wheel")]
_PACKAGES = ("taskflow_profilemesh", "mock_airbyte")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build("wheel", ROOT, tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def names(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


@pytest.fixture(scope="module")
def metadata(wheel: Path) -> email.message.Message:
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        return email.parser.Parser().parsestr(archive.read(name).decode())


@pytest.fixture(scope="module")
def environment(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Environment:
    return install(wheel, tmp_path_factory.mktemp("environment"))


def test_every_file_of_both_packages_is_inside(names: set[str]) -> None:
    files = {file for package in _PACKAGES for file in _files(ROOT / package)}
    assert {f"{package}/py.typed" for package in _PACKAGES} <= files
    assert files - names == set()


def test_the_example_dags_are_inside(names: set[str]) -> None:
    examples = {f"taskflow_profilemesh/{file}" for file in _files(ROOT / "example_dags")}
    assert {name for name in names if "example_dags" in name} == examples != set()


def test_nothing_else_is_inside(names: set[str]) -> None:
    assert {name.split("/")[0].partition("-")[0] for name in names} == set(_PACKAGES)
    assert [name for name in names if re.search(r"(^|/)(tests?|__pycache__)/|\.pyc$|conftest", name)] == []


def test_the_licence_is_in_the_metadata(wheel: Path, metadata: email.message.Message) -> None:
    assert metadata["License-Expression"] == "Apache-2.0"
    assert metadata.get_all("License-File") == ["LICENSE"]
    with zipfile.ZipFile(wheel) as archive:
        (text,) = (archive.read(name) for name in archive.namelist() if name.endswith("licenses/LICENSE"))
    assert text == (ROOT / "LICENSE").read_bytes()


def test_the_version_is_the_newest_of_the_changelog(metadata: email.message.Message) -> None:
    newest = re.search(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert newest
    assert newest[1] == metadata["Version"]


def test_the_source_distribution_builds_the_same_wheel(names: set[str], tmp_path: Path) -> None:
    for folder in ("sdist", "source", "wheel"):
        (tmp_path / folder).mkdir()
    with tarfile.open(build("sdist", ROOT, tmp_path / "sdist")) as archive:
        archive.extractall(tmp_path / "source", filter="data")
    (source,) = (tmp_path / "source").iterdir()
    with zipfile.ZipFile(build("wheel", source, tmp_path / "wheel")) as rebuilt:
        assert set(rebuilt.namelist()) == names


def test_both_packages_are_imported_from_the_wheel(environment: Environment) -> None:
    code = f"answer = [__import__(name).__file__ for name in {_PACKAGES}]"
    places = [Path(file) for file in environment.answer(code)]
    assert [place.parent.name for place in places] == list(_PACKAGES)
    assert all(place.is_relative_to(environment.folder) for place in places)
    path = environment.answer("import sys; answer = sys.path")
    assert str(ROOT) not in path


def test_it_is_installed_once_and_its_entry_points_load(environment: Environment) -> None:
    found = environment.answer("""
from importlib.metadata import distributions
ours = [found for found in distributions() if found.name == "taskflow-profilemesh"]
names = sorted((entry.group, entry.name) for entry in ours[0].entry_points)
for entry in ours[0].entry_points:
    entry.load()
answer = [len(ours), names]
""")
    groups = [
        ["airflow.plugins", "profilemesh"],
        ["apache_airflow_provider", "provider_info"],
        ["console_scripts", "mock-airbyte"],
        ["console_scripts", "profilemesh"],
        ["pytest11", "mock_airbyte"],
    ]
    assert found == [1, groups]


@pytest.mark.parametrize("script", ["profilemesh", "mock-airbyte"])
def test_the_commands_explain_themselves(environment: Environment, script: str) -> None:
    assert f"usage: {script}" in environment.run(script, "--help")


def test_airflow_finds_the_decorators(environment: Environment) -> None:
    found = environment.answer("""
from airflow.sdk import task
answer = [getattr(task, name).__module__.split(".")[0] for name in ("airbyte_sync", "profile_tables")]
""")
    assert found == ["taskflow_profilemesh"] * 2


def test_the_installed_examples_parse(environment: Environment) -> None:
    errors, files = environment.answer("""
import taskflow_profilemesh, pathlib
from airflow.dag_processing.dagbag import DagBag
folder = pathlib.Path(taskflow_profilemesh.__file__).parent / "example_dags"
bag = DagBag(str(folder))
answer = [bag.import_errors, sorted({pathlib.Path(dag.fileloc).name for dag in bag.dags.values()})]
""")
    assert errors == {}
    assert files == sorted(file.name for file in (ROOT / "example_dags").glob("*.py"))


def test_pytest_finds_the_plugin(environment: Environment) -> None:
    assert "taskflow-profilemesh" in environment.run("python", "-m", "pytest", "--version", "--version")


def _files(folder: Path) -> set[str]:
    found = (file for file in folder.rglob("*") if file.is_file() and "__pycache__" not in file.parts)
    return {str(file.relative_to(ROOT)) for file in found}
