"""Checks of the profile operators' options, made while a DAG file is parsed: each raises `InvalidOption` or passes.

What is rendered or returned later is checked when the task runs. The errors are loaded when there is one to raise.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, NoReturn

from taskflow_profilemesh.operators.rendered import is_settled

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_PRIVACY: Final = ("allow_values", "hide_values", "method")
_METHODS: Final = ("hash", "mask", "drop")
_LEAST_MEMORY_BYTES: Final = 16 << 20  # as in `config.options`, which would cost every DAG file its import
_LEAST_SECONDS: Final = 0.001
_CONFIGS = ("config", "config_path", "config_variable")


def check_options(task: object) -> None:
    """Refuse what is wrong with an option by itself; `task` has each of `_CHECKS` as an attribute, None: not given."""
    for option, check in _CHECKS.items():
        if (got := getattr(task, option)) is not None:
            check(option, got)


def check_flag(option: str, got: object) -> None:
    """Refuse what is neither True nor False; `"false"` would count as true."""
    if got is not None and not isinstance(got, bool):
        _refuse(option, type(got).__name__, "True or False")


def check_environment(option: str, got: object) -> None:
    """Refuse a name that no environment can have."""
    if got is None or not is_settled(got):
        return
    from taskflow_profilemesh.config.options import ENVIRONMENT, is_environment

    if not isinstance(got, str) or not is_environment(got):
        _refuse(option, repr(got), ENVIRONMENT)


def check_configs(config: object, config_path: object, config_variable: object) -> None:
    """Refuse more than one way to name a config, and what names none."""
    given = dict(zip(_CONFIGS, (config, config_path, config_variable), strict=True))
    named = [option for option, value in given.items() if value is not None]
    if len(named) > 1:
        _refuse(named[1], f"{' and '.join(named)} together", "one of the two")
    _check_config(
        "config", config, os.PathLike | Mapping | str, "the path of a YAML file, or a mapping of its sections"
    )
    _check_config("config_path", config_path, os.PathLike | str, "the path of a YAML file")
    _check_config("config_variable", config_variable, str, "the name of an Airflow Variable that holds YAML or JSON")


def _one_of(*known: str) -> Callable[[str, Any], None]:
    """Return a check that refuses what is not one of these."""

    def check(option: str, got: object) -> None:
        if got not in known:
            _refuse(option, str(got), f"one of {', '.join(known)}", known)

    return check


def _at_least(least: float) -> Callable[[str, Any], None]:
    """Return a check that refuses what is no number, or a smaller one."""

    def check(option: str, got: object) -> None:
        if isinstance(got, bool) or not isinstance(got, int | float) or not got >= least:
            _refuse(option, repr(got), f"a number of at least {least:,}")

    return check


def _check_thresholds(option: str, got: object) -> None:
    """Refuse what is no mapping; its names and numbers are checked with those of the config."""
    if not isinstance(got, Mapping):
        _refuse(option, type(got).__name__, "a mapping from names of thresholds to numbers")


def _check_privacy(option: str, got: object) -> None:
    """Refuse what is no mapping of the options of privacy; a key has no place in a DAG file."""
    if not isinstance(got, Mapping):
        _refuse(option, type(got).__name__, f"a mapping of {', '.join(_PRIVACY)}")
    if "hash_key" in got:
        _refuse(option, "a hash_key", "hash_key in the config, from a variable of the environment")
    for name in got:
        _one_of(*_PRIVACY)(option, str(name))
    if got.get("method") is not None:
        _one_of(*_METHODS)(f"{option}.method", got["method"])


def _check_event_hooks(option: str, got: object) -> None:
    """Refuse a lone mapping, whose keys would be taken for hooks; what each is, is looked at when the task runs."""
    if isinstance(got, Mapping):
        _refuse(option, "a mapping", "a list of hooks")


def _check_tables(_: str, got: object) -> None:
    """Refuse tables that are wrong whatever the templates beside them become."""
    if not is_settled(got):
        return
    from taskflow_profilemesh.operators.rendered import as_rendered
    from taskflow_profilemesh.table_requests import table_requests

    table_requests(as_rendered(got))


def _check_config(option: str, value: object, kinds: Any, expected: str) -> None:  # noqa: ANN401 -- as for isinstance
    if value is None or (isinstance(value, kinds) and not (isinstance(value, str) and not value.strip())):
        return
    from airflow.providers.common.compat.sdk import XComArg

    if not isinstance(value, XComArg):  # what another task returns is looked at when this one runs
        _refuse(option, type(value).__name__, expected)


def _refuse(option: str, got: str, expected: str, known: Sequence[str] = ()) -> NoReturn:
    from taskflow_profilemesh.errors import InvalidOption

    raise InvalidOption(option=option, got=got, expected=expected, known=known)


_CHECKS: Final[Mapping[str, Callable[[str, Any], None]]] = {
    "on_drift": _one_of("record", "warn", "skip", "fail"),
    "drift_severity": _one_of("low", "medium", "high"),
    "thresholds": _check_thresholds,
    # these two as in `drift.baselines` and `drift.rules`, which would cost every DAG file their import
    "baseline": _one_of("last_run", "moving_average", "prior_period", "stable_window", "pinned", "auto"),
    "strategy": _one_of("absolute_threshold", "standard_deviation", "statistical"),
    "event_hooks": _check_event_hooks,
    "table_patterns": _check_tables,
    "environment": check_environment,
    "fail_on_error": check_flag,
    "max_rows": _at_least(1),
    "memory_budget_bytes": _at_least(_LEAST_MEMORY_BYTES),
    "statement_timeout_seconds": _at_least(_LEAST_SECONDS),
    "privacy": _check_privacy,
}
