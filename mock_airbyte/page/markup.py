"""HTML built from values: whatever is not `Html` already is escaped, so nothing that a user named can become markup."""

from __future__ import annotations

from html import escape

Child = object  # Html as it stands, None as nothing, anything else as escaped text
Value = str | int | bool | None


class Html(str):
    """Text that is HTML already."""

    __slots__ = ()


def html(*children: Child) -> Html:
    """Return the children one after another."""
    return Html("".join(_printed(child) for child in children))


def tag(name: str, /, *children: Child, **attributes: Value) -> Html:
    """Return an element. `class_` is `class`, `data_key` is `data-key`; True is bare, False and None are left out."""
    printed = "".join(_attribute(key, value) for key, value in attributes.items())
    return Html(f"<{name}{printed}>{html(*children)}</{name}>")


def void(name: str, /, **attributes: Value) -> Html:
    """Return an element that holds nothing, `<input>` for instance."""
    return Html(f"<{name}{''.join(_attribute(key, value) for key, value in attributes.items())}>")


def _printed(child: Child) -> str:
    if child is None:
        return ""
    return child if isinstance(child, Html) else escape(str(child))


def _attribute(key: str, value: Value) -> str:
    name = key.rstrip("_").replace("_", "-")
    if value is None or value is False:
        return ""
    return f" {name}" if value is True else f' {name}="{escape(str(value))}"'
