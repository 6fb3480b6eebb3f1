"""Configs as tasks read them: with the environment, and with Airflow's Variables, in which one may be kept."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from airflow.providers.common.compat.sdk import Variable

if TYPE_CHECKING:
    from pathlib import Path

    from taskflow_profilemesh.config import ConfigText, Said


def said_in(config: object, folder: Path) -> Said:
    """Return what a config says, and the environment before it; see `config.read_config`. None: no config."""
    from taskflow_profilemesh.config import read_config

    return read_config(config, environ=os.environ, folder=folder, variables=_value)


def config_text(variable: str) -> ConfigText:
    """Return the config that the Variable holds, YAML or JSON; raises `InvalidOption` where there is none."""
    from taskflow_profilemesh.config import ConfigText
    from taskflow_profilemesh.errors import InvalidOption

    text = _value(variable)
    if text is None:
        expected = "the name of an Airflow Variable that exists"
        raise InvalidOption(option="config_variable", got=variable, expected=expected)
    return ConfigText(text, name=f"the Variable {variable}")


def _value(variable: str) -> str | None:
    value = Variable.get(variable, None)
    return None if value is None else str(value)
