"""Which store a command means, and opening it: the words of the command line, a config file, Airflow's settings.

Airflow is not asked: its environment variables and its `airflow.cfg` are read here as far as the store goes.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from configparser import ConfigParser, Error
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from taskflow_profilemesh.errors import InvalidOption
from taskflow_profilemesh.storage import Retention, SqlStore, TableNames, default_url, open_store
from taskflow_profilemesh.storage.engine import address_of
from taskflow_profilemesh.tables import TableRef

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator

    from taskflow_profilemesh.config import Said

OPTION: Final = "--store"  # who named a store that was named on the command line

_NOBODY: Final = "nobody: it is the file in the Airflow home"
_SECTION: Final = "profilemesh"
_KEPT: Final[Mapping[str, Callable[[str], float]]] = {"keep_runs": int, "keep_days": float}


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreChoice:
    """A store, who named it, and what is said of it: its tables' names and how long it keeps runs."""

    url: str = field(repr=False)
    named_by: str
    settings: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_homeless(self) -> bool:
        """Whether it is the file in the Airflow home, and there is no such home."""
        return self.named_by == _NOBODY and not Path(str(address_of(self.url).url.database)).parent.is_dir()


def chosen(options: argparse.Namespace, environ: Mapping[str, str], config: Said | None = None) -> StoreChoice:
    """Return the store that is meant: `--store`, that of `--config`, Airflow's setting, else the file in its home.

    `config`: what `--config` says, None where nobody has read it yet. Raises `InvalidOption` and `InvalidConfig`.
    """
    config = config_of(options, environ) if config is None else config
    settings = _kept(environ) | dict(config.get("storage") or {})
    named = (
        (options.store, OPTION),
        (config.get("store"), "the config"),
        (_setting(environ, "store"), "Airflow's setting [profilemesh] store"),
        (default_url(environ), _NOBODY),
    )
    store, named_by = next((store, by) for store, by in named if store)
    return StoreChoice(url=_url(store, environ), named_by=named_by, settings=settings)


def config_of(options: argparse.Namespace, environ: Mapping[str, str]) -> Said:
    """Return what `--config` says, nothing without one; raises `InvalidConfig`."""
    if getattr(options, "config", None) is None:
        return {}
    from taskflow_profilemesh.config import read_config

    return read_config(options.config, environ=environ, folder=Path())


@contextmanager
def opened(options: argparse.Namespace) -> Iterator[SqlStore]:
    """Open the store that is meant, which must be there; close it in the end. Raises `StoreError` and as `chosen`."""
    with closing(opened_by(chosen(options, os.environ), must_exist=True)) as store:
        yield store


def opened_by(choice: StoreChoice, *, must_exist: bool = False) -> SqlStore:
    """Open the store; it is made where there is none, unless it `must_exist`. Raises `StoreError`."""
    names, retention = TableNames.of(choice.settings), Retention.of(choice.settings)
    return open_store(choice.url, names=names, retention=retention, must_exist=must_exist)


def unopened(choice: StoreChoice) -> SqlStore:
    """Return the store without making or changing anything in it; `look()` comes first."""
    return SqlStore(address_of(choice.url), names=TableNames.of(choice.settings))


def known_table(store: SqlStore, text: str, *, source: str | None) -> tuple[str, TableRef]:
    """Return the source and the table that are meant; raises `InvalidOption` where that is none, or several."""
    wanted = TableRef.parse(text)
    pairs = store.tables()
    found = [pair for pair in pairs if pair[1] == wanted and source in (None, pair[0])]
    if len(found) == 1:
        return found[0]
    if found:
        sources = ", ".join(name for name, _ in found)
        raise InvalidOption(option="source", got="none", expected=f"one of {sources}")
    known = tuple(str(table) for _, table in pairs)
    expected = "a table that the store has a profile of"
    raise InvalidOption(option="table", got=str(wanted), expected=expected, known=known)


def _url(store: str, environ: Mapping[str, str]) -> str:
    if "://" in store:
        return store
    if Path(store).is_file():
        raise InvalidOption(option="store", got="a file's path", expected="its URL, such as sqlite:///profiles.db")
    from taskflow_profilemesh.commands.sources import connection_address
    from taskflow_profilemesh.reading.sqlalchemy_url import sqlalchemy_url

    return sqlalchemy_url(connection_address(store, environ))


def _kept(environ: Mapping[str, str]) -> dict[str, float]:
    found: dict[str, float] = {}
    for name, read in _KEPT.items():
        said = _setting(environ, name)
        try:
            found |= {name: read(said)} if said else {}
        except ValueError:
            raise InvalidOption(option=f"[profilemesh] {name}", got="no number", expected="a number") from None
    return found


def _setting(environ: Mapping[str, str], name: str) -> str | None:
    """Return a setting of Airflow's section `[profilemesh]`, None where it is empty or cannot be read."""
    said = environ.get(f"AIRFLOW__{_SECTION.upper()}__{name.upper()}")
    if said is not None:
        return said or None
    home = Path(environ.get("AIRFLOW_HOME") or "~/airflow").expanduser()
    parser = ConfigParser(interpolation=None)
    try:
        parser.read(environ.get("AIRFLOW_CONFIG") or home / "airflow.cfg")
    except (Error, OSError, UnicodeDecodeError):  # Airflow says what is wrong with its file
        return None
    return parser.get(_SECTION, name, fallback="") or None
