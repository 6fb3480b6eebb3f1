"""Pages of a list, with the public API's quirks.

`next` is set whenever the page is not empty, the last one too, and `previous` whenever there is an earlier page; both
point to the server's configured address, whatever the request's was.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlencode

from mock_airbyte.calls import Answer
from mock_airbyte.masking import MASK, masked_query
from mock_airbyte.problems import bad_request

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mock_airbyte.calls import Call

DEFAULT_LIMIT, HIGHEST_LIMIT = 20, 100
_Item = TypeVar("_Item")


def page(call: Call, path: str, items: Sequence[_Item], payload: Callable[[_Item], dict[str, Any]]) -> Answer:
    """Answer with the part of `items` that was asked for; raises a 400 for a limit or offset out of range."""
    limit = _number(call, "limit", default=DEFAULT_LIMIT, lowest=1, highest=HIGHEST_LIMIT)
    offset = _number(call, "offset", default=0, lowest=0, highest=None)
    shown = items[offset : offset + limit]
    before = _link(call, path, limit, max(offset - limit, 0)) if offset else ""
    after = _link(call, path, limit, offset + limit) if shown else ""
    return Answer({"previous": before, "next": after, "data": [payload(item) for item in shown]})


def _link(call: Call, path: str, limit: int, offset: int) -> str:
    query = {name: values for name, values in call.query.items() if name not in ("limit", "offset")}
    kept = [(name, value) for name, values in masked_query(query).items() for value in values if MASK not in value]
    return f"{call.public_url}{path}?{urlencode([*kept, ('limit', limit), ('offset', offset)])}"


def _number(call: Call, name: str, *, default: int, lowest: int, highest: int | None) -> int:
    text = call.one(name)
    if text is None:
        return default
    try:
        number = int(text)
    except ValueError:
        number = lowest - 1
    if number < lowest or (highest is not None and number > highest):
        limits = f"at least {lowest}" if highest is None else f"between {lowest} and {highest}"
        message = f"{name}: must be {limits}"
        raise bad_request(message)
    return number
