"""What the benchmarks ran on: the facts without which their seconds mean nothing."""

from __future__ import annotations

import os
import platform
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import psycopg

PACKAGES = ("polars", "connectorx", "adbc-driver-postgresql", "pyarrow", "numpy", "psycopg", "duckdb", "pointblank")
PEER_PACKAGES = ("whylogs", "ydata-profiling", "pandas", "numpy")
_TOLD = "import importlib.metadata as m, sys; print(*(m.version(n) for n in sys.argv[1:]), sep='\\n')"


def cpu_model(cpuinfo: str) -> str:
    """Return the processor's name from the text of /proc/cpuinfo; some machines do not tell."""
    named = (line.partition(":")[2].strip() for line in cpuinfo.splitlines() if line.startswith("model name"))
    return next(named, "unknown processor")


def memory_gib(meminfo: str) -> float:
    """Return the machine's memory from the text of /proc/meminfo."""
    total = next(line for line in meminfo.splitlines() if line.startswith("MemTotal:"))
    return int(total.split()[1]) / (1 << 20)


def facts(*, today: date, server: str, python: str, peers: str | None) -> Iterator[str]:
    """Yield what there is to know, as a Markdown list.

    `server`: what the database calls itself. `python`: this interpreter's version. `peers`: the interpreter of the
    peers that live in an environment of their own, None without them.
    """
    cores = len(os.sched_getaffinity(0))
    model, memory = cpu_model(_text("/proc/cpuinfo")), memory_gib(_text("/proc/meminfo"))
    yield f"- {today.isoformat()}"
    yield f"- {model}, {cores} cores, {memory:.0f} GiB; the database's server shares them"
    yield f"- {platform.system()} {platform.release()}, {server}, Python {python}"
    yield f"- {listed(installed(PACKAGES))}"
    if peers is not None:
        yield f"- for whylogs and ydata-profiling alone: {listed(elsewhere(peers, PEER_PACKAGES))}"


def installed(packages: Sequence[str]) -> dict[str, str]:
    """Return the versions of those packages that are installed here."""
    found = {}
    for package in packages:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found


def elsewhere(python: str, packages: Sequence[str]) -> dict[str, str]:
    """Return the versions of packages that another interpreter has, all of them."""
    told = subprocess.run([python, "-c", _TOLD, *packages], check=True, capture_output=True, text=True).stdout
    return dict(zip(packages, told.split(), strict=True))


def listed(versions: Mapping[str, str]) -> str:
    """Write versions in one line."""
    return ", ".join(f"{package} {number}" for package, number in versions.items())


def server_version(url: str) -> str:
    """Return the name and version of the PostgreSQL server."""
    with psycopg.connect(url) as connection:
        return f"PostgreSQL {str(connection.info.parameter_status('server_version')).split()[0]}"


def _text(path: str) -> str:
    return Path(path).read_text()
