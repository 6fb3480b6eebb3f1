"""`AsyncAirbyteClient`: the calls that a waiting trigger needs, without ever blocking its event loop.

One client serves all triggers of an event loop (`shared_client`): a client each would cost tens of milliseconds of
certificates per poll, and at most 16 requests are on their way at a time, so that a thousand triggers that wake
together do not hold up the loop. What is sent and how it is read is the same as in `client.py`.
"""

from __future__ import annotations

import asyncio
import ssl
from http import HTTPStatus
from random import random
from typing import TYPE_CHECKING, TypeVar
from weakref import WeakKeyDictionary

import httpx

from taskflow_profilemesh.airbyte import calls
from taskflow_profilemesh.airbyte.auth import TOKENS, ClientCredentials, token_key
from taskflow_profilemesh.airbyte.replies import Reply, read_reply
from taskflow_profilemesh.airbyte.retrying import Patience, may_be_read_later, may_pass, pause_before_retry
from taskflow_profilemesh.airbyte.wire import CONNECT_SECONDS, Timeouts, asked, read_seconds, wire_of
from taskflow_profilemesh.clock import SystemClock
from taskflow_profilemesh.errors import AirbyteError, AirbyteForbidden, AirbyteLoginRefused, AirbyteUnreachable

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from taskflow_profilemesh.airbyte.auth import TokenCache
    from taskflow_profilemesh.airbyte.calls import Call, JobsWanted
    from taskflow_profilemesh.airbyte.models import Job, JobDetails
    from taskflow_profilemesh.airbyte.settings import AirbyteSettings
    from taskflow_profilemesh.airbyte.wire import Wire
    from taskflow_profilemesh.clock import Clock

T = TypeVar("T")

_MOST_AT_ONCE = 16
_CANCEL_LOOK_SECONDS = 1.0
# A trigger takes over from a task that has talked to this server a moment ago: a server that does not answer restarts.
_PATIENCE = Patience(first_contact_seconds=120.0, established_seconds=120.0)
_NICE_TO_HAVE = Patience(first_contact_seconds=3.0, established_seconds=5.0)
_REASONS: dict[type[httpx.HTTPError], str] = {
    httpx.ConnectTimeout: f"no connection within {CONNECT_SECONDS:g} s",
    httpx.ConnectError: "no connection",
    httpx.ReadTimeout: "connected, but no answer in time",
}


