"""What `plan` and `profile` are asked for, all told: the command line, then `--config`, then the defaults.

The config is read as a task reads it, and settled with the words of the command line as with the options of a task.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from taskflow_profilemesh.commands.arguments import each_of, folder_of, place_of, tables_of
from taskflow_profilemesh.commands.privacy import said_of_privacy
from taskflow_profilemesh.commands.stores import StoreChoice, chosen, config_of
from taskflow_profilemesh.config import ProfileOptions, Said, settle
from taskflow_profilemesh.errors import InvalidOption
from taskflow_profilemesh.reading import DatabaseAddress
from taskflow_profilemesh.reading.folder import table_of
from taskflow_profilemesh.table_requests import insisted, table_requests

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping

    from taskflow_profilemesh.table_selection import Wanted
    from taskflow_profilemesh.tables import TableRef

_DEFAULT_VARIABLE: Final = f"AIRFLOW_CONN_{ProfileOptions().conn_id.upper()}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The options of a run, and what only the command line knows.

    `folder`: of files, in place of a database. `store`: None where nothing is kept.
    """

    options: ProfileOptions
    folder: Path | None
    store: StoreChoice | None

    @property
    def wanted(self) -> tuple[Wanted, ...]:
        """The tables, with what is said of all of them."""
        return table_requests(self.options.requests())


def asked_of(arguments: argparse.Namespace, environ: Mapping[str, str]) -> Asked:
    """Return what is asked for; raises `InvalidOption`, which repeats no URL, and `InvalidConfig`."""
    config = config_of(arguments, environ)
    place = place_of(arguments, config_names_one=_names_source(config, environ))
    folder, file = _files(place)
    tables = tables_of(arguments, place, file=file)
    if tables is None and config.get("tables"):
        tables = insisted(config["tables"] or (), each_of(arguments), exclude=arguments.exclude)
    if tables is None:
        expected = "tables, --schema or --pattern, or profiling.tables in a --config; '*' is all of them"
        raise InvalidOption(option="TABLE", got="nothing", expected=expected)
    said = _source(arguments, place, folder) | _limits(arguments) | Said(tables=tables)
    options = settle(said, config)
    if place is not None or arguments.conn_id is not None:
        options = replace(options, source_type=None)  # the config's, which speaks of its own source
    return Asked(options=options, folder=folder, store=_store(arguments, environ, config))


def _files(place: str | None) -> tuple[Path | None, TableRef | None]:
    """Return the folder that is to be read, and its table where a single file is; None for a database."""
    path = folder_of(place) if place is not None else None
    if path is None or path.is_dir():
        return path, None
    file = table_of(path)
    if file is None:
        expected = "postgresql://…, mysql://…, sqlite:///…, or what exists: a folder or a file that ends in "
        expected += ".parquet, .csv, .tsv or .jsonl"
        raise InvalidOption(option="URL", got="no URL, no folder and no such file", expected=expected)
    return path.parent, file


def _store(arguments: argparse.Namespace, environ: Mapping[str, str], config: Said) -> StoreChoice | None:
    """Return the store that is meant; None without `--store` and `--config`, and without a home for a config's own."""
    is_asked_for = arguments.store is not None or arguments.config is not None
    choice = chosen(arguments, environ, config) if is_asked_for else None
    if choice is not None and choice.is_homeless:
        choice = None
    if arguments.incremental is not None and choice is None:
        expected = "--store too, --store sqlite:///profiles.db for instance: it keeps what to go on from"
        raise InvalidOption(option="incremental", got="no store", expected=expected)
    return choice


def _names_source(config: Said, environ: Mapping[str, str]) -> bool:
    """Say whether a run by the config alone knows what to read, as a task would."""
    return bool(config) and (config.get("conn_id") is not None or _DEFAULT_VARIABLE in environ)


def _source(arguments: argparse.Namespace, place: str | None, folder: Path | None) -> Said:
    if place is None:
        return Said(conn_id=arguments.conn_id)
    if folder is not None:
        return Said(conn_id=str(folder.absolute()))
    return Said(conn_id=str(DatabaseAddress.from_url(place)), source_url=place)


def _limits(arguments: argparse.Namespace) -> Said:
    return Said(
        memory_budget_bytes=arguments.memory_budget,
        statement_timeout_seconds=arguments.statement_timeout,
        privacy=said_of_privacy(arguments),
        environment=arguments.environment,
    )
