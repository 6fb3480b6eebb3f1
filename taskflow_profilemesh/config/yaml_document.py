"""Reads a YAML file safely, and remembers the lines.

YAML 1.1 as PyYAML's safe loader reads it, with four differences. A key is a text, so `on:` is no truth value. A key
that stands twice in one mapping is an error, where PyYAML would drop the first. `1e-4` is a number, as in YAML 1.2. A
date is a text: the keys that take one read it themselves.

The loader is given the stream, not its text: PyYAML's errors then quote no line of the file, which may hold a secret.
"""

from __future__ import annotations

import re
from io import StringIO
from typing import TYPE_CHECKING, Any

import yaml
from yaml.composer import ComposerError

from taskflow_profilemesh.config.document import Document
from taskflow_profilemesh.errors import InvalidConfig

if TYPE_CHECKING:
    from pathlib import Path
    from typing import TextIO

    from taskflow_profilemesh.config.document import Place

_STR, _FLOAT, _TIMESTAMP, _MERGE = (f"tag:yaml.org,2002:{name}" for name in ("str", "float", "timestamp", "merge"))
_NUMBER = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$")


def read_yaml(path: Path) -> Document:
    """Return what the file says; raises `InvalidConfig` where it cannot be read or is not YAML."""
    try:
        with path.open(encoding="utf-8-sig") as stream:
            return _document(stream, where=str(path))
    except OSError as error:
        raise InvalidConfig(path=str(path), got=error.strerror, expected="a file that can be read") from error


def read_yaml_text(text: str, *, name: str) -> Document:
    """Return what the text says; `name` stands for it in errors. Raises `InvalidConfig` where it is not YAML."""
    return _document(StringIO(text), where=name)


def _document(stream: TextIO, *, where: str) -> Document:
    try:
        node, data = _parsed(stream)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise InvalidConfig(path=where, line=line, got=error.problem, expected="YAML") from error
    except (yaml.YAMLError, ValueError) as error:  # characters that no text holds, or a value that is not as its tag
        raise InvalidConfig(path=where, got=type(error).__name__, expected="YAML in UTF-8") from error
    return Document(data=data, path=where, line_of=lambda place: _line(node, place) if node else None)


class _Loader(yaml.SafeLoader):
    yaml_implicit_resolvers = {  # noqa: RUF012 -- PyYAML declares it, without ClassVar
        first: [(tag, pattern) for tag, pattern in resolvers if tag != _TIMESTAMP]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def compose_mapping_node(self, anchor: Any) -> yaml.MappingNode:  # noqa: ANN401 -- PyYAML's signature
        node = super().compose_mapping_node(anchor)
        seen: set[str] = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode) or key.tag == _MERGE:
                continue
            if key.value in seen:
                raise ComposerError(problem=f"the key {key.value!r} a second time", problem_mark=key.start_mark)
            key.tag = _STR
            seen.add(key.value)
        return node


_Loader.add_implicit_resolver(_FLOAT, _NUMBER, list("-+.0123456789"))


def _parsed(stream: TextIO) -> tuple[yaml.Node | None, object]:
    loader = _Loader(stream)
    try:
        node: yaml.Node | None = loader.get_single_node()
        return node, loader.construct_document(node) if node else None
    finally:
        loader.dispose()


def _line(node: yaml.Node, place: Place) -> int:
    mark = node.start_mark
    for part in place:
        if isinstance(node, yaml.MappingNode):
            found = [(key.start_mark, value) for key, value in node.value if key.value == part]
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int):
            found = [(item.start_mark, item) for item in node.value[part : part + 1]]
        else:
            break
        if not found:
            break
        mark, node = found[-1]  # what a merge brought stands before what it is overridden with
    return int(mark.line) + 1
