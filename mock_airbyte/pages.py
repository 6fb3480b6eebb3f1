"""Pages of a list, with the public API's quirks.

`next` is set whenever the page is not empty, the last one too, and `previous` whenever there is an earlier page; both
point to the server's configured address, whatever the request's was.
"""

from __future__ import annotations

import re
from math import inf
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlencode

from mock_airbyte.calls import Answer
from mock_airbyte.masking import MASK, masked_query
from mock_airbyte.problems import out_of_range, unreadable

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mock_airbyte.calls import Call

DEFAULT_LIMIT, HIGHEST_LIMIT = 20, 100
_NUMBER = re.compile(r"[+-]?[0-9]{1,9}")  # of 32 bits
_Item = TypeVar("_Item")


def page(call: Call, path: str, items: Sequence[_Item], payload: Callable[[_Item], dict[str, Any]]) -> Answer:
    """Answer with the part of `items` that was asked for; raises a 400 for a limit or offset out of range."""
    operation = f"list{path.rpartition('/')[2].capitalize()}"
    limit = _number(call, operation, "limit", default=DEFAULT_LIMIT, bounds=(1, HIGHEST_LIMIT))
    offset = _number(call, operation, "offset", default=0, bounds=(0, inf))
    shown = items[offset : offset + limit]
    before = _link(call, path, limit, max(offset - limit, 0)) if offset else ""
    after = _link(call, path, limit, offset + limit) if shown else ""
    return Answer({"previous": before, "next": after, "data": [payload(item) for item in shown]})


def _link(call: Call, path: str, limit: int, offset: int) -> str:
    query = {name: values for name, values in call.query.items() if name not in ("limit", "offset")}
    kept = [(name, value) for name, values in masked_query(query).items() for value in values if MASK not in value]
    return f"{call.public_url}{path}?{urlencode([*kept, ('limit', limit), ('offset', offset)])}"


def _number(call: Call, operation: str, name: str, *, default: int, bounds: tuple[int, float]) -> int:
    text = call.one(name)
    if text is None:
        return default
    if not _NUMBER.fullmatch(text):
        reason = f'For input string: "{text}"'
        raise unreadable(name, text, reason)
    number, where, (lowest, highest) = int(text), f"{operation}.{name}", bounds
    if number < lowest:
        raise out_of_range(where, number, f"must be greater than or equal to {lowest}")
    if number > highest:
        raise out_of_range(where, number, f"must be less than or equal to {highest}")
    return number
