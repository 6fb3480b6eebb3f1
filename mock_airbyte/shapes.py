"""What a request must look like: shapes that check a body or a query and that the OpenAPI document prints as they are.

A shape is a JSON schema of a small vocabulary (`type`, `format: uuid`, `enum`, `properties`, `required`, `items`), so
that what is documented and what is checked cannot differ. Null stands for an absent optional field, as in Airbyte.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mock_airbyte.problems import unreadable, unspecified
from mock_airbyte.texts import as_id, is_id

if TYPE_CHECKING:
    from collections.abc import Sequence

Shape = Mapping[str, Any]

ANYTHING: Shape = {}
TEXT: Shape = {"type": "string"}
ID: Shape = {"type": "string", "format": "uuid"}
FLAG: Shape = {"type": "boolean"}
WHOLE: Shape = {"type": "integer", "format": "int64"}
OBJECT: Shape = {"type": "object"}

_TYPES: Mapping[str, tuple[str, type | tuple[type, ...]]] = {
    "string": ("a string", str),
    "boolean": ("a boolean", bool),
    "integer": ("an integer", int),
    "object": ("an object", Mapping),
    "array": ("a list", (list, tuple)),
}


def one_of(*values: str) -> Shape:
    """Return the shape of a text that is one of `values`."""
    return {"type": "string", "enum": list(values)}


def many(item: Shape) -> Shape:
    """Return the shape of a list."""
    return {"type": "array", "items": item}


def record(required: Mapping[str, Shape] | None = None, /, **optional: Shape) -> Shape:
    """Return the shape of an object; fields that are not named may be there and are not looked at."""
    needed = dict(required or {})
    shape: dict[str, Any] = {"type": "object", "properties": needed | optional}
    return shape | ({"required": list(needed)} if needed else {})


@dataclass(frozen=True, slots=True)
class Query:
    """A parameter in a request's query; of a list shape, it may be repeated or hold commas."""

    name: str
    shape: Shape
    is_required: bool = False


class _Unfit(ValueError):
    """A value is not of its shape; the text says why, as the reader of JSON below Airbyte would."""


def check_body(body: Mapping[str, Any], shape: Shape) -> None:
    """See that a request's body has the shape; raises a 400 that names the first field that has not."""
    argument = "body"
    reason = misfit(body, shape, argument)
    if reason is not None:
        raise unreadable(argument, None, reason)


def misfit(value: object, shape: Shape, name: str) -> str | None:
    """Return why a value is not of the shape, or None; `name`: what the value is called."""
    try:
        _check(value, shape, name)
    except _Unfit as unfit:
        return str(unfit)
    return None


def check_query(query: Mapping[str, Sequence[str]], parameters: Sequence[Query]) -> None:
    """See that ids, flags and words are such; raises a 400. Other texts are read by who needs them."""
    for parameter in parameters:
        shape = parameter.shape.get("items", parameter.shape)
        given = [part for text in query.get(parameter.name, ()) for part in text.split(",") if part]
        if parameter.is_required and not given:
            raise unspecified(parameter.name)
        for value in given:
            _check_argument(value, shape, parameter.name)


def _check_argument(value: str, shape: Shape, name: str) -> None:
    if shape.get("format") == "uuid":
        as_id(value, name)
    if shape.get("type") == "boolean" and value.lower() not in ("true", "false"):
        raise unreadable(name, value, f"Invalid boolean value '{value}'")
    if "enum" in shape and value not in shape["enum"]:
        raise unreadable(name, value, _no_such_word(value, shape["enum"]))


def _check(value: object, shape: Shape, name: str) -> None:
    if "type" in shape:
        words, types = _TYPES[shape["type"]]
        if not isinstance(value, types) or (isinstance(value, bool) and shape["type"] != "boolean"):
            message = f"the value of {name} must be {words}"
            raise _Unfit(message)
    match value:
        case str():
            _check_word(value, shape, name)
        case Mapping():
            _check_fields(value, shape)
        case list() | tuple():
            for item in value:
                _check(item, shape.get("items", ANYTHING), name)


def _check_word(value: str, shape: Shape, name: str) -> None:
    if shape.get("format") == "uuid" and not is_id(value):
        message = f"{name} is not a UUID (Invalid UUID string: {value})"
        raise _Unfit(message)
    if "enum" in shape and value not in shape["enum"]:
        message = f"{name}: {_no_such_word(value, shape['enum'])}"
        raise _Unfit(message)


def _no_such_word(value: str, known: Sequence[str]) -> str:
    return f"Unexpected value '{value}', expected one of: {', '.join(known)}"


def _check_fields(value: Mapping[str, Any], shape: Shape) -> None:
    for name in shape.get("required", ()):
        if value.get(name) is None:
            message = f"the property {name} is missing (therefore NULL) and must not be"
            raise _Unfit(message)
    for name, part in shape.get("properties", {}).items():
        if value.get(name) is not None:
            _check(value[name], part, name)
