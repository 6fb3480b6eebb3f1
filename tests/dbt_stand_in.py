"""A stand-in for dbt: it builds the models of a made-up project in a SQLite file and writes dbt's artefacts.

`artefacts` makes both documents in the shape of dbt's published schemas (manifest v12, run-results v6); as a program it
takes the arguments of `dbt build`, and the file from the environment variable DBT_STAND_IN_FILE.
"""

from __future__ import annotations

import json
import os
import sqlite3
import sys
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

_SCHEMAS = "https://schemas.getdbt.com/dbt"
_SQL = {
    "stg_users": "create view {} as select id, lower(name) as name, age from users",
    "customers": "create table {} as select id, name, age from users where id < 500",
    "orders_daily": "create table {} as select id, user_id, amount from orders",
}


@dataclass(frozen=True)
class Model:
    """What a test says of one node; `relation` is as dbt prints it, built from the other fields where it is None."""

    name: str
    materialized: str = "table"
    status: str = "success"
    kind: str = "model"
    schema: str | None = "main"
    database: str | None = "dev"
    alias: str | None = None
    relation: str | None = None
    tags: Sequence[str] = ()
    package: str = "shop"

    @property
    def unique_id(self) -> str:
        return f"{self.kind}.{self.package}.{self.name}"


PROJECT = (
    Model("stg_users", "view"),
    Model("clean_names", "ephemeral"),
    Model("customers", tags=("nightly",)),
    Model("orders_daily", "incremental", tags=("nightly", "money")),
    Model("revenue", status="error"),
    Model("revenue_by_day", status="skipped"),
    Model("unique_customers_id", "test", "pass", kind="test"),
)


def artefacts(models: Sequence[Model] = PROJECT, *, command: str | None = "build", **versions: Any) -> dict[str, Any]:
    """Return both documents by file name; ephemeral models are in the manifest alone, as with dbt."""
    at = versions.get("generated_at") or datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    shared: dict[str, Any] = {"dbt_version": "1.11.0", "generated_at": at, "invocation_id": "5f0c6a3e", "env": {}}
    manifest = shared | {"dbt_schema_version": f"{_SCHEMAS}/manifest/v{versions.get('manifest', 12)}.json"}
    manifest["adapter_type"] = versions.get("adapter", "sqlite")
    results = shared | {"dbt_schema_version": f"{_SCHEMAS}/run-results/v{versions.get('results', 6)}.json"}
    return {
        "manifest.json": {"metadata": manifest, "nodes": {one.unique_id: _node(one) for one in models}, "sources": {}},
        "run_results.json": {
            "metadata": results,
            "results": [_result(one) for one in models if one.materialized != "ephemeral"],
            "elapsed_time": 1.5,
            "args": {} if command is None else {"which": command},
        },
    }


def write(folder: Path, documents: dict[str, Any]) -> Path:
    """Write the documents into the folder, and return it."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, document in documents.items():
        (folder / name).write_text(json.dumps(document), encoding="utf-8")
    return folder


def _relation(model: Model) -> str | None:
    if model.materialized in ("ephemeral", "test"):
        return None
    parts = (model.database, model.schema, model.alias or model.name)
    return model.relation or ".".join(f'"{part}"' for part in parts if part)


def _node(model: Model) -> dict[str, Any]:
    return {
        "database": model.database,
        "schema": model.schema,
        "name": model.name,
        "resource_type": model.kind,
        "package_name": model.package,
        "path": f"{model.name}.sql",
        "original_file_path": f"models/{model.name}.sql",
        "unique_id": model.unique_id,
        "fqn": [model.package, model.name],
        "alias": model.alias or model.name,
        "checksum": {"name": "sha256", "checksum": "0"},
        "config": {"enabled": True, "alias": model.alias, "tags": [*model.tags], "materialized": model.materialized},
        "tags": [*model.tags],
        "columns": {"id": {"name": "id", "description": "The key."}} if model.kind == "model" else {},
        "depends_on": {"macros": [], "nodes": ["model.shop.customers"] if model.kind == "test" else []},
        "relation_name": _relation(model),
    }


def _result(model: Model) -> dict[str, Any]:
    return {
        "status": model.status,
        "timing": [{"name": "execute", "started_at": None, "completed_at": None}],
        "thread_id": "Thread-1",
        "execution_time": 0.04,
        "adapter_response": {"_message": "OK"},
        "message": None,
        "failures": None,
        "unique_id": model.unique_id,
        "compiled": True,
        "compiled_code": "select 1",
        "relation_name": _relation(model),
    }


def build(file: str, target: str) -> None:
    """Build the project's models in the file, and write the artefacts."""
    with closing(sqlite3.connect(file)) as connection:
        for name, sql in _SQL.items():
            connection.execute(f"drop {sql.split()[1]} if exists {name}")
            connection.execute(sql.format(name))
        connection.commit()
    write(Path(target), artefacts())


if __name__ == "__main__":
    build(os.environ["DBT_STAND_IN_FILE"], sys.argv[sys.argv.index("--target-path") + 1])
