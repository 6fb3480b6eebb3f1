"""HTML from values: what goes in as text comes out as text."""

from __future__ import annotations

from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from mock_airbyte.page.layout import duration, size
from mock_airbyte.page.markup import html, tag, void


class _Seen(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.values: list[str | None] = []
        self.text = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.values += [value for _, value in attrs]

    def handle_data(self, data: str) -> None:
        self.text += data


@given(st.text(), st.text())
def test_text_and_attributes_come_out_as_they_went_in(text: str, value: str) -> None:
    seen = _Seen(tag("p", text, title=value))
    assert (seen.tags, seen.values) == (["p"], [value])
    assert seen.text == text


def test_elements_nest_and_nothing_prints_nothing() -> None:
    assert tag("p", "a<", tag("b", 1), None) == "<p>a&lt;<b>1</b></p>"
    assert html(tag("i"), "&") == "<i></i>&amp;"


def test_attributes_are_named_as_html_names_them() -> None:
    shown = void("input", class_="x", data_key='"', hidden=True, disabled=False, title=None, value=0)
    assert shown == '<input class="x" data-key="&quot;" hidden value="0">'


def test_sizes_and_durations_are_for_people() -> None:
    assert [size(count) for count in (0, 1023, 1024, 1_500_000, 2**50)] == [
        "0 B",
        "1023 B",
        "1.0 kB",
        "1.4 MB",
        "1,024.0 TB",
    ]
    assert [duration(seconds) for seconds in (0, 59, 60, 3599, 3661)] == [
        "0 s",
        "59 s",
        "1 min 0 s",
        "59 min 59 s",
        "1 h 1 min",
    ]
