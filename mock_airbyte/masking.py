"""Secrets in configurations: hidden in every answer, and kept when a client sends the mask back.

Airbyte masks what a connector's specification marks as secret. The mock knows the specifications of real
connectors (`programs`) and of few others, so it goes by the names of keys as well, whatever is below them, and by what
texts look like: passwords in addresses and connection strings, authorization headers, private keys. Too much is hidden
rather than too little; nothing is lost by it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from functools import lru_cache
from itertools import zip_longest
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MASK = "**********"
_WORDS = (
    r"passw(?:or)?d|passphrase|pwd|secret|token|api[_-]?key|connection_?string|authorization"
    r"|(?:access|account|client|private|shared|signing|encryption)[_-]?key"
)
_SECRET = re.compile(
    rf"{_WORDS}|^pass$|_pass$|credentials?_json|service_account|certificate$|webhook|(^|_)(key|dsn|pat|jwt|sas)$",
    re.IGNORECASE,
)
_NOT_SECRET = re.compile(
    r"primary_?key|partition_?key|sort_?key|token_?(url|uri|refresh_endpoint|type)|_key_id$|token_expiry_date$",
    re.IGNORECASE,
)
_SAYS_OF_WHICH_KIND = re.compile(r"(^|_)(type|format|mode|method|title|enabled)$", re.IGNORECASE)
_IN_ADDRESS = re.compile(r"(://[^\s:/@?#]*:)\S+(?=@)")  # some clients take passwords with slashes
_IN_TEXT = re.compile(
    rf"((?:{_WORDS}|\bsig|\bauth)[\"']?\s*[=:]\s*)(\"[^\"]*\"|'[^']*'|(?:Bearer |Basic )?[^\"'\s;&,}}]+)", re.IGNORECASE
)
_HEADER = re.compile(r"(Bearer|Basic)( +)\S+", re.IGNORECASE)
_PRIVATE_KEY = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.DOTALL)
_TOKEN_LENGTH = 16  # a shorter part of an address is a word


Paths = Collection[tuple[str, ...]]  # where a specification says that secrets are: keys from the top, "*" in lists


def masked(configuration: Mapping[str, Any], secrets: Paths = ()) -> dict[str, Any]:
    """Return a copy in which every secret text is `**********`, whole or where it stands in a text.

    What lies at `secrets` is masked whatever it is.
    """
    return {
        key: MASK if (key,) in secrets else _masked(value, is_secret=_is_secret(key), secrets=_below(secrets, key))
        for key, value in configuration.items()
    }


def _below(secrets: Paths, key: str) -> Paths:
    return [path[1:] for path in secrets if len(path) > 1 and path[0] == key]


def _masked(value: object, *, is_secret: bool = False, secrets: Paths = ()) -> object:
    match value:
        case str():
            return MASK if is_secret else masked_text(value)
        case Mapping() if is_secret:
            return {
                key: _masked(part, is_secret=not _SAYS_OF_WHICH_KIND.search(str(key))) for key, part in value.items()
            }
        case Mapping():
            return masked(value, secrets)
        case list() | tuple():
            below = _below(secrets, "*")
            return [MASK if ("*",) in secrets else _masked(part, is_secret=is_secret, secrets=below) for part in value]
        case _:
            return value


def masked_text(text: str) -> str:
    """Return a text with `**********` in the place of each secret in it."""
    if "PRIVATE KEY-----" in text:
        text = _PRIVATE_KEY.sub(MASK, text)
    if "=" in text or ":" in text:
        text = _IN_ADDRESS.sub(rf"\g<1>{MASK}", text)
        text = _IN_TEXT.sub(rf"\g<1>{MASK}", text)
    header = _HEADER.fullmatch(text.strip())
    return f"{header[1]}{header[2]}{MASK}" if header else text


def secret_values(configuration: Mapping[str, Any], secrets: Paths = ()) -> frozenset[str]:
    """Return the secrets themselves, as texts: what `masked` hides."""
    return frozenset(text for text in _hidden(configuration, masked(configuration, secrets)) if text)


def _hidden(value: object, shown: object) -> Iterator[str]:
    if shown == MASK:
        yield from _texts(value)
    elif isinstance(value, str) and isinstance(shown, str) and MASK in shown:
        around = "(.*?)".join(re.escape(part) for part in shown.split(MASK))
        found = re.fullmatch(around, value, re.DOTALL)
        yield from found.groups() if found else (value,)
    elif isinstance(value, Mapping) and isinstance(shown, Mapping):
        for key, part in value.items():
            yield from _hidden(part, shown[key])
    elif isinstance(value, list | tuple) and isinstance(shown, list):
        for part, other in zip(value, shown, strict=True):
            yield from _hidden(part, other)


def _texts(value: object) -> Iterator[str]:
    """Yield the texts and numbers that a secret is made of."""
    if isinstance(value, Mapping | list | tuple):
        for part in value.values() if isinstance(value, Mapping) else value:
            yield from _texts(part)
    elif value is not None and value != MASK and not isinstance(value, bool):
        yield str(value)


def masked_query(query: Mapping[str, Iterable[str]]) -> dict[str, tuple[str, ...]]:
    """Return a query in which every secret is masked."""
    return {
        name: tuple(MASK if _is_secret(name) else masked_text(value) for value in values)
        for name, values in query.items()
    }


def masked_address(url: str) -> str:
    """Return a webhook's address without what may be secret in it: the user, long parts of the path, the query."""
    parts = urlsplit(url)
    path = "/".join(MASK if len(part) >= _TOKEN_LENGTH else part for part in parts.path.split("/"))
    place = f"{MASK}@{parts.netloc.rpartition('@')[2]}" if "@" in parts.netloc else parts.netloc
    return f"{parts.scheme}://{place}{path}" + (f"?{MASK}" if parts.query else "")


def unmasked(new: Mapping[str, Any], old: Mapping[str, Any]) -> dict[str, Any]:
    """Return `new` with each mask in it replaced by what `old` has there."""
    return {key: _unmasked(value, old.get(key)) for key, value in new.items()}


def _unmasked(new: object, old: object) -> object:
    match new:
        case str() if new == MASK and old is not None:
            return old
        case str() if MASK in new and isinstance(old, str):
            return old if new == masked_text(old) else new
        case Mapping():
            return unmasked(new, old if isinstance(old, Mapping) else {})
        case list() | tuple():
            known = list(old)[: len(new)] if isinstance(old, list | tuple) else []
            return [_unmasked(part, before) for part, before in zip_longest(new, known)]
        case _:
            return new


@lru_cache(4096)  # rows of inline sources have the same keys again and again
def _is_secret(key: str) -> bool:
    return bool(_SECRET.search(key)) and not _NOT_SECRET.search(key)
