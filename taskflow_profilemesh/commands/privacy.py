"""Which values of columns that look personal are shown, as it is said on the command line."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping

    from taskflow_profilemesh.profiling.privacy import Privacy

METHODS: Final = ("hash", "mask", "drop")  # as in `profiling.withheld`, whose import costs a second of `--help`
KEY_VARIABLE: Final = "PROFILEMESH_PRIVACY_KEY"


def declare_privacy(parser: argparse.ArgumentParser) -> None:
    """Add the arguments that say which values are shown."""
    part = parser.add_argument_group("values of columns that look personal")
    part.add_argument("--allow-values", action="append", metavar="COLUMN", help="show them: a column, or table.column")
    part.add_argument("--hide-values", action="append", metavar="COLUMN", help="do not, whatever the column looks like")
    part.add_argument("--withhold-by", choices=METHODS, help="what stands for a frequent one (hash)")


def said_of_privacy(options: argparse.Namespace) -> dict[str, Any]:
    """Return what was said; the environment has the key of hashes."""
    said = {
        "allow_values": options.allow_values,
        "hide_values": options.hide_values,
        "method": options.withhold_by,
        "hash_key": os.environ.get(KEY_VARIABLE) or None,
    }
    return {name: value for name, value in said.items() if value is not None}


def privacy_of(options: argparse.Namespace, config: Mapping[str, Any] | None = None) -> Privacy:
    """Return what was said, else what `config` says. Raises `InvalidOption`."""
    from taskflow_profilemesh.profiling.privacy import Privacy

    return Privacy.from_mapping({**(config or {}), **said_of_privacy(options)})
