"""The statuses of a job, named once.

Airbyte moves a job pending → queued → running → incomplete (an attempt failed, another may follow) → succeeded, failed
or cancelled; only the last three are final. A status that this version does not know is taken as not final: a job is
never given up, and never taken as done, because Airbyte learned a new word.
"""

from __future__ import annotations

import logging
from functools import cache

SUCCEEDED = "succeeded"
FAILED = "failed"
CANCELLED = "cancelled"

TERMINAL = frozenset({SUCCEEDED, FAILED, CANCELLED})
ACTIVE = frozenset({"pending", "queued", "running", "incomplete"})
KNOWN = TERMINAL | ACTIVE

_LOG = logging.getLogger(__name__)


def status_of(word: str) -> str:
    """Return the status as this package spells it; an unknown one is kept, with a warning in the log."""
    status = word.strip().lower()
    if status not in KNOWN:
        _warn_once(status)
    return status


@cache  # a job is looked at many times
def _warn_once(status: str) -> None:
    _LOG.warning("Airbyte reports a job status that is not known here: %s. It is taken as not final.", status[:64])
