"""The composition on this machine: its host names, ports, folders and databases are replaced, everything else stays.

Compose gives each service a host of its own; here they share one, so each gets a free port, and a folder stands in for
`/opt/airflow`. Databases get names of their own on whatever PostgreSQL server the tests use. Secrets stay as they are.
"""

from __future__ import annotations

import json
import os
import socket
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from psycopg.conninfo import conninfo_to_dict
from sqlalchemy import URL, make_url

from tests.compose.composition import Composition, Service
from tests.processes import Command, free_ports

_AIRFLOW_HOME = "/opt/airflow"
_ACCOUNT_KEYS = {"port": "port", "login": "user", "username": "user", "user": "user", "password": "password"}


@dataclass(frozen=True, slots=True)
class Here:
    """One run of the composition on this machine."""

    composition: Composition
    home: Path  # stands for /opt/airflow
    postgres_url: str  # the server
    databases: Mapping[str, str]  # name in the file → name on the server
    redis_database: int  # stands for 0
    ports: Mapping[int, int] = field(default_factory=lambda: dict(zip((8000, 8080, 8974), free_ports(3), strict=True)))

    def command(self, name: str) -> Command:
        """Return what starts the service."""
        service = self.composition.services[name]
        return self._command(service, service.name, service.command)

    def check(self, name: str) -> Command:
        """Return the service's healthcheck."""
        service = self.composition.services[name]
        return self._command(service, f"the healthcheck of {service.name}", service.check)

    def write_configs(self) -> None:
        """Write the inline configs where our services expect them, with the modes that they ask for."""
        for service in self.composition.services.values():
            for config in service.raw.get("configs", []) if service.is_ours else []:
                file = Path(self._text(config["target"]))
                file.write_text(self._config(self.composition.config(config["source"])))
                file.chmod(config.get("mode", 0o444))

    def url(self, path: str) -> str:
        """Return the address of the API server's `path`."""
        return f"http://127.0.0.1:{self.ports[8080]}{path}"

    def database_url(self, name: str) -> str:
        """Return where a database of the composition is, as psycopg takes it."""
        return f"{self.postgres_url.rpartition('/')[0]}/{self.databases[name]}"

    def _command(self, service: Service, name: str, arguments: list[str]) -> Command:
        return Command(name, [self._text(a) for a in arguments], self._environment(service), self.home)

    def _environment(self, service: Service) -> dict[str, str]:
        """Return what a container would have: the image's variables, Docker's, and the service's own."""
        return {
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "HOME": str(self.home),
            "HOSTNAME": socket.gethostname(),
            "AIRFLOW_HOME": str(self.home),
            "PYTHONUNBUFFERED": "1",
            "AIRFLOW__API__HOST": "127.0.0.1",
            "AIRFLOW__API__PORT": str(self.ports[8080]),
            "AIRFLOW__SCHEDULER__SCHEDULER_HEALTH_CHECK_SERVER_HOST": "127.0.0.1",
            "AIRFLOW__SCHEDULER__SCHEDULER_HEALTH_CHECK_SERVER_PORT": str(self.ports[8974]),
            **{key: self._value(value) for key, value in service.environment.items()},
        }

    def _value(self, value: str) -> str:
        if value.startswith(("postgresql", "db+postgresql")):
            return self._database_url(value)
        return self._json(value) if value.startswith("{") else self._text(value)

    def _config(self, content: str) -> str:
        if content.startswith("{"):
            return self._json(content)
        return self._text(yaml.safe_dump(self._on_our_server(yaml.safe_load(content)), allow_unicode=True))

    def _json(self, value: str) -> str:
        return self._text(json.dumps(self._on_our_server(json.loads(value)), ensure_ascii=False))

    def _text(self, text: str) -> str:
        mock, api, health = (self.ports[port] for port in (8000, 8080, 8974))
        for there, here in {
            _AIRFLOW_HOME: str(self.home),
            "--host=0.0.0.0": "--host=127.0.0.1",
            "--port=8000": f"--port={mock}",
            "mock-airbyte:8000": f"127.0.0.1:{mock}",
            "localhost:8000": f"127.0.0.1:{mock}",
            "api-server:8080": f"127.0.0.1:{api}",
            "localhost:8080": f"127.0.0.1:{api}",
            "localhost:8974": f"127.0.0.1:{health}",
            "redis:6379/0": f"127.0.0.1:6379/{self.redis_database}",
        }.items():
            text = text.replace(there, here)
        return text

    def _server(self) -> dict[str, Any]:
        """Return host, port, user and password of the server; the host is a folder where it listens on a socket."""
        server = {"port": 5432, "password": "", **conninfo_to_dict(self.postgres_url)}
        return {**server, "port": int(server["port"] or 5432)}

    def _database_url(self, url: str) -> str:
        there, server = make_url(url), self._server()
        socket_folder = server["host"] if server["host"].startswith("/") else None
        return URL.create(
            there.drivername,
            username=server["user"],
            password=server["password"] or None,
            host=None if socket_folder else server["host"],
            port=None if socket_folder else server["port"],
            database=self.databases[there.database or ""],
            query={"host": socket_folder} if socket_folder else {},
        ).render_as_string(hide_password=False)

    def _on_our_server(self, value: Any) -> Any:
        """Replace the address in every mapping that names the host `postgres`."""
        match value:
            case {"host": "postgres"}:
                server = self._server()
                moved = {key: server[_ACCOUNT_KEYS[key]] if key in _ACCOUNT_KEYS else value[key] for key in value}
                database = "database" if "database" in value else "schema"
                return {**moved, "host": server["host"], database: self.databases[value[database]]}
            case dict():
                return {key: self._on_our_server(item) for key, item in value.items()}
            case list():
                return [self._on_our_server(item) for item in value]
        return value
