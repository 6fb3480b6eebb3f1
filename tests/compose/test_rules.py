"""What the compose file promises, as rules: pinned, local, healthy, named, and nothing left behind."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement

from tests.compose.composition import FILE, ROOT, Composition, read
from tests.wheel.environment import build

_LONGEST_VISIBLE_SECRET = 4  # Airflow masks longer ones only


@pytest.fixture(scope="module")
def composition() -> Composition:
    return read()


def test_the_file_keeps_the_compose_schema() -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", str(FILE)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr


def test_every_service_has_a_healthcheck_or_runs_once(composition: Composition) -> None:
    without = [service.name for service in composition.services.values() if not (service.check or service.is_one_shot)]
    assert without == []


def test_every_lasting_service_is_started_again(composition: Composition) -> None:
    policies = {s.raw.get("restart") for s in composition.services.values() if not s.is_one_shot}
    assert policies == {"unless-stopped"}


def test_two_workers_run(composition: Composition) -> None:
    assert composition.services["worker"].raw["deploy"] == {"replicas": 2}
    assert not any("container_name" in service.raw for service in composition.services.values())


def test_only_airflow_and_the_mock_are_published_and_only_here(composition: Composition) -> None:
    published = {s.name: s.raw["ports"] for s in composition.services.values() if "ports" in s.raw}
    assert published == {"mock-airbyte": ["127.0.0.1:8000:8000"], "api-server": ["127.0.0.1:8080:8080"]}
    assert not any("network_mode" in service.raw for service in composition.services.values())


def test_every_image_is_pinned(composition: Composition) -> None:
    images = {str(service.raw["image"]) for service in composition.services.values() if not service.is_ours}
    images |= {line.split()[1] for line in composition.dockerfile if line.startswith("FROM ")}
    assert len(images) == 3
    assert [image for image in images if not re.fullmatch(r"\w+:\d+\.\d+-[a-z]+(-\w+)?", image)] == []


def test_one_service_builds_the_image_and_the_others_wait_for_it(composition: Composition) -> None:
    ours = [service for service in composition.services.values() if service.is_ours]
    (builder,) = (service for service in ours if "build" in service.raw)
    assert {service.raw["image"] for service in ours} == {builder.raw["image"]}
    for service in ours:
        assert service is builder or builder.name in _everything_before(composition, service.name)
        assert service is builder or service.raw["pull_policy"] == "never"


def test_dependencies_exist_and_say_what_they_wait_for(composition: Composition) -> None:
    for service in composition.services.values():
        for name, dependency in service.raw.get("depends_on", {}).items():
            needed = composition.services[name]
            expected = "service_completed_successfully" if needed.is_one_shot else "service_healthy"
            assert dependency == {"condition": expected}, f"{service.name} → {name}"


def test_state_lives_in_named_volumes_or_in_memory(composition: Composition) -> None:
    mounts = [mount for service in composition.services.values() for mount in service.raw.get("volumes", [])]
    bound = {mount for mount in mounts if mount.startswith((".", "/", "~"))}
    assert bound == {"./example_dags:/opt/airflow/dags:ro"}
    assert {mount.split(":")[0] for mount in mounts if mount not in bound} == set(composition.raw["volumes"])
    assert set(composition.raw["volumes"].values()) == {None}, "an external volume would outlive `down -v`"
    assert composition.services["redis"].raw["tmpfs"] == "/data"  # its image would make a nameless volume there


def test_nothing_comes_from_outside_the_file(composition: Composition) -> None:
    assert re.findall(r"(?<!\$)\$(?!\$)", FILE.read_text()) == []
    assert {key for service in composition.services.values() for key in service.raw} & {"env_file", "extends"} == set()
    assert {tuple(config) for config in composition.raw["configs"].values()} == {("content",)}


def test_configs_are_used_and_defined(composition: Composition) -> None:
    used = {config["source"] for service in composition.services.values() for config in service.raw.get("configs", [])}
    assert used == set(composition.raw["configs"])


def test_every_airflow_setting_exists(composition: Composition) -> None:
    names = {name for s in composition.services.values() for name in s.environment if name.startswith("AIRFLOW__")}
    assert names - _airflow_settings() == set()
    assert "AIRFLOW__PROFILEMESH__STORE" in names


def test_all_of_airflow_shares_one_environment(composition: Composition) -> None:
    airflow = [s for s in composition.services.values() if s.is_ours and s.name != "mock-airbyte"]
    assert len(airflow) == 6
    assert all(service.environment == airflow[0].environment for service in airflow)


def test_every_database_that_is_named_is_created(composition: Composition) -> None:
    named = {name for service in composition.services.values() for name in service.databases}
    assert named == composition.created_databases == {"airflow", "warehouse", "profiles"}


def test_admin_may_log_in_with_the_password_admin(composition: Composition) -> None:
    server = composition.services["api-server"]
    assert json.loads(composition.config("passwords")) == {"admin": "admin"}
    assert server.environment["AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS"] == "admin:admin"
    (passwords,) = (config for config in server.raw["configs"] if config["source"] == "passwords")
    assert passwords["target"] == server.environment["AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE"]
    assert passwords["mode"] == 0o600  # writable, or Airflow fails to open it


def test_every_secret_says_that_it_is_local_and_is_long_enough_to_be_masked(composition: Composition) -> None:
    environment = composition.services["worker"].environment
    secrets = [json.loads(environment[name])["password"] for name in environment if name.startswith("AIRFLOW_CONN_")]
    secrets += [environment["AIRFLOW__API__SECRET_KEY"], environment["AIRFLOW__API_AUTH__JWT_SECRET"]]
    secrets += re.findall(r"://\w+:([^@/\s]+)@", "\n".join(environment.values()))
    assert len(secrets) == 8
    assert all(secret.startswith("local-only-") and len(secret) > _LONGEST_VISIBLE_SECRET for secret in secrets)


def test_airflow_knows_the_mock_by_its_own_credentials(composition: Composition) -> None:
    connection = json.loads(composition.services["worker"].environment["AIRFLOW_CONN_AIRBYTE_DEFAULT"])
    options = dict(option.removeprefix("--").split("=") for option in composition.services["mock-airbyte"].command[2:])
    assert (options["client-id"], options["client-secret"]) == (connection["login"], connection["password"])
    assert connection["host"] == f"http://mock-airbyte:{options['port']}/api/public/v1"


def test_the_seeded_connection_is_the_one_that_the_example_syncs(composition: Composition) -> None:
    names = [connection["name"] for connection in yaml.safe_load(composition.config("mock"))["connections"]]
    assert names == ["Shop → Warehouse"]


def test_the_image_runs_as_an_ordinary_user(composition: Composition) -> None:
    users = [line for line in composition.dockerfile if line.startswith("USER ")]
    assert users == ["USER airflow"]
    after = composition.dockerfile[composition.dockerfile.index(users[0]) :]
    assert [line for line in after if line.startswith("RUN ")] == []


def test_the_image_copies_what_exists_and_nothing_else(composition: Composition) -> None:
    copied = [name for line in composition.dockerfile if line.startswith("COPY ") for name in line.split()[1:-1]]
    assert [name for name in copied if not (ROOT / name).exists()] == []
    assert "." not in copied  # the checkout may hold environments and results


def test_what_the_image_copies_builds_the_same_wheel_as_the_checkout(composition: Composition, tmp_path: Path) -> None:
    for line in composition.dockerfile:
        if line.startswith("COPY "):
            _copy(line.split()[1:-1], tmp_path / "image" / line.split()[-1])
    wheels = [build("wheel", source, tmp_path / f"{source.name}-wheel") for source in (tmp_path / "image", ROOT)]
    copied, whole = (zipfile.ZipFile(wheel).namelist() for wheel in wheels)
    assert copied == whole


def test_what_the_image_installs_has_a_tested_version(composition: Composition) -> None:
    (line,) = (line for line in composition.dockerfile if "pip install" in line)
    assert "--constraint constraints.txt" in line
    named = {Requirement(word).name for word in shlex.split(line.split("constraints.txt", 1)[1]) if word[0] != "."}
    assert named == {"apache-airflow-providers-celery", "celery", "psycopg"}
    pinned = {Requirement(line).name for line in (ROOT / "constraints.txt").read_text().splitlines()}
    assert named | {"psycopg-binary", "redis"} <= pinned


def _copy(names: list[str], target: Path) -> None:
    """Copy as a Dockerfile does: files into a folder, the content of a folder as the folder that is named."""
    for source in (ROOT / name for name in names):
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            target.mkdir(exist_ok=True)
            shutil.copy(source, target)


def _everything_before(composition: Composition, name: str) -> set[str]:
    before: set[str] = set(composition.services[name].raw.get("depends_on", {}))
    return before.union(*(_everything_before(composition, earlier) for earlier in before))


def _airflow_settings() -> set[str]:
    """Return the names of the variables that Airflow and its installed providers read, this package among them."""
    import airflow.config_templates

    (folder,) = airflow.config_templates.__path__
    with open(f"{folder}/config.yml", encoding="utf-8") as file:  # noqa: PTH123 -- Airflow's own path
        names = _variables(yaml.safe_load(file))
    for entry in entry_points(group="apache_airflow_provider"):
        names |= _variables(entry.load()().get("config", {}))
    return names


def _variables(sections: Mapping[str, Any]) -> set[str]:
    return {
        f"AIRFLOW__{section.upper()}__{option.upper()}"
        for section, content in sections.items()
        for option in content["options"]
    }
