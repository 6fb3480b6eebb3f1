"""One request and its answer, faults included, written into the journal.

Between the application, which knows what Airbyte would answer, and the wire.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Response

from mock_airbyte.calls import Answer
from mock_airbyte.delivery import arrives, faulty
from mock_airbyte.fault_book import FaultBook
from mock_airbyte.faults import Change, Delay, Drop, ExpireTokens, Remove, Reset, Respond
from mock_airbyte.journal import Journal, SeenRequest, shown_jobs, started_job
from mock_airbyte.masking import masked, masked_query

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from werkzeug.wrappers import Request

    from mock_airbyte.auth import Gate
    from mock_airbyte.faults import Effect
    from mock_airbyte.masking import Paths
    from mock_airbyte.world import World

_LONGEST_BODY_BYTES = 16_384  # a journal of longer ones would not be small
_LOOK_SECONDS = 0.02  # how often a pause looks at the mock's clock
_CANNOT_BE_CARRIED_OUT = Answer(None, 503)  # meant for a caller whose connection breaks first


class Exchange:
    """Answers requests through the faults that are set, and remembers them."""

    def __init__(self, world: World, gate: Gate) -> None:
        """Take the clock and the seed of a world, and whose tokens may expire."""
        self.journal = Journal()
        self.faults = FaultBook(seed=world.seed)
        self._world = world
        self._gate = gate
        self._closed = threading.Event()

    def open(self) -> None:
        """Keep callers waiting again, after a `close`."""
        self._closed.clear()

    def close(self) -> None:
        """Let everybody go on who is kept waiting, now and later."""
        self._closed.set()

    def pause(self, seconds: float) -> None:
        """Wait until the mock's clock has moved on by that much, or the mock is closed."""
        clock = self._world.clock
        begun = clock.now()
        while (left := seconds - (clock.now() - begun).total_seconds()) > 0:
            if self._closed.wait(min(left, _LOOK_SECONDS)):
                return

    def respond(self, request: Request, carry_out: Callable[[Request], Answer]) -> Response:
        """Answer a request: `carry_out` says what Airbyte would."""
        request.get_data()  # what nobody reads would be taken for the connection's next request
        begun = self._world.clock.now()
        due = self.faults.due(request.method, request.path)
        instead = self._before(due)
        operation = carry_out(request) if instead is None else None
        answer, replaced = self._after(due, operation or _CANNOT_BE_CARRIED_OUT)
        response = as_response(instead or answer, _headers(due))
        delivered = arrives(due, request.environ)
        self._remember(request, begun, (operation, instead or answer), delivered=delivered and not replaced)
        return faulty(response, due, self.pause)

    def _before(self, due: Sequence[Effect]) -> Answer | None:
        """Do what comes before the operation; an answer: it never takes place."""
        if any(isinstance(effect, ExpireTokens) for effect in due):
            self._gate.revoke_tokens()
        self.pause(sum(effect.seconds for effect in due if isinstance(effect, Delay) and not effect.after))
        for effect in due:
            if isinstance(effect, Drop | Reset) and not effect.after:
                return _CANNOT_BE_CARRIED_OUT
            if isinstance(effect, Respond) and not effect.after:
                return Answer(effect.body, effect.status)
        return None

    def _after(self, due: Sequence[Effect], answer: Answer) -> tuple[Answer, bool]:
        """Return what the operation's answer becomes, and whether it is another one altogether."""
        replaced = False
        for effect in due:
            match effect:
                case Respond(status, body, _, after=True):
                    answer, replaced = Answer(body, status), True
                case Change(fields):
                    answer = Answer(_changed(answer.body, fields), answer.status)
                case Remove(names):
                    answer = Answer(_removed(answer.body, frozenset(names)), answer.status)
        self.pause(sum(effect.seconds for effect in due if isinstance(effect, Delay) and effect.after))
        return answer, replaced

    def _remember(
        self, request: Request, begun: datetime, answers: tuple[Answer | None, Answer], *, delivered: bool
    ) -> None:
        operation, answer = answers
        body = _seen_body(request, self._world.known_secrets())
        known = body if isinstance(body, Mapping) else {}
        started = started_job(request.method, request.path, operation.status, operation.body) if operation else None
        seen = SeenRequest(
            request.method,
            request.path,
            answer.status,
            query=masked_query(dict(request.args.lists())),
            body=body,
            at=begun,
            seconds=(self._world.clock.now() - begun).total_seconds(),
            delivered=delivered,
            started_job=started,
            shown_jobs=shown_jobs(answer.body) if delivered else {},
        )
        is_reset = str(known.get("jobType")) in {"reset", "clear"} or request.path.rstrip("/").endswith("/reset")
        self.journal.add(
            seen, connection_id=str(known.get("connectionId", "")), job_type="reset" if is_reset else "sync"
        )


def as_response(answer: Answer, headers: Mapping[str, str] | None = None) -> Response:
    """Return an answer as werkzeug sends it; `headers` replace what would be sent otherwise."""
    if answer.body is None:
        response = Response(status=answer.status)
    elif isinstance(answer.body, str):
        response = Response(answer.body, status=answer.status, content_type=answer.content_type)
    else:
        response = Response(json.dumps(answer.body), status=answer.status, content_type="application/json")
    for name, value in (headers or {}).items():
        response.headers[name] = value
    return response


def _headers(due: Sequence[Effect]) -> dict[str, str]:
    return {name: value for effect in due if isinstance(effect, Respond) for name, value in effect.headers.items()}


def _seen_body(request: Request, secrets: Paths) -> Any:  # noqa: ANN401 -- JSON
    if request.mimetype == "application/x-www-form-urlencoded":
        return masked(request.form.to_dict())
    raw = request.get_data()
    if not raw or len(raw) > _LONGEST_BODY_BYTES:
        return None
    try:
        body = json.loads(raw)
    except ValueError:
        return None
    fields = ("configuration", "connectionConfiguration")
    within = {(field, *path) for field in fields for path in secrets}
    return masked(body, within) if isinstance(body, Mapping) else None


def _changed(body: Any, fields: Mapping[str, Any]) -> Any:  # noqa: ANN401 -- JSON
    if isinstance(body, Mapping):
        return {name: fields[name] if name in fields else _changed(value, fields) for name, value in body.items()}
    return [_changed(part, fields) for part in body] if isinstance(body, list) else body


def _removed(body: Any, names: frozenset[str]) -> Any:  # noqa: ANN401 -- JSON
    if isinstance(body, Mapping):
        return {name: _removed(value, names) for name, value in body.items() if name not in names}
    return [_removed(part, names) for part in body] if isinstance(body, list) else body
