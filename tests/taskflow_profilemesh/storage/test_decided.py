from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from taskflow_profilemesh.storage import Decision, DecisionKind
from taskflow_profilemesh.storage.decided import muting, standing
from taskflow_profilemesh.tables import TableRef

_NOW = datetime(2026, 3, 2, tzinfo=UTC)
_Finding = tuple[str | None, str | None]


def _made(
    kind: str, column: str | None = None, metric: str | None = None, *, hours: int = 0, until: datetime | None = None
) -> Decision:
    return Decision(
        kind=DecisionKind(kind),
        source="s",
        table=TableRef("t"),
        at=_NOW + timedelta(hours=hours),
        column=column,
        metric=metric,
        until=until,
        profile_id="p",
    )


@pytest.mark.parametrize(
    ("taken_back", "left"),
    [
        ((None, None), []),
        (("a", None), [("b", None), (None, "ks")]),
        (("a", "psi"), [("b", None), (None, "ks")]),
        ((None, "psi"), [("b", None), (None, "ks")]),
        (("b", "psi"), [("b", None), ("a", "psi"), (None, "ks")]),
    ],
)
def test_an_unmute_takes_back_each_mute_that_it_covers(taken_back: _Finding, left: list[_Finding]) -> None:
    made = [_made("mute", "b"), _made("mute", "a", "psi"), _made("mute", None, "ks")]
    assert [(one.column, one.metric) for one in muting([_made("unmute", *taken_back, hours=1), *made])] == left


def test_a_mute_that_comes_after_an_unmute_holds() -> None:
    last_first = [_made("mute", "a", hours=2), _made("unmute", hours=1), _made("mute", "a")]
    assert [one.at for one in muting(last_first)] == [_NOW + timedelta(hours=2)]


def test_what_holds_is_the_last_word_of_each_kind_and_no_mute_that_ended() -> None:
    last_first = [
        _made("unpin", hours=5),
        _made("mute", "a", hours=4, until=_NOW),
        _made("mute", "b", hours=4, until=_NOW + timedelta(days=9)),
        _made("pin", hours=3),
        _made("accept", hours=2),
        _made("accept", hours=1),
    ]
    held = standing(last_first, now=_NOW + timedelta(days=1))
    assert [(one.kind.value, one.column, one.at.hour) for one in held] == [("accept", None, 2), ("mute", "b", 4)]
    assert [one.kind.value for one in standing(last_first[1:], now=_NOW)] == ["accept", "pin", "mute"]
