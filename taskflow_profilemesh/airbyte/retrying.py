"""Whether a call that failed is tried again, and after how long. Pure: the clients do the waiting.

The pause doubles from a quarter of a second up to 15 s and is shortened by up to half at random, so that many clients
do not come back together. A server's `Retry-After` is honoured. The first contact is given up soon (nobody may be
there); once a server has answered, calls outlive its restart.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from taskflow_profilemesh.errors import AirbyteAnswerGarbled

if TYPE_CHECKING:
    from datetime import datetime

    from taskflow_profilemesh.airbyte.calls import Call
    from taskflow_profilemesh.errors import AirbyteError

FIRST_CONTACT_SECONDS = 6.0
ESTABLISHED_SECONDS = 120.0

_FIRST_PAUSE_SECONDS = 0.25
_LONGEST_PAUSE_SECONDS = 15.0
_MOST_DOUBLINGS = 10
_TOO_MANY_REQUESTS = 429
_SERVER_ERROR = 500


@dataclass(frozen=True, slots=True)
class Patience:
    """How long calls are repeated: to a server that has not answered yet, and to one that has."""

    first_contact_seconds: float = FIRST_CONTACT_SECONDS
    established_seconds: float = ESTABLISHED_SECONDS


def may_pass(status_code: int) -> bool:
    """Return whether an answer of this status may be another one a little later."""
    return status_code == _TOO_MANY_REQUESTS or status_code >= _SERVER_ERROR


def may_be_read_later(call: Call[Any], error: AirbyteError) -> bool:
    """Return whether the answer could not be read, of a server that is Airbyte's, to a call that does nothing twice."""
    return call.repeatable and isinstance(error, AirbyteAnswerGarbled)


def pause_before_retry(
    *, tries: int, waited_seconds: float, patience_seconds: float, retry_after: str | None, now: datetime, draw: float
) -> float | None:
    """Return the seconds to wait before the next try, or None to give up.

    `tries`: how many failed so far (≥ 1). `draw`: a random number in [0, 1).
    """
    pause = min(_FIRST_PAUSE_SECONDS * 2 ** min(tries - 1, _MOST_DOUBLINGS), _LONGEST_PAUSE_SECONDS) * (1 - draw / 2)
    pause = max(pause, seconds_of(retry_after, now=now))
    return pause if waited_seconds + pause <= patience_seconds else None


def seconds_of(retry_after: str | None, *, now: datetime) -> float:
    """Read a `Retry-After` header, seconds or a date; 0 where it is absent, past or unreadable."""
    if not retry_after:
        return 0.0
    try:
        seconds = float(retry_after)
    except ValueError:
        try:
            moment = parsedate_to_datetime(retry_after)
        except ValueError:
            return 0.0
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        seconds = (moment - now).total_seconds()
    return max(0.0, seconds) if math.isfinite(seconds) else 0.0
