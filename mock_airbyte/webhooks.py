"""Sending notices: each is kept, and posted to every registered address by a thread of its own.

As Airbyte does: `Content-Type: application/json` and nothing else, no signature, no retry; what is not answered 2xx is
dropped. Nobody who makes a notice ever waits; a queue that is full loses the newest.
"""

from __future__ import annotations

import logging
import queue
import threading
from collections import deque
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from mock_airbyte.notices import NoticeKind

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mock_airbyte.notices import Notice

_KEPT = 1_000
_SEND_SECONDS = 10.0
_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Delivery:
    """One attempt to hand a notice over; `status` is None where nobody answered."""

    url: str
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
        self._urls: list[str] = []
        self._notices: deque[Notice] = deque(maxlen=_KEPT)
        self._deliveries: deque[Delivery] = deque(maxlen=_KEPT)
        self._waiting: queue.Queue[tuple[str, Notice] | None] = queue.Queue(_KEPT)
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()

    @property
    def urls(self) -> tuple[str, ...]:
        """The registered addresses."""
        return tuple(self._urls)

    @property
    def notices(self) -> tuple[Notice, ...]:
        """The last notices, oldest first, whether or not there was an address."""
        return tuple(self._notices)

    @property
    def deliveries(self) -> tuple[Delivery, ...]:
        """What became of the last that were sent."""
        return tuple(self._deliveries)

    def register(self, url: str) -> None:
        """Send every notice to this address, too; raises `ValueError` unless it is http(s)."""
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            message = f"A webhook's address is an http or https URL (scheme={parts.scheme!r})."
            raise ValueError(message)
        with self._lock:
            if url not in self._urls:
                self._urls.append(url)

    def clear(self) -> None:
        """Forget addresses and notices; what is on its way goes on."""
        with self._lock:
            self._urls.clear()
            self._notices.clear()
            self._deliveries.clear()

    def hand_over(self, notice: Notice) -> None:
        """Keep the notice and send it as soon as may be; returns at once."""
        with self._lock:
            self._notices.append(notice)
            if self._urls and self._thread is None:
                self._thread = threading.Thread(target=self._work, name="mock-airbyte-webhooks", daemon=True)
                self._thread.start()
            for url in self._urls:
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
        except OSError as error:  # the address may hold a secret, so it is not said
            _logger.info("A webhook could not be reached (%s).", type(error).__name__)
            return None


def post_json(url: str, payload: Mapping[str, Any]) -> int:
    """Post a payload and return the status; raises `OSError` where nobody answers."""
    import requests

    with requests.post(url, json=payload, timeout=_SEND_SECONDS, allow_redirects=False) as response:
        return response.status_code
