"""What dbt writes into its target folder after a run, read as values: which models were built, and where each is.

dbt itself is not needed for this. `run_results.json` names what the last command did, `manifest.json` what each of it
is. Sources: https://docs.getdbt.com/reference/artifacts and the JSON schemas at https://schemas.getdbt.com.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from taskflow_profilemesh.errors import DbtArtefactInvalid
from taskflow_profilemesh.tables import TableRef

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping

MANIFEST, RUN_RESULTS = "manifest.json", "run_results.json"
# Of dbt Core 1.0 and later; dbt's new engine counts its manifest, which has the shape of 12, as 20.
VERSIONS: Final = {"manifest": (*range(4, 13), 20), "run-results": (4, 5, 6)}
BUILT: Final = "success"  # a model of which some batches failed is a `partial success`

_VERSION = re.compile(r"/([a-z-]+)/v(\d+)(?:\.json|/index\.html)?$")
_FOLDED: Final = {"snowflake": str.upper, "postgres": str.lower, "redshift": str.lower}
_QUOTES: Final = ('"{}"', "`{}`", "[{}]")


@dataclass(frozen=True, slots=True, kw_only=True)
class DbtNode:
    """One thing that dbt did something with in its last run.

    `status` is dbt's own word. `table` is where a model, a seed or a snapshot lies, None for what has no relation: an
    ephemeral model, or a test. `tests` are the names of the data tests that depend on it.
    """

    unique_id: str
    resource_type: str
    status: str
    name: str
    package: str
    materialized: str | None
    database: str | None
    table: TableRef | None
    tags: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()  # those that are described
    tests: tuple[str, ...] = ()
    version: str | None = None


@dataclass(frozen=True, slots=True)
class DbtRun:
    """The last command that wrote results into a target folder. `command`: `run`, `build`, …; None: dbt did not say."""

    nodes: tuple[DbtNode, ...]
    command: str | None
    generated_at: datetime | None
    invocation_id: str | None


def read_run(target_path: str | os.PathLike[str]) -> DbtRun:
    """Read both artefacts of a target folder; raises `DbtArtefactInvalid` for what is missing, damaged or too new."""
    folder = Path(target_path)
    manifest, results = _artefact(folder / MANIFEST, "manifest"), _artefact(folder / RUN_RESULTS, "run-results")
    try:
        return _run_of(manifest, results)
    except _UnknownNode as error:
        reason = f"{error} is in {RUN_RESULTS} and not in {MANIFEST}: they are of different projects or versions of one"
        raise DbtArtefactInvalid(path=str(folder), reason=reason) from error
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        reason = f"it has not the shape that dbt documents ({type(error).__name__}: {error})"
        raise DbtArtefactInvalid(path=str(folder), reason=reason) from error


class _UnknownNode(Exception):
    """A result of something that the manifest does not know."""


def _artefact(path: Path, kind: str) -> Mapping[str, Any]:
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        told = document["metadata"]["dbt_schema_version"]
    except OSError as error:
        raise DbtArtefactInvalid(path=str(path), reason=f"it cannot be read ({error.strerror})") from error
    except (ValueError, KeyError, TypeError) as error:
        raise DbtArtefactInvalid(path=str(path), reason="it is no artefact of dbt") from error
    match = _VERSION.search(str(told))
    if match is None or match[1] != kind or int(match[2]) not in VERSIONS[kind]:
        raise DbtArtefactInvalid(path=str(path), reason=f"it is of the schema {told}", expected=_expected(kind))
    found: Mapping[str, Any] = document
    return found


def _expected(kind: str) -> str:
    first, *_, last = (version for version in VERSIONS[kind] if version < 20)  # noqa: PLR2004 -- the new engine's
    return f"{kind} v{first} to v{last}" + (" or v20" if 20 in VERSIONS[kind] else "")  # noqa: PLR2004


def _run_of(manifest: Mapping[str, Any], results: Mapping[str, Any]) -> DbtRun:
    adapter = manifest["metadata"].get("adapter_type") or ""
    tests = _tests(manifest)
    args, metadata = results.get("args") or {}, results["metadata"]
    nodes = (_node(manifest, one, adapter, tests) for one in results["results"])
    return DbtRun(
        nodes=tuple(nodes),
        command=args.get("which") or args.get("rpc_method"),
        generated_at=_moment(metadata.get("generated_at")),
        invocation_id=metadata.get("invocation_id"),
    )


def _node(
    manifest: Mapping[str, Any], result: Mapping[str, Any], adapter: str, tests: Mapping[str, tuple[str, ...]]
) -> DbtNode:
    unique_id = result["unique_id"]
    kind = unique_id.partition(".")[0]
    found = manifest["nodes"].get(unique_id)
    if found is None and kind in ("model", "seed", "snapshot"):
        raise _UnknownNode(unique_id)
    found = found or {}  # an operation, a unit test, an exposure: nothing that has rows
    config = found.get("config") or {}
    version = found.get("version")
    return DbtNode(
        unique_id=unique_id,
        resource_type=found.get("resource_type", kind),
        status=str(result["status"]),
        name=found.get("name", unique_id),
        package=found.get("package_name", ""),
        materialized=config.get("materialized"),
        database=found.get("database"),
        table=_table(found, adapter),
        tags=tuple(found.get("tags") or ()),
        columns=tuple(found.get("columns") or ()),
        tests=tests.get(unique_id, ()),
        version=None if version is None else str(version),
    )


def _table(node: Mapping[str, Any], adapter: str) -> TableRef | None:
    """Return where a node's rows lie, in the letters that the database keeps: it folds names that are not quoted."""
    is_ephemeral = (node.get("config") or {}).get("materialized") == "ephemeral"
    if is_ephemeral or node.get("resource_type") not in ("model", "seed", "snapshot"):
        return None
    relation = node.get("relation_name")

    def kept(part: str) -> str:
        is_quoted = relation is None or any(quotes.format(part) in relation for quotes in _QUOTES)
        return part if is_quoted else _FOLDED.get(adapter, str)(part)

    schema = node["schema"]
    return TableRef(kept(node.get("alias") or node["name"]), kept(schema) if schema else None)


def _tests(manifest: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """Return the names of the tests of each node."""
    found: dict[str, list[str]] = {}
    for node in manifest["nodes"].values():
        if node.get("resource_type") == "test":
            for tested in (node.get("depends_on") or {}).get("nodes") or ():
                found.setdefault(tested, []).append(node["name"])
    return {tested: tuple(sorted(names)) for tested, names in found.items()}


def _moment(text: str | None) -> datetime | None:
    if not text:
        return None
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
