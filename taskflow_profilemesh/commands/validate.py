"""`profilemesh validate`: is a config file right, and is a store whole? Nothing is changed by it."""

from __future__ import annotations

import os
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from taskflow_profilemesh.amounts import amount
from taskflow_profilemesh.commands.showing import print_json
from taskflow_profilemesh.commands.stores import chosen, unopened
from taskflow_profilemesh.errors import InvalidOption, ProfileMeshError

if TYPE_CHECKING:
    import argparse


def run(options: argparse.Namespace) -> int:
    """Say what is wrong; return 1 where something is, 0 otherwise. Raises `InvalidOption` where nothing is named."""
    if options.config is None and options.store is None:
        raise InvalidOption(option="config", got="nothing", expected="the path of a config, or --store")
    told: dict[str, Any] = {}
    complaints: list[str] = []
    if options.config is not None:
        _config(Path(options.config), told, complaints)
    if options.store is not None:
        _store(options, told, complaints)
    if options.json:
        print_json({"valid": not complaints, "problems": complaints} | told)
    else:
        for sentence in told.values():
            print(sentence)
    for complaint in complaints:
        print(f"profilemesh: {complaint}", file=sys.stderr)
    return 1 if complaints else 0


def _config(path: Path, told: dict[str, Any], complaints: list[str]) -> None:
    from taskflow_profilemesh.comparison import drift_settings
    from taskflow_profilemesh.config import read_config
    from taskflow_profilemesh.drift import Thresholds

    try:
        said = read_config(path, environ=os.environ, folder=Path())
        Thresholds.from_mapping(said.get("thresholds") or {})
        drift_settings(said.get("drift") or {})
    except ProfileMeshError as error:
        complaints.append(str(error))
        return
    tables = len(said.get("tables") or ())
    told["config"] = (
        f"{path} is valid; it names {tables} {'table or pattern' if tables == 1 else 'tables or patterns'}."
    )


def _store(options: argparse.Namespace, told: dict[str, Any], complaints: list[str]) -> None:
    from taskflow_profilemesh.storage.checking import problems

    try:
        with closing(unopened(chosen(options, os.environ))) as store:
            version = store.look()
            found = list(problems(store, newest=None if options.all else options.newest))
            runs = sum(one.runs for one in store.overview())
    except ProfileMeshError as error:
        complaints.append(str(error))
        return
    complaints += found
    told["store"] = f"{store.name}: schema version {version}, {amount(runs, 'run')}."
