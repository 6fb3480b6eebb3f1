"""Says in this package's words what pydantic found wrong with a config, and where: never with a value of it.

A word that is not on its key's list, as the file has it, is no such value: it is quoted, and the nearest is named. Of
what a variable brought the variable is named.
"""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, get_args

from pydantic import BaseModel

from taskflow_profilemesh.errors import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pydantic import ValidationError
    from pydantic.fields import FieldInfo
    from pydantic_core import ErrorDetails

    from taskflow_profilemesh.config.document import Document, Place
    from taskflow_profilemesh.errors import InvalidConfig, InvalidOption

Model = type[BaseModel]

_NEARLY_THE_SAME = 0.85  # as `connection` is to `connections`: meant here, whatever the key means elsewhere
_UNKNOWN_KEY = "extra_forbidden"
_NOT_ON_THE_LIST = "literal_error"
_WORD = re.compile(r"[\w-]{1,40}", re.ASCII)  # no address, which may stand at a wrong key with its password
_REFERENCE = re.compile(r"\$\{\w+\}|\{\{[\w\s.-]+\}\}")
_LISTED = re.compile(r"'([^']*)'")
_EXPECTED = {
    "model_type": "a mapping",
    "string_type": "a text",
    "string_pattern_mismatch": "a text that is not blank",
    "bool_type": "true or false",
    "list_type": "a list",
}


def complaint(document: Document, found: ValidationError, model: Model, *, written: object = None) -> InvalidConfig:
    """Return the first thing that is wrong; unknown keys first, for a misspelt key is also one that is missing.

    `written` is the document's data before variables were filled in.
    """
    details = min(found.errors(include_url=False), key=lambda each: each["type"] != _UNKNOWN_KEY)
    place = details["loc"]
    match details["type"]:
        case str(kind) if kind == _UNKNOWN_KEY:
            return _unknown_key(document, place, model)
        case "missing":
            return document.complaint(place, got="nothing", expected="a value")
        case "value_error":
            return _refused(document, details)
        case str(kind) if kind == _NOT_ON_THE_LIST:
            return _not_on_the_list(document, details, written)
    expected = _EXPECTED.get(details["type"]) or details["msg"].removeprefix("Input should be ")
    return document.complaint(place, got=type(details["input"]).__name__, expected=expected)


def _refused(document: Document, details: ErrorDetails) -> InvalidConfig:
    """Return what a check of this package said of a mapping: its option is the key that it means."""
    error: InvalidOption = details["ctx"]["error"]
    key = () if error.option == "tables" else tuple(error.option.split("."))  # which is the mapping itself
    return document.complaint((*details["loc"], *key), expected=error.expected)


def _not_on_the_list(document: Document, details: ErrorDetails, written: object) -> InvalidConfig:
    place, got = details["loc"], details["input"]
    known = _LISTED.findall(details["ctx"]["expected"])
    said = _at(written, place)
    is_word = isinstance(said, str) and said == got and _WORD.fullmatch(said)
    is_reference = isinstance(said, str) and _REFERENCE.fullmatch(said)
    close = nearest(got, known) if is_word else ()
    return document.complaint(
        place,
        got=str(said) if is_word or is_reference else type(got).__name__,
        expected=f"one of {', '.join(known)}",
        nearest=close[0] if close else None,
    )


def _at(data: Any, place: Place) -> object:  # noqa: ANN401 -- any YAML
    """Return what stands at a place, None where nothing does; one item may stand for a list of it."""
    for part in place:
        if isinstance(part, int) and not isinstance(data, list | tuple):
            continue
        try:
            data = data[part]
        except (KeyError, IndexError, TypeError):
            return None
    return data


def _unknown_key(document: Document, place: Place, model: Model) -> InvalidConfig:
    key = str(place[-1])
    known = tuple(field.alias or name for name, field in _section_at(model, place[:-1]).model_fields.items())
    elsewhere = [name for name in _all_keys(model) if name.rpartition(".")[2] == key]
    close = get_close_matches(key, known, n=1, cutoff=_NEARLY_THE_SAME) or elsewhere or nearest(key, known)
    return document.complaint(place, expected=f"one of {', '.join(known)}", nearest=close[0] if close else None)


def _section_at(model: Model, place: Sequence[str | int]) -> Model:
    for part in place:
        field = _field(model, part)
        if field is not None:  # neither a position in a list nor a name that the config gave, a pattern of tables
            model = _section_in(field.annotation) or model
    return model


def _field(model: Model, key: str | int) -> FieldInfo | None:
    named = ((field.alias or name, field) for name, field in model.model_fields.items())
    return next((field for name, field in named if name == key), None)


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
