"""One arm in a process of its own: prepares, says `ready`, and does a step whenever it is told to.

Run with `python -m`; arguments: `module:function` (of this folder) and a JSON object. The function prepares, which is
not timed (a worker imports and connects once), and returns its steps by name. Each line of standard input starts the
next step. What is printed of it is JSON after a mark, since libraries print, too: wall seconds, this process's CPU
seconds, and the highest resident memory so far, in MB above what the bare interpreter had.

The standard library only: what an arm imports itself is part of its memory, and peers live in another environment.
"""

from __future__ import annotations

import importlib
import json
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

MARK = "measured:"
Steps = Mapping[str, Callable[[], object]]


def main(arm: str, arguments: str) -> None:
    """Prepare the arm and do its steps, each when a line of standard input says so."""
    interpreter = peak_mb()
    module, _, function = arm.partition(":")
    steps: Steps = getattr(importlib.import_module(f"tests.benchmarks.{module}"), function)(**json.loads(arguments))
    _say({"steps": list(steps)})
    for step in steps.values():
        if not sys.stdin.readline():
            return
        wall, cpu = time.perf_counter(), time.process_time()
        kept = step()
        taken = {"wall": time.perf_counter() - wall, "client": time.process_time() - cpu}
        _say({**taken, "peak_mb": peak_mb() - interpreter})
        del kept


def peak_mb() -> float:
    """Return the highest resident memory; the kernel's `ru_maxrss` would start at that of the parent process."""
    status = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) / 1024


def _say(what: Mapping[str, object]) -> None:
    sys.stdout.write(f"\n{MARK}{json.dumps(what)}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
