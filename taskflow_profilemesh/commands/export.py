"""`profilemesh export`: a stored profile in the words of another tool, on standard output or in a file."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from taskflow_profilemesh.commands.privacy import declare_privacy, privacy_of
from taskflow_profilemesh.commands.store_arguments import of_table
from taskflow_profilemesh.errors import InvalidOption

if TYPE_CHECKING:
    import argparse

    from taskflow_profilemesh.storage import StoredProfile

FORMATS: Final = ("dbt", "odcs", "gx", "openlineage", "csv", "json")


def declare(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    of_table(parser)
    parser.add_argument("--format", required=True, choices=FORMATS, help="whose words to use")
    parser.add_argument("-o", "--output", metavar="FILE", type=Path, help="where to write it (standard output)")
    parser.add_argument("--profile", metavar="ID", help="the profile of this id (default: the last one)")
    parser.add_argument("--dbt-source", metavar="NAME", help="dbt: the table is of this source, and no model")
    parser.add_argument("--namespace", help="openlineage: what lineage calls the place of the table (the source)")
    declare_privacy(parser)


def run(options: argparse.Namespace) -> int:
    """Write the profile that is meant; raises `ProfileMeshError`."""
    from taskflow_profilemesh.commands.show import wanted
    from taskflow_profilemesh.commands.stores import config_of, opened
    from taskflow_profilemesh.guarding import Guard

    privacy = privacy_of(options, config_of(options, os.environ).get("privacy"))
    with opened(options) as store:
        stored = wanted(store, options.table, profile_id=options.profile, source=options.source)

    shown = Guard(privacy, stored.source).profile(stored.profile, earlier=stored.profile)
    _write(_text(replace(stored, profile=shown), options), options.output)
    return 0


def _text(stored: StoredProfile, options: argparse.Namespace) -> str:
    from taskflow_profilemesh.events.dataset_names import DatasetName
    from taskflow_profilemesh.exports import dbt, gx, odcs, openlineage, plain

    match options.format:
        case "dbt":
            return dbt.dbt_yaml(stored.profile, dbt_source=options.dbt_source)
        case "odcs":
            return odcs.odcs_yaml(stored)
        case "gx":
            return gx.gx_json(stored)
        case "openlineage":
            dataset = DatasetName(options.namespace or stored.source, str(stored.table))
            return openlineage.openlineage_json(stored, dataset=dataset)
        case "csv":
            return plain.csv_text(stored)
        case _:
            return plain.json_text(stored)


def _write(text: str, output: Path | None) -> None:
    if output is None:
        sys.stdout.write(text)
        return
    try:
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        raise InvalidOption(option="output", got=str(output), expected="a file that can be written") from error
