"""What an address of SQL Server says beside host and database, in the words of ConnectorX.

Its parameters are `encrypt`, `trust_server_certificate`, `trust_server_certificate_ca`, `trusted_connection` and
`appname`. Drivers of others call them otherwise (`Encrypt=yes`, `TrustServerCertificate=yes`), and a value that
ConnectorX does not know it takes for no encryption, without a word. So values are checked here, and a connection is
encrypted unless it is said not to be.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from taskflow_profilemesh.errors import InvalidOption

if TYPE_CHECKING:
    from collections.abc import Iterable

PASSED_ON: Final = frozenset(
    {"encrypt", "trust_server_certificate", "trust_server_certificate_ca", "trusted_connection", "appname"}
)
LEFT_OUT: Final = frozenset(
    {"driver", "charset", "tds_version", "connect_timeout", "login_timeout", "timeout", "autocommit"}
    | {"multisubnetfailover", "mars_connection", "as_dict", "conn_properties"}
)
_OWN: Final = {  # other drivers' names, folded
    "trustservercertificate": "trust_server_certificate",
    "trustedconnection": "trusted_connection",
    "app": "appname",
    "application_name": "appname",
    "application name": "appname",
}
_SWITCHES: Final = PASSED_ON - {"trust_server_certificate_ca", "appname"}
_WORDS: Final = {"true": "true", "yes": "true", "1": "true", "false": "false", "no": "false", "0": "false"} | {
    "mandatory": "true",
    "optional": "false",
}


def named(options: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Return the options under ConnectorX's names, without those that change nothing about what is read.

    Raises `InvalidOption` for a switch that is neither on nor off; its value is not repeated.
    """
    found: dict[str, str] = {}
    for written, value in options:
        folded = written.casefold()
        name = _OWN.get(folded, folded)
        if name in LEFT_OUT:
            continue
        if name in _SWITCHES:
            if value.casefold() not in _WORDS:
                raise InvalidOption(option=name, got="another word", expected="true or false")
            value = _WORDS[value.casefold()]  # noqa: PLW2901 -- the same, in the driver's word
        found[name if name in PASSED_ON else written] = value
    return tuple({"encrypt": "true", **found}.items())
