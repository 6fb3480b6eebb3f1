"""What people are told of a run, as a message in the shape of Slack's webhooks, which others take too. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from taskflow_profilemesh.drift.findings import Severity

if TYPE_CHECKING:
    from collections.abc import Mapping

    from taskflow_profilemesh.events.profiling_events import ProfilingEvent

MOST_TABLES: Final = 10
LONGEST_TEXT: Final = 2_900  # Slack takes 3,000 characters in a section


def is_worth_telling(result: Mapping[str, Any], *, severity: Severity) -> bool:
    """Return whether a profiling task's result has drift of that severity or more, or a table that failed."""
    worst = result["drift"]["severity"]
    return bool(result["failed"]) or (worst is not None and Severity(worst).at_least(severity))


def message(result: Mapping[str, Any], *, title: str) -> dict[str, Any]:
    """Return the message of a result: the summary, a line for each table that drifted or failed, at most ten each."""
    drifted = [table for table in result["tables"] if table["drift"]["detected"]]
    lines = [_escaped(result["drift"]["summary"])]
    lines += [f"• *{_escaped(one['table'])}*: {one['drift']['severity']}" for one in drifted[:MOST_TABLES]]
    lines += [
        f"• *{_escaped(one['table'])}* failed: {_escaped(one['error'])}" for one in result["failed"][:MOST_TABLES]
    ]
    text = "\n".join(lines)[:LONGEST_TEXT]
    return {
        "text": f"{title}: {_escaped(result['drift']['summary'])}"[:LONGEST_TEXT],
        "blocks": [
            {"type": "section", "text": {"type": "mrkdwn", "text": f"*{_escaped(title)}*"}},
            {"type": "section", "text": {"type": "mrkdwn", "text": text}},
        ],
    }


def event_message(event: ProfilingEvent) -> dict[str, Any]:
    """Return the message of one event: what happened to which table, and each change of its schema in a line."""
    told = _escaped(str(event))
    lines = [f"• {_escaped(str(change['sentence']))}" for change in event.payload.get("changes", ())[:MOST_TABLES]]
    text = "\n".join([told, *lines])[:LONGEST_TEXT]
    return {"text": told[:LONGEST_TEXT], "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": text}}]}


def _escaped(text: str) -> str:
    """Return the text as Slack wants it: names of tables are nobody's mentions and links."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
