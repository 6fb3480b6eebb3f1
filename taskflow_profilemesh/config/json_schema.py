"""The JSON Schema of `profilemesh.yml`, by which editors complete and check it; made from the sections.

`profilemesh.schema.json` beside this file is `written()`, and is shipped. `make schema` writes it anew.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

FILE: Final = Path(__file__).with_name("profilemesh.schema.json")
_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_REFERENCE: Final = r"\$\{[^{}]+\}|\{\{.+\}\}"  # what is filled in later, in place of a word


def json_schema() -> dict[str, Any]:
    """Return the schema, draft 2020-12: every key with its type. A word may also be `${VAR}`, wherever words are few.

    What keys rule out each other is not in it; `read_config` says that.
    """
    from taskflow_profilemesh.config.sections import Config

    schema: dict[str, Any] = _with_references(Config.model_json_schema(by_alias=True, mode="validation"))
    return {"$schema": _DIALECT, **schema, "title": "profilemesh.yml"}


def written() -> str:
    """Return the schema as the text of its file."""
    return json.dumps(json_schema(), indent=2, ensure_ascii=False, sort_keys=True) + "\n"


def _with_references(node: Any) -> Any:  # noqa: ANN401 -- any JSON
    """Return the schema without defaults, which are none of the config's, and with references among the words."""
    if isinstance(node, list):
        return [_with_references(part) for part in node]
    if not isinstance(node, dict):
        return node
    plain = {
        key: _with_references(part)
        for key, part in node.items()
        if not (key == "default" and isinstance(part, dict | None)) and not (key == "title" and isinstance(part, str))
    }
    if "enum" in plain and plain.get("type") == "string":
        return {"anyOf": [plain, {"type": "string", "pattern": _REFERENCE}]}
    return plain
