"""An empty Redis database for one run of the composition: claimed, used, emptied."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import redis

_CLAIM = "profilemesh-test"
_CLAIM_SECONDS = 900  # a run that was killed frees its database after that


def answers() -> bool:
    """Say whether a Redis server lets us in on 127.0.0.1:6379."""
    try:
        with redis.Redis(socket_connect_timeout=2, socket_timeout=2) as client:
            return bool(client.ping())
    except redis.RedisError:
        return False


@contextmanager
def empty_database() -> Iterator[int]:
    """Claim a database that holds nothing, from the last of the usual sixteen on, and empty it at the end."""
    number = next((number for number in reversed(range(1, 16)) if _claim(number)), None)
    if number is None:
        what = "The Redis server on 127.0.0.1:6379 has no empty database. Empty one, or stop the server."
        raise RuntimeError(what)
    try:
        yield number
    finally:
        with redis.Redis(db=number) as client:
            client.flushdb()


def _claim(number: int) -> bool:
    with redis.Redis(db=number) as client:
        if not client.set(_CLAIM, "1", nx=True, ex=_CLAIM_SECONDS):
            return False
        if client.dbsize() == 1:
            return True
        client.delete(_CLAIM)
        return False
