"""The lower part of the page: the newest jobs, each with its attempts, rows, failures and log when it is opened."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mock_airbyte.page.layout import duration, moment, size, status
from mock_airbyte.page.markup import html, tag

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mock_airbyte.page.markup import Html

Json = dict[str, Any]
MOST_JOBS = 50
_MOST_LINES = 200
_TERMINAL = ("succeeded", "failed", "cancelled")


def jobs(infos: Sequence[Json], names: Mapping[str, str], *, total: int, now: int) -> Html:
    """Return jobs as the Config API's `jobs/get` prints them, newest first; `total`: how many there are in all."""
    heading = tag("h2", "Jobs ", tag("small", "times are UTC"))
    if not infos:
        return tag("section", heading, tag("p", "No sync was started yet.", class_="empty"))
    more = tag("p", f"The newest {len(infos)} of {total:,}.", class_="empty") if total > len(infos) else None
    return tag("section", heading, *(_job(info, names, now) for info in infos), more)


def _job(info: Json, names: Mapping[str, str], now: int) -> Html:
    job = info["job"]
    stats, ended = job["aggregatedStats"], job["updatedAt"] if job["status"] in _TERMINAL else now
    kind = "reset of" if job["configType"] == "reset_connection" else ""
    summary = tag(
        "summary",
        tag("span", f"#{job['id']}", class_="id"),
        status(job["status"]),
        tag("strong", kind, " " if kind else "", names.get(job["configId"], "a deleted connection")),
        tag("span", _rows(stats["recordsCommitted"]), class_="number"),
        tag("span", size(stats["bytesCommitted"]), class_="number"),
        tag("span", duration(max(ended - job["createdAt"], 0)), class_="number"),
        tag("span", moment(job["createdAt"])),
    )
    attempts = [_attempt(one) for one in info["attempts"]] or [tag("p", "It has not begun yet.", class_="empty")]
    return tag("details", summary, *attempts, data_key=f"job-{job['id']}")


def _rows(count: int) -> str:
    return "1 row" if count == 1 else f"{count:,} rows"


def _attempt(info: Json) -> Html:
    attempt = info["attempt"]
    ended = attempt.get("endedAt")
    heading = html(f"Attempt {attempt['id'] + 1} ", status(attempt["status"]))
    times = html("began ", moment(attempt["createdAt"]), *([", ended ", moment(ended)] if ended else []))
    return tag(
        "article",
        tag("h3", heading),
        tag("p", times),
        *(_failure(one) for one in attempt.get("failureSummary", {}).get("failures", ())),
        _streams(attempt["streamStats"]),
        _log(info["logs"].get("logLines", ())),
    )


def _failure(failure: Json) -> Html:
    stream = failure.get("streamDescriptor", {}).get("name")
    where = f"{failure['failureOrigin']}, {failure['failureType']}" + (f", stream {stream}" if stream else "")
    return tag("p", failure["externalMessage"], " ", tag("small", where), class_="failure")


def _streams(stats: Sequence[Json]) -> Html | None:
    if not stats:
        return None
    titles = html(tag("th", "Stream", scope="col"), *(_number("th", title) for title in ("Read", "Committed", "Size")))
    rows = [
        tag(
            "tr",
            tag("th", _full_name(one), scope="row"),
            _number("td", f"{one['stats']['recordsEmitted']:,}"),
            _number("td", f"{one['stats']['recordsCommitted']:,}"),
            _number("td", size(one["stats"]["bytesCommitted"])),
        )
        for one in stats
    ]
    return tag("div", tag("table", tag("thead", tag("tr", titles)), tag("tbody", *rows)), class_="wide")


def _number(name: str, value: str) -> Html:
    return tag(name, value, class_="number")


def _full_name(stream: Json) -> str:
    namespace = stream.get("streamNamespace")
    return f"{namespace}.{stream['streamName']}" if namespace else str(stream["streamName"])


def _log(lines: Sequence[str]) -> Html | None:
    return tag("pre", "\n".join(lines[-_MOST_LINES:]), tabindex=0, aria_label="Log") if lines else None
