"""Sending notices: each is kept, and posted to every webhook that wants it by a thread of its own.

Webhooks are registered here, or are named by the notification settings of a notice's workspace. As Airbyte does:
`Content-Type: application/json` and nothing else, no signature, no retry; what is not answered 2xx is dropped. Nobody
who makes a notice ever waits; a queue that is full loses the newest.
"""

from __future__ import annotations

import logging
import queue
import threading
from collections import deque
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from mock_airbyte.notices import NOTICE_KINDS, NoticeKind
from mock_airbyte.registry import Shelf

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from mock_airbyte.notices import Notice

_KEPT = 1_000
_SEND_SECONDS = 10.0
_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Webhook:
    """An address that was registered, and which notices it gets."""

    webhook_id: str
    url: str = field(repr=False)  # whoever knows it may post there
    kinds: tuple[NoticeKind, ...] = NOTICE_KINDS
    workspace_id: str | None = None  # None: of all workspaces

    def wants(self, kind: NoticeKind, workspace_id: str | None) -> bool:
        """Return whether it gets notices of that kind about that workspace."""
        return kind in self.kinds and self.workspace_id in (None, workspace_id)


@dataclass(frozen=True, slots=True)
class Delivery:
    """One attempt to hand a notice over; `status` is None where nobody answered."""

    url: str = field(repr=False)
    kind: NoticeKind
    status: int | None

    @property
    def arrived(self) -> bool:
        """Whether it was taken."""
        return self.status is not None and HTTPStatus.OK <= self.status < HTTPStatus.MULTIPLE_CHOICES


class Courier:
    """Keeps notices and sends them in the background; safe to use from several threads."""

    def __init__(self, *, send: Callable[[str, Mapping[str, Any]], int] | None = None) -> None:
        """Begin without addresses. `send` posts a payload to an address and returns the status."""
        self._send = send or post_json
        self.webhooks: Shelf[Webhook] = Shelf("webhook", lambda one: one.webhook_id)
        self._notices: deque[Notice] = deque(maxlen=_KEPT)
        self._deliveries: deque[Delivery] = deque(maxlen=_KEPT)
        self._waiting: queue.Queue[tuple[str, Notice] | None] = queue.Queue(_KEPT)
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()

    @property
    def urls(self) -> tuple[str, ...]:
        """The registered addresses."""
        return tuple(one.url for one in self.webhooks.all())

    @property
    def notices(self) -> tuple[Notice, ...]:
        """The last notices, oldest first, whether or not there was an address."""
        return tuple(self._notices)

    @property
    def deliveries(self) -> tuple[Delivery, ...]:
        """What became of the last that were sent."""
        return tuple(self._deliveries)

    def register(
        self, url: str, kinds: Iterable[NoticeKind] = NOTICE_KINDS, *, workspace_id: str | None = None
    ) -> Webhook:
        """Send notices of these kinds (of one workspace) to this address, too; registered again, it gets these.

        Raises `ValueError` unless the address is http(s) and the kinds are known.
        """
        _check_address(url)
        wanted = tuple(kinds)
        unknown = [kind for kind in wanted if kind not in NOTICE_KINDS]
        if unknown or not wanted:
            message = f"A webhook wants some of: {', '.join(NOTICE_KINDS)} (got={list(wanted)})."
            raise ValueError(message)
        with self._lock:
            known = self.webhooks.all()
            same = [one.webhook_id for one in known if (one.url, one.workspace_id) == (url, workspace_id)]
            newest = max((int(one.webhook_id) for one in known), default=0)
            return self.webhooks.put(Webhook(same[0] if same else str(newest + 1), url, wanted, workspace_id))

    def clear(self) -> None:
        """Forget addresses and notices; what is on its way goes on."""
        with self._lock:
            self.webhooks.clear()
            self._notices.clear()
            self._deliveries.clear()

    def hand_over(self, notice: Notice, *, workspace_id: str | None = None, also: str | None = None) -> None:
        """Keep the notice and send it as soon as may be; returns at once.

        `workspace_id`: what it is about. `also`: an address that gets it beside the webhooks that want it.
        """
        with self._lock:
            self._notices.append(notice)
            wanting = [one.url for one in self.webhooks.all() if one.wants(notice.kind, workspace_id)]
            urls = dict.fromkeys([*wanting, *([also] if also else [])])
            if urls and self._thread is None:
                self._thread = threading.Thread(target=self._work, name="mock-airbyte-webhooks", daemon=True)
                self._thread.start()
            for url in urls:
                self._enqueue((url, notice))

    def wait(self) -> None:
        """Wait until all that was handed over is sent, or was given up."""
        self._waiting.join()

    def close(self) -> None:
        """Send nothing more after what is on its way."""
        with self._lock:
            if self._thread is not None:
                self._enqueue(None)
                self._thread = None

    def _enqueue(self, item: tuple[str, Notice] | None) -> None:
        try:
            self._waiting.put_nowait(item)
        except queue.Full:
            _logger.warning("A webhook is too slow: a notice was dropped.")

    def _work(self) -> None:
        while (item := self._waiting.get()) is not None:
            url, notice = item
            self._deliveries.append(Delivery(url, notice.kind, self._sent(url, notice)))
            self._waiting.task_done()
        self._waiting.task_done()

    def _sent(self, url: str, notice: Notice) -> int | None:
        try:
            return self._send(url, notice.payload)
        except (OSError, ValueError) as error:  # the address may hold a secret, so it is not said
            _logger.info("A webhook could not be reached (%s).", type(error).__name__)
            return None


def _check_address(url: str) -> None:
    try:
        parts = urlsplit(url)
        is_one = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # no port, or no IPv6 address; its message repeats what may be secret
        is_one = False
    if not is_one:
        message = "A webhook's address is an http or https URL, like http://127.0.0.1:9000/hook."
        raise ValueError(message)


def post_json(url: str, payload: Mapping[str, Any]) -> int:
    """Post a payload and return the status; raises `OSError` where nobody answers."""
    import requests

    with requests.post(url, json=payload, timeout=_SEND_SECONDS, allow_redirects=False) as response:
        return response.status_code
