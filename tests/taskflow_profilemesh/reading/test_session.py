"""A session is one connection: whoever asks for something waits until the statement before has ended."""

from __future__ import annotations

from threading import Thread
from typing import Any

import pyarrow as pa

from taskflow_profilemesh.errors import ReadFailed
from taskflow_profilemesh.reading.session import Session


class Recorded:
    """A connection that notes what is asked of it, and when."""

    def __init__(self, asked: list[str]) -> None:
        self._asked = asked

    def rows(self, query: str) -> list[dict[str, Any]]:
        self._asked.append(query)
        return [{"n": 1}]

    def tell(self, statement: str) -> None:
        self._asked.append(statement)

    def cancel(self) -> None:
        self._asked.append("cancel")

    def close(self) -> None:
        self._asked.append("close")


def _failed(failure: Any, about: str) -> ReadFailed:
    return ReadFailed(source="warehouse", table=about, reason=str(failure))


def test_a_question_waits_for_the_transaction_of_a_stream(monkeypatch: Any) -> None:
    asked: list[str] = []
    recorded: Any = Recorded(asked)
    session = Session(lambda: recorded, _failed, streams=True)
    batches = [pa.record_batch({"n": [1]}), pa.record_batch({"n": [2]})]
    monkeypatch.setattr(session, "_reader", lambda _: pa.RecordBatchReader.from_batches(batches[0].schema, batches))
    stream = session.stream("select n", about="orders", told=["begin"])
    next(stream)
    other = Thread(target=lambda: session.rows("select count(*)", about="orders"))
    other.start()
    other.join(timeout=0.3)
    assert asked == ["begin"]
    assert len(list(stream)) == 1
    other.join(timeout=30)
    assert asked[-1] == "select count(*)"
