"""The file of a batch: connections, what they depend on, and what holds for all of them. YAML, or JSON.

It is a list of connections, or a mapping with `connections`, `max_parallel` and options that hold where an entry says
nothing. An entry is a name or an id, or a mapping of the options of a sync with `depends_on`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from taskflow_profilemesh.airbyte.ordering import OrderedSync, in_order, lanes
from taskflow_profilemesh.airbyte.spec import CHECKS
from taskflow_profilemesh.config.yaml_document import read_yaml
from taskflow_profilemesh.errors import InvalidConfig, nearest

_CONNECTIONS: Final = "connections"
_PARALLEL: Final = "max_parallel"
_SHARED: Final = (*CHECKS, "workspace")


@dataclass(frozen=True, slots=True)
class Batch:
    """Syncs in order, and how many may run at a time (None: any number)."""

    syncs: tuple[OrderedSync, ...]
    max_parallel: int | None


def read_batch(path: str, *, parallel: int | None = None, said: Mapping[str, Any]) -> Batch:
    """Read the file. `parallel` and `said`, of the command line, go before what it says of all, not of an entry.

    Raises `InvalidConfig` and `InvalidOption`.
    """
    data = read_yaml(Path(path)).data
    whole = data if isinstance(data, Mapping) else {_CONNECTIONS: data}
    known = (_CONNECTIONS, _PARALLEL, *_SHARED)
    for name in whole:
        if name not in known:
            expected = f"one of {', '.join(known)}"
            close = next(iter(nearest(str(name), known)), None)
            raise InvalidConfig(path=path, key=str(name), expected=expected, nearest=close)
    shared = {name: whole[name] for name in _SHARED if whole.get(name) is not None}
    entries = whole.get(_CONNECTIONS)
    if not isinstance(entries, list) or not entries:
        raise InvalidConfig(path=path, key=_CONNECTIONS, got=type(entries).__name__, expected="a list of connections")
    syncs = in_order(entries, **{**shared, **said})
    most: Any = parallel if parallel is not None else whole.get(_PARALLEL)
    lanes((), max_parallel=most)  # says what is wrong with the limit
    return Batch(syncs, most)
