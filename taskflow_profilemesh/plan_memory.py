"""What a plan sensor keeps in its Variable: the snapshot that was seen last, and whom it told what of it. Pure.

A worker may end after the Variable was written, and before Airflow knows that its task has succeeded. The next try is
told the same then: it is the same run.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from taskflow_profilemesh.plan_snapshot import PlanSnapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanMemory:
    """The snapshot; `told`: the result that the task `told_to` of a run was given, both None where it was none yet."""

    seen: PlanSnapshot
    told_to: str | None = None
    told: Mapping[str, Any] | None = None

    @classmethod
    def from_text(cls, text: str | None) -> Self | None:
        """Read what `as_text` wrote; None for anything else, as if nothing was ever seen."""
        seen = PlanSnapshot.from_text(text)
        if seen is None or text is None:
            return None
        match json.loads(text).get("last"):
            case {"to": str(told_to), "told": dict(told)}:
                return cls(seen=seen, told_to=told_to, told=told)
        return cls(seen=seen)

    def as_text(self) -> str:
        """Return it as JSON."""
        last = {} if self.told_to is None else {"last": {"to": self.told_to, "told": self.told}}
        return json.dumps(self.seen.as_document() | last, sort_keys=True)
