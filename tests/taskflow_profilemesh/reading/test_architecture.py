from __future__ import annotations

import ast
from pathlib import Path

import taskflow_profilemesh


def _imports(file: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            names.update(alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.partition(".")[0])
    return names


def test_one_file_imports_the_driver() -> None:
    package = Path(taskflow_profilemesh.__path__[0])
    files = [str(file.relative_to(package)) for file in package.rglob("*.py") if "connectorx" in _imports(file)]
    assert files == ["reading/connector.py"]
