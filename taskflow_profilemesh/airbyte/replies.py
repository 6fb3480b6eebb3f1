"""From the answer of a server to a value or an error. Pure: both clients bring their answers here.

Airbyte's errors follow RFC 9457 (`title`, `detail`, `data.message`), with older forms beside it (`message`, and the
reason in `_embedded.errors`); proxies in front of it answer with web pages.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlsplit

from taskflow_profilemesh.airbyte.answers import AnswerError, an_object, objects, part
from taskflow_profilemesh.airbyte.auth import Auth, masked
from taskflow_profilemesh.airbyte.retrying import may_pass
from taskflow_profilemesh.errors import (
    AirbyteAnswerGarbled,
    AirbyteAnswerInvalid,
    AirbyteForbidden,
    AirbyteLoginRefused,
    AirbyteRefused,
    AirbyteUnavailable,
)

if TYPE_CHECKING:
    from taskflow_profilemesh.airbyte.answers import Answer
    from taskflow_profilemesh.airbyte.calls import Call
    from taskflow_profilemesh.errors import (
        AirbyteError,
    )

T = TypeVar("T")

_LONGEST_REASON = 300
_OK = range(200, 300)
_REDIRECTS = range(300, 400)


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer as it came over the wire."""

    status_code: int
    content_type: str
    body: bytes
    location: str | None = None
    retry_after: str | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked, as far as a message may tell: no query, no body, no credentials."""

    method: str
    url: str
    base_url: str
    auth: Auth
    tries: int = 1
    is_understood: bool = False  # whether this server's answers to this API could be read before


def read_reply(call: Call[T], reply: Reply, asked: Asked) -> T:
    """Return what the call reads from the reply, or raise the error that it means."""
    if reply.status_code not in _OK:
        raise _error(call, reply, asked)
    try:
        return call.read(_json(reply))
    except AnswerError as error:
        raise _invalid(reply, asked, str(error)) from error


def _error(call: Call[T], reply: Reply, asked: Asked) -> AirbyteError:
    status = reply.status_code
    where = {"method": asked.method, "url": asked.url}
    # Self-managed servers refuse wrong client credentials with 400; so does a proxy that was asked for http and speaks
    # https, but not in JSON.
    refused = call.api == "token" and status in (400, 403, 422) and _is_json(reply)
    if status == HTTPStatus.UNAUTHORIZED or refused:
        return AirbyteLoginRefused(base_url=asked.base_url, auth=asked.auth.kind, status_code=status)
    if status == HTTPStatus.FORBIDDEN and call.api != "token":
        return AirbyteForbidden(**where)
    if may_pass(status):
        return AirbyteUnavailable(**where, status_code=status, tries=asked.tries)
    if status in _REDIRECTS:
        target = urlsplit(reply.location or "")
        return _invalid(reply, asked, f"it redirects to {target.scheme}://{target.hostname}; use that address")
    try:
        reason = _reason(_json(reply))
    except AnswerError as error:
        return _invalid(reply, asked, str(error))
    return AirbyteRefused(**where, status_code=status, reason=masked(reason, asked.auth.secrets)[:_LONGEST_REASON])


def _is_json(reply: Reply) -> bool:
    try:
        _json(reply)
    except AnswerError:
        return False
    return True


def _json(reply: Reply) -> Answer:
    try:
        return an_object(json.loads(reply.body), "the answer")
    except ValueError as error:
        if isinstance(error, AnswerError):
            raise
        kind = reply.content_type.partition(";")[0] or "no content type"
        raise AnswerError(kind, "is not JSON") from error


def _reason(answer: Answer) -> str:
    nested = objects(part(answer, "_embedded"), "errors")
    said = [
        answer.get("title"),
        part(answer, "data").get("message") or answer.get("detail") or answer.get("message"),
        *(item.get("message") for item in nested),
    ]
    words = list(dict.fromkeys(str(word) for word in said if word))
    return ": ".join(words) or "no reason given"


def _invalid(reply: Reply, asked: Asked, reason: str) -> AirbyteAnswerInvalid:
    kind = AirbyteAnswerGarbled if asked.is_understood else AirbyteAnswerInvalid
    return kind(method=asked.method, url=asked.url, status_code=reply.status_code, reason=reason)
