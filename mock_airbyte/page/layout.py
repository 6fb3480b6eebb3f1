"""The page around its sections, and the small pieces that all of them use."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from mock_airbyte.page.markup import html, tag, void

if TYPE_CHECKING:
    from mock_airbyte.page.markup import Html

STYLE_PATH, SCRIPT_PATH = "/page/style.css", "/page/refresh.js"
_SECONDS_PER_MINUTE, _SECONDS_PER_HOUR = 60, 3600
_KIB = 1024
_UNITS = ("kB", "MB", "GB", "TB")


def document(*sections: Html, api_url: str, note: str | None = None) -> str:
    """Return the whole page; `note`: what the last click could not do."""
    head = html(
        void("meta", charset="utf-8"),
        void("meta", name="viewport", content="width=device-width, initial-scale=1"),
        void("meta", name="color-scheme", content="light dark"),
        tag("title", "Mock Airbyte"),
        void("link", rel="icon", href="data:,"),
        void("link", rel="stylesheet", href=STYLE_PATH),
        tag("script", src=SCRIPT_PATH, defer=True),
    )
    header = tag(
        "header",
        tag("h1", "Mock Airbyte"),
        tag("p", "A pretend Airbyte that really moves rows. Its API: ", tag("code", api_url)),
        tag("p", "This page cannot reach the mock any more.", id="lost", role="status", hidden=True),
    )
    told = tag("p", note, class_="note", role="alert") if note else None
    body = tag("body", header, tag("main", told, *sections))
    return f"<!doctype html>\n{tag('html', tag('head', head), body, lang='en')}\n"


def status(name: str) -> Html:
    """Return a status as a coloured word."""
    return tag("span", name, class_=f"status {name}")


def moment(seconds: int | None) -> Html | str:
    """Return a moment, in seconds since 1970, as a person reads it; None: a dash."""
    if seconds is None:
        return "–"
    at = datetime.fromtimestamp(seconds, UTC)
    return tag("time", f"{at:%Y-%m-%d %H:%M:%S}", datetime=f"{at:%Y-%m-%dT%H:%M:%SZ}")


def duration(seconds: int) -> str:
    """Return whole seconds as `1 h 2 min`, `1 min 6 s` or `4 s`."""
    hours, minutes, rest = seconds // _SECONDS_PER_HOUR, seconds // 60 % 60, seconds % 60
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {rest} s" if seconds >= _SECONDS_PER_MINUTE else f"{rest} s"


def size(count: int) -> str:
    """Return bytes as `812 B` or `1.4 MB`."""
    if count < _KIB:
        return f"{count} B"
    power = min((count.bit_length() - 1) // 10, len(_UNITS))
    return f"{count / _KIB**power:,.1f} {_UNITS[power - 1]}"


def button(text: str, label: str, path: str, *, name: str, value: str | int, class_: str = "") -> Html:
    """Return a form of one button, which posts one value."""
    hidden = void("input", type="hidden", name=name, value=value)
    pressed = tag("button", text, type="submit", aria_label=label, class_=class_ or None)
    return tag("form", hidden, pressed, method="post", action=path)
