"""Reading the body of a request that must not be large, whatever its headers say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from fastapi import Request

LARGEST_BYTES: Final = 64 * 1024  # Airbyte's notices have some 3 KiB


class BodyTooLarge(Exception):
    """The body is larger than `LARGEST_BYTES`; the rest of it was not read."""


async def read_body(request: Request) -> bytes:
    """Return the body; raises `BodyTooLarge` as soon as it is known to be."""
    told = request.headers.get("content-length", "")
    if told.isdecimal() and int(told[:20]) > LARGEST_BYTES:
        raise BodyTooLarge
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_BYTES:
            raise BodyTooLarge
    return bytes(body)
