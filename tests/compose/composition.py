"""docker-compose.yml as values: what each service runs, in which environment, and how it tells that it is well.

Compose's own escape, `$$` for `$`, is undone here; the file uses no variables from outside.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
FILE = ROOT / "docker-compose.yml"


@dataclass(frozen=True, slots=True)
class Service:
    """One service; `raw` is its mapping in the file, after YAML's anchors and merges."""

    name: str
    raw: Mapping[str, Any]

    @property
    def command(self) -> list[str]:
        """The arguments that it starts with; empty when the image's own command is used."""
        return list(self.raw.get("command", []))

    @property
    def environment(self) -> dict[str, str]:
        """Its environment variables."""
        return dict(self.raw.get("environment", {}))

    @property
    def is_one_shot(self) -> bool:
        """Whether it runs once and ends."""
        return self.raw.get("restart") == "no"

    @property
    def is_ours(self) -> bool:
        """Whether it runs the image that is built from this checkout."""
        return str(self.raw["image"]).startswith("taskflow-profilemesh:")

    @property
    def check(self) -> list[str]:
        """The arguments of its healthcheck, the shell included where it asks for one; empty without a check."""
        match self.raw.get("healthcheck", {}).get("test", []):
            case ["CMD", *arguments]:
                return arguments
            case ["CMD-SHELL", line]:
                return ["sh", "-c", line]
        return []

    @property
    def check_seconds(self) -> float:
        """How long one run of its healthcheck may take."""
        return float(self.raw["healthcheck"]["timeout"].removesuffix("s"))

    @property
    def start_seconds(self) -> float:
        """How long it may take to become well before failed checks count."""
        return float(self.raw["healthcheck"]["start_period"].removesuffix("s"))

    @property
    def databases(self) -> set[str]:
        """The PostgreSQL databases that its environment names."""
        text = "\n".join(self.environment.values())
        return {*re.findall(r"@postgres:5432/(\w+)", text), *re.findall(r'"host": "postgres".*"schema": "(\w+)"', text)}


@dataclass(frozen=True, slots=True)
class Composition:
    """The whole file."""

    raw: Mapping[str, Any]

    @property
    def services(self) -> dict[str, Service]:
        """The services by name."""
        return {name: Service(name, raw) for name, raw in self.raw["services"].items()}

    def config(self, name: str) -> str:
        """Return the content of an inline config."""
        content: str = self.raw["configs"][name]["content"]
        return content

    @property
    def created_databases(self) -> set[str]:
        """The databases that PostgreSQL has at its first start."""
        by_script = re.findall(r"CREATE DATABASE (\w+);", self.config("databases"))
        return {self.services["postgres"].environment["POSTGRES_DB"], *by_script}

    @property
    def dockerfile(self) -> list[str]:
        """The instructions of the image, continued lines joined."""
        built = [s.raw["build"]["dockerfile_inline"] for s in self.services.values() if "build" in s.raw]
        return [line.strip() for text in built for line in text.replace("\\\n", " ").splitlines() if line.strip()]


def read(file: Path = FILE) -> Composition:
    """Read the compose file."""
    return Composition(_unescaped(yaml.safe_load(file.read_text())))


def _unescaped(value: Any) -> Any:
    match value:
        case str():
            return value.replace("$$", "$")
        case list():
            return [_unescaped(item) for item in value]
        case dict():
            return {key: _unescaped(item) for key, item in value.items()}
    return value
