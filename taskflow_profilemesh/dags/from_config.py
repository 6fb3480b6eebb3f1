"""`dags_from_config`: the DAGs of a config file, of all in a folder, or of an Airflow Variable."""

from __future__ import annotations

import os
from glob import has_magic
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from typing import Unpack

    from airflow.providers.common.compat.sdk import DAG

    from taskflow_profilemesh.dags.options import DagChanges

_SUFFIXES = (".yml", ".yaml")


def dags_from_config(
    path: str | os.PathLike[str] | None = None, *, variable: str | None = None, **changes: Unpack[DagChanges]
) -> dict[str, DAG]:
    """Build the DAGs that configs describe, each as `profile_dag` does, and return them by their ids.

    `path`: a config file, a folder whose `*.yml` and `*.yaml` files are configs, or a pattern of such; a relative one
    starts from the folder of the DAG file. `variable`: the name of an Airflow Variable that holds a config, as YAML or
    JSON; it is looked up each time the DAG file is parsed, which is one query, and again when a task runs. Exactly one
    of the two. `changes` hold for each DAG.

    Airflow finds the DAGs by itself; a DAG file must hold the word `airflow` somewhere to be looked at. A config that
    is wrong is an import error of the DAG file. Raises `InvalidConfig`, and `InvalidOption` where there is no config,
    or where two DAGs would have one id.
    """
    from taskflow_profilemesh.dags.profile_dag import calling_file, profile_dag
    from taskflow_profilemesh.errors import InvalidOption

    file = calling_file()
    if (path is None) == (variable is None):
        raise InvalidOption(
            option="path", got="both or none", expected="path, or variable= with the name of a Variable"
        )
    if variable is not None:
        return _by_id([_of_variable(variable, file, dict(changes))])
    return _by_id([profile_dag(found, **changes) for found in _files(str(path), Path(file).parent)])


def _of_variable(variable: str, file: str, changes: dict[str, Any]) -> DAG:
    from taskflow_profilemesh.dags.names import id_of
    from taskflow_profilemesh.dags.profile_dag import dag_by
    from taskflow_profilemesh.hooks.variables import config_text

    text = config_text(variable)
    return dag_by(text, {"config_variable": variable}, file, changes, name=id_of(variable))


def _files(path: str, folder: Path) -> list[str]:
    """Return the config files, as they are to be named: relative to the folder where the path is."""
    from taskflow_profilemesh.errors import InvalidOption

    whole = folder / Path(path).expanduser()
    if not whole.is_dir() and not has_magic(path):
        return [path]  # whether it can be read, its reader says
    found = whole.iterdir() if whole.is_dir() else Path(whole.anchor).glob(str(whole.relative_to(whole.anchor)))
    configs = sorted(one for one in found if one.suffix in _SUFFIXES)
    if not configs:
        raise InvalidOption(option="path", got=path, expected="a folder or a pattern with a .yml or .yaml file")
    is_relative = not Path(path).expanduser().is_absolute()
    return [os.path.relpath(one, folder) if is_relative else str(one) for one in configs]


def _by_id(dags: list[DAG]) -> dict[str, DAG]:
    from taskflow_profilemesh.errors import InvalidOption

    by_id = {dag.dag_id: dag for dag in dags}
    if len(by_id) < len(dags):
        ids = [dag.dag_id for dag in dags]
        twice = next(one for one in ids if ids.count(one) > 1)
        raise InvalidOption(option="dag_id", got=f"{twice} twice", expected="an id of its own for each config")
    return by_id
