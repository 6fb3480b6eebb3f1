"""A profile for people and programs that know none of the standards: CSV of its numbers, JSON of all of it."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any, Final

from taskflow_profilemesh.exports.subject import leaving
from taskflow_profilemesh.storage.codec import encode_profile
from taskflow_profilemesh.storage.results import results_of

if TYPE_CHECKING:
    from taskflow_profilemesh.storage import StoredProfile

HEADS: Final = ("source", "table", "profiled_at", "column", "metric", "value", "precision")
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def csv_text(stored: StoredProfile) -> str:
    """Return one line for each number, as in the table `profilemesh_results`; those of the table have no column.

    A text that a spreadsheet would take for a formula has an apostrophe before it.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(HEADS)
    frame = (_cell(stored.source), _cell(str(stored.table)), stored.profiled_at.isoformat())
    for result in results_of(stored.profile, stored.drift):
        value = result.value if result.text_value is None else result.text_value
        shown = _cell(value) if isinstance(result.value, str) else value
        writer.writerow((*frame, _cell(result.column or ""), result.metric, shown, result.precision.value))
    return out.getvalue()


def json_document(stored: StoredProfile) -> dict[str, Any]:
    """Return the run and the profile, in the form that the store keeps, with its `schema_version`."""
    return {
        "profile_id": stored.profile_id,
        "run_id": stored.run_id,
        "source": stored.source,
        "table": str(stored.table),
        "profiled_at": stored.profiled_at.isoformat(),
        "logical_date": stored.logical_date.isoformat() if stored.logical_date else None,
        "duration_seconds": stored.duration_seconds,
        "exact": stored.profile.exact,
        "drift": dict(stored.drift),
        **encode_profile(leaving(stored.profile)),
    }


def json_text(stored: StoredProfile) -> str:
    """Return the document as JSON."""
    return json.dumps(json_document(stored), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _cell(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
