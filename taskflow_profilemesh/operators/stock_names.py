"""The names that the Airbyte provider's `AirbyteTriggerSyncOperator` has for our options. Pure.

They are taken so that a DAG moves over by one import; one option under two names is an error while the file is parsed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from collections.abc import Mapping

STOCK_NAMES = {
    "airbyte_conn_id": "conn_id",
    "connection_id": "connection",
    "wait_seconds": "poll_interval_seconds",
    "timeout": "timeout_seconds",
}
"""The stock operator's name of each option, and ours."""

_NEEDLESS = {"api_version": ("v1",), "api_type": ("cloud", "config")}


def under_our_names(ours: Mapping[str, Any], stock: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options by our names, those of `ours` that `stock` says included.

    None is an option that is not given. Raises `InvalidOption` where an option is given under both names.
    """
    options = dict(ours)
    for name, value in stock.items():
        our_name = STOCK_NAMES[name]
        if value is None:
            continue
        if options[our_name] is not None:
            _refuse(our_name, f"{our_name} and {name}", "one of the two: they are names of one option")
        options[our_name] = value
    return options


def check_needless(**options: object) -> None:
    """Refuse what cannot be meant by the stock options that do nothing here; raises `InvalidOption`.

    The host of the Airflow connection says which API is asked, in any of its forms.
    """
    for name, value in options.items():
        if value is not None and value not in _NEEDLESS[name]:
            expected = "one of " + ", ".join(_NEEDLESS[name]) + ", or nothing: the Airflow connection's host says it"
            _refuse(name, str(value), expected)


def _refuse(option: str, got: str, expected: str) -> NoReturn:
    from taskflow_profilemesh.errors import InvalidOption  # loaded only to raise: a DAG file's parsing stays cheap

    raise InvalidOption(option=option, got=got, expected=expected)
