"""What holds of all that people decided about a table. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from taskflow_profilemesh.storage.store import DecisionKind

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from taskflow_profilemesh.storage.store import Decision


def muting(decisions: Sequence[Decision]) -> list[Decision]:
    """Return the mutes that nobody took back or said anew, of decisions the last of which comes first.

    Whoever tells findings again takes back each mute of them, a narrower one too.
    """
    kept: dict[tuple[str | None, str | None], Decision] = {}
    taken_back: list[Decision] = []
    for one in decisions:
        if one.kind is DecisionKind.UNMUTE:
            taken_back.append(one)
        elif one.kind is DecisionKind.MUTE and not any(covers(later, one) for later in taken_back):
            kept.setdefault((one.column, one.metric), one)
    return list(kept.values())


def covers(wide: Decision, narrow: Decision) -> bool:
    """Tell whether all findings that one decision is about are among those of the other."""
    return wide.column in (None, narrow.column) and wide.metric in (None, narrow.metric)


def standing(decisions: Sequence[Decision], *, now: datetime) -> list[Decision]:
    """Return what holds at that moment: the run that was accepted last, the one that is pinned, the mutes."""
    accepted = [one for one in decisions if one.kind is DecisionKind.ACCEPT][:1]
    pinned = [one for one in decisions if one.kind in (DecisionKind.PIN, DecisionKind.UNPIN)][:1]
    mutes = [one for one in muting(decisions) if one.until is None or now < one.until]
    return [*accepted, *(one for one in pinned if one.kind is DecisionKind.PIN), *mutes]
