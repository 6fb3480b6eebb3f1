"""The journal of a running mock: which requests came, and whether the jobs that they started were looked after."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from mock_airbyte.commands.result import FAILED, FINE, CommandFailed, Result, WrongUsage, table
from mock_airbyte.paths import is_called

if TYPE_CHECKING:
    import argparse

    from mock_airbyte.commands.remote import Json, Remote

_CHECKS = (("duplicate_jobs", "duplicateJobs"), ("orphan_jobs", "orphanJobs"))


def requests(remote: Remote, options: argparse.Namespace) -> Result:
    """List, export or check what came; `--clear` forgets it afterwards."""
    if options.limit is not None and options.limit < 1:
        message = f"The limit is at least 1 (got={options.limit})."
        raise WrongUsage(message)
    found = [one for one in remote.desk("GET", "/requests")["requests"] if _is_asked(one, options)]
    if any(getattr(options, name) for name, _ in _CHECKS) or options.count is not None:
        result = _checked(remote, options, len(found))
    elif options.export is not None:
        result = _exported(_newest(found, options), options)
    else:
        result = _listed(_newest(found, options))
    if options.clear:
        remote.desk("DELETE", "/requests")
    return result


def _is_asked(one: Json, options: argparse.Namespace) -> bool:
    method = None if options.method is None else options.method.upper()
    return method in (None, one["method"]) and is_called(options.path, one["path"])


def _newest(found: list[Json], options: argparse.Namespace) -> list[Json]:
    return found if options.limit is None else found[-options.limit :]


def _listed(found: list[Json]) -> Result:
    titles = ("at", "method", "path", "status", "seconds", "job", "arrived")
    rows = [
        (
            one["at"],
            one["method"],
            one["path"],
            one["status"],
            f"{one['seconds']:.3f}",
            one["started_job"],
            "yes" if one["delivered"] else "no",
        )
        for one in found
    ]
    return Result(found, table(titles, rows))


def _exported(found: list[Json], options: argparse.Namespace) -> Result:
    lines = "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in found)
    if options.export == "-":
        return Result(found, lines.rstrip("\n"))
    try:
        with open(options.export, "w", encoding="utf-8") as file:  # noqa: PTH123 -- the name may be /dev/stdout
            file.write(lines)
    except OSError as error:
        message = f"The file cannot be written (file={options.export!r}). {error.strerror}."
        raise CommandFailed(message) from error
    return Result({"file": options.export, "requests": len(found)}, f"{len(found)} requests in {options.export}")


def _checked(remote: Remote, options: argparse.Namespace, came: int) -> Result:
    """Return what is not as it was expected; none of it: fine."""
    said = remote.desk("GET", "/requests/checks")
    wrong = [said[key] for name, key in _CHECKS if getattr(options, name) and said[key] is not None]
    if options.count is not None and came != options.count:
        asked = f"{(options.method or 'any method').upper() if options.method else 'any method'} {options.path}"
        wrong.append(f"{options.count} requests were expected and {came} came ({asked}).")
    data = {"passed": not wrong, "explanations": wrong}
    return Result(data, "\n".join(wrong) or "As expected.", FAILED if wrong else FINE)
