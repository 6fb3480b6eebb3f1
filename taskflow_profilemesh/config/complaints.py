"""Says in this package's words what pydantic found wrong with a config, and where: never with a value of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

from pydantic import BaseModel

from taskflow_profilemesh.errors import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pydantic import ValidationError
    from pydantic_core import ErrorDetails

    from taskflow_profilemesh.config.document import Document, Place
    from taskflow_profilemesh.errors import InvalidConfig, InvalidOption

Model = type[BaseModel]

_UNKNOWN_KEY = "extra_forbidden"
_EXPECTED = {
    "model_type": "a mapping",
    "string_type": "a text",
    "string_pattern_mismatch": "a text that is not blank",
    "bool_type": "true or false",
    "list_type": "a list",
}


def complaint(document: Document, found: ValidationError, model: Model) -> InvalidConfig:
    """Return the first thing that is wrong; unknown keys first, for a misspelt key is also one that is missing."""
    details = min(found.errors(include_url=False), key=lambda each: each["type"] != _UNKNOWN_KEY)
    place = details["loc"]
    match details["type"]:
        case str(kind) if kind == _UNKNOWN_KEY:
            return _unknown_key(document, place, model)
        case "missing":
            return document.complaint(place, got="nothing", expected="a value")
        case "value_error":
            return _refused(document, details)
    expected = _EXPECTED.get(details["type"]) or details["msg"].removeprefix("Input should be ")
    return document.complaint(place, got=type(details["input"]).__name__, expected=expected)


def _refused(document: Document, details: ErrorDetails) -> InvalidConfig:
    """Return what a check of this package said of a mapping: its option is the key that it means."""
    error: InvalidOption = details["ctx"]["error"]
    key = () if error.option == "tables" else (error.option,)  # which is the mapping itself
    return document.complaint((*details["loc"], *key), expected=error.expected)


def _unknown_key(document: Document, place: Place, model: Model) -> InvalidConfig:
    key = str(place[-1])
    known = tuple(field.alias or name for name, field in _section_at(model, place[:-1]).model_fields.items())
    elsewhere = [name for name in _all_keys(model) if name.rpartition(".")[2] == key]
    close = elsewhere or nearest(key, known)
    return document.complaint(place, expected=f"one of {', '.join(known)}", nearest=close[0] if close else None)


def _section_at(model: Model, place: Sequence[str | int]) -> Model:
    for part in place:
        if isinstance(part, str):
            model = _section_in(model.model_fields[part].annotation) or model
    return model


def _section_in(annotation: object) -> Model | None:
    """Return the section that a field holds, be it optional or one of a list."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in get_args(annotation) if (found := _section_in(part))), None)


def _all_keys(model: Model, prefix: str = "") -> Iterator[str]:
    for name, field in model.model_fields.items():
        yield prefix + (field.alias or name)
        if section := _section_in(field.annotation):
            yield from _all_keys(section, f"{prefix}{name}.")