class AsyncAirbyteClient:
    """Asks one server as one user from one event loop; every failure is an `AirbyteError`."""

    def __init__(  # noqa: PLR0913 -- everything that a test replaces is an argument
        self,
        settings: AirbyteSettings,
        *,
        transport: httpx.AsyncBaseTransport | None = None,
        clock: Clock | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        draw: Callable[[], float] = random,
        tokens: TokenCache = TOKENS,
        patience: Patience = _PATIENCE,
    ) -> None:
        """Keep the collaborators; nothing is sent yet."""
        self.settings = settings
        self.clock = clock or SystemClock()
        self.sleep = sleep
        self.draw = draw
        self._tokens = tokens
        self._patience = patience
        self._timeouts = Timeouts(read_seconds=settings.read_seconds) if settings.read_seconds else Timeouts()
        self._http = httpx.AsyncClient(transport=transport, mounts=_mounts(settings), verify=_verify(settings))
        self._places = asyncio.Semaphore(_MOST_AT_ONCE)
        self._flight = asyncio.Lock()
        self._config_api_denied = False
        self._understood: set[str] = set()  # the APIs whose answers could be read

    async def get(self, job_id: int) -> Job:
        """Return the job as it is now."""
        return await self.send(calls.job(job_id))

    async def jobs(self, wanted: JobsWanted, *, most: int) -> tuple[Job, ...]:
        """List up to `most` jobs (1 to 100), the newest first."""
        return await self.send(calls.page(calls.jobs(wanted), offset=0, limit=most))

    async def sync_metadata(self, job_id: int) -> JobDetails | None:
        """Return attempts, reasons and counts per stream, or None where the Config API may not be read."""
        if self._config_api_denied:
            return None
        try:
            return await self.send(calls.job_details(job_id), patience=_NICE_TO_HAVE)
        except (AirbyteForbidden, AirbyteLoginRefused):
            self._config_api_denied = True
        except AirbyteError:
            pass
        return None

    async def cancel(self, job_id: int, *, patience_seconds: float = 20.0) -> Job:
        """Cancel the job unless it has ended, wait until it has, and return it as it was seen last."""
        ends, sent = self.clock.monotonic() + patience_seconds, False
        while not (job := await self.get(job_id)).is_terminal and self.clock.monotonic() < ends:
            # Only now is it sure that the connection's running job is this one: Airbyte cancels what runs.
            sent = sent or await self._ask_to_cancel(job_id)
            await self.sleep(_CANCEL_LOOK_SECONDS)
        return job

    async def close(self) -> None:
        """Close the kept connections."""
        await self._http.aclose()

    async def send(self, call: Call[T], *, patience: Patience | None = None) -> T:
        """Send the call and return what it reads; raises an `AirbyteError` when patience runs out."""
        began, tries, renewed = self.clock.monotonic(), 0, False
        limit = (patience or self._patience).established_seconds
        token = await self._token(call)
        while True:
            tries += 1
            wire = wire_of(call, self.settings.address, self.settings.auth.header(token))
            reply = await self._exchange(call, wire)
            if isinstance(reply, Reply) and reply.status_code == HTTPStatus.UNAUTHORIZED and token and not renewed:
                token, renewed = await self._token(call, refused=token), True
                continue
            try:
                return self._outcome(call, wire, reply, tries)
            except AirbyteError as error:
                if not (_may_repeat(call, reply) or may_be_read_later(call, error)):
                    raise
                waited = self.clock.monotonic() - began
                pause = self._pause(reply, tries=tries, waited=waited, limit=limit)
                if pause is None:
                    raise
            await self.sleep(pause)

    async def _token(self, call: Call[T], *, refused: str | None = None) -> str | None:
        credentials = self.settings.auth
        if call.anonymous or not isinstance(credentials, ClientCredentials):
            return None
        key = token_key(self.settings.address.token_url, credentials)
        async with self._flight:
            if refused is not None:
                self._tokens.drop(key, refused)
            return self._tokens.fresh(key) or self._tokens.keep(key, await self.send(calls.token(credentials)))

    async def _exchange(self, call: Call[T], wire: Wire) -> Reply | httpx.HTTPError:
        seconds = read_seconds(call, self._timeouts, established=True)
        try:
            async with self._places:
                response = await self._http.request(
                    wire.method,
                    wire.url,
                    params=list(wire.params),
                    json=wire.body,
                    headers=dict(wire.headers),
                    timeout=httpx.Timeout(seconds, connect=CONNECT_SECONDS),
                )
        except httpx.HTTPError as error:
            return error
        return Reply(
            status_code=response.status_code,
            content_type=response.headers.get("Content-Type", ""),
            body=response.content,
            location=response.headers.get("Location"),
            retry_after=response.headers.get("Retry-After"),
        )

    def _pause(self, reply: Reply | httpx.HTTPError, *, tries: int, waited: float, limit: float) -> float | None:
        return pause_before_retry(
            tries=tries,
            waited_seconds=waited,
            patience_seconds=limit,
            retry_after=reply.retry_after if isinstance(reply, Reply) else None,
            now=self.clock.now(),
            draw=self.draw(),
        )

    def _outcome(self, call: Call[T], wire: Wire, reply: Reply | httpx.HTTPError, tries: int) -> T:
        address, auth = self.settings.address, self.settings.auth
        if isinstance(reply, Reply):
            understood = call.api in self._understood
            found = read_reply(call, reply, asked(wire, address, auth, tries=tries, is_understood=understood))
            self._understood.add(call.api)
            return found
        reason = _REASONS.get(type(reply), type(reply).__name__)
        raise AirbyteUnreachable(base_url=address.public_base, reason=reason) from reply

    async def _ask_to_cancel(self, job_id: int) -> bool:
        """Return whether the request surely arrived; if not, the next look decides whether it is still needed."""
        try:
            await self.send(calls.cancel_job(job_id))
        except (AirbyteLoginRefused, AirbyteForbidden):
            raise
        except AirbyteError:
            return False
        return True


_CLIENTS: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[AirbyteSettings, AsyncAirbyteClient]] = WeakKeyDictionary()


def shared_client(settings: AirbyteSettings) -> AsyncAirbyteClient:
    """Return the running event loop's client for these settings."""
    clients = _CLIENTS.setdefault(asyncio.get_running_loop(), {})
    if settings not in clients:
        clients[settings] = AsyncAirbyteClient(settings)
    return clients[settings]


def _may_repeat(call: Call[T], reply: Reply | httpx.HTTPError) -> bool:
    """Return whether sending again may help and cannot do a thing twice."""
    if isinstance(reply, Reply):
        unread = reply.status_code == HTTPStatus.TOO_MANY_REQUESTS
        return unread or (call.repeatable and may_pass(reply.status_code))
    return call.repeatable or isinstance(reply, httpx.ConnectError | httpx.ConnectTimeout)


def _mounts(settings: AirbyteSettings) -> dict[str, httpx.AsyncBaseTransport | None]:
    verify = _verify(settings)
    return {f"{name}://": httpx.AsyncHTTPTransport(proxy=url, verify=verify) for name, url in settings.proxies}


def _verify(settings: AirbyteSettings) -> ssl.SSLContext | bool:
    if isinstance(settings.verify, str):  # httpx wants the file as a context
        return ssl.create_default_context(cafile=settings.verify)
    return settings.verify
