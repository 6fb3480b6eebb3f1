"""What variables of the environment say in place of a config file: `PROFILEMESH_SOURCE__HOST` is `source.host`.

They go before the file, as people know it from pydantic-settings; what a task says itself goes before both. Keys are in
capitals, `__` stands between them. A text is taken as it is, all else is read as YAML: `3`, `[users, "shop.*"]`,
`{psi_warn: 0.2}`. A mapping is laid over that of the file. A variable that is empty says nothing.

A name with `__` that means no key is an error. One without may be anybody's (Kubernetes sets `PROFILEMESH_PORT` where a
service is called so): it is told in the log where it looks like a key.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from difflib import get_close_matches
from functools import cache
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, Union, get_args, get_origin

from pydantic import BaseModel

from taskflow_profilemesh.config.document import Place
from taskflow_profilemesh.config.yaml_document import read_yaml_text
from taskflow_profilemesh.errors import InvalidConfig, nearest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from taskflow_profilemesh.config.document import Document

PREFIX: Final = "PROFILEMESH_"
WHERE: Final = "the environment"
_BETWEEN: Final = "__"
_ALIKE: Final = 0.85
_STRUCTURED: Final = ("[", "{", '"', "'")

_LONG: Final[Mapping[Place, str]] = {("incremental",): "column"}  # what a text in place of a section means
_IN_PLACE_OF: Final[Mapping[Place, tuple[Place, ...]]] = {  # ways to say the same: of these the file's do not count
    ("storage", "store"): (("storage", "connection"),),
    ("storage", "connection"): (("storage", "store"),),
    ("incremental",): (("profiling", "incremental"),),
    ("incremental", "column"): (("profiling", "incremental"),),
    ("profiling", "incremental"): (("incremental", "column"),),
}
_SOURCES: Final = ("conn_id", "connection", "url")  # each names the whole source, all else in it is a part

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Key:
    """A key of a config. `is_text`: its value is a text as it stands."""

    place: Place
    is_text: bool


def overridden(document: Document, environ: Mapping[str, str], model: type[BaseModel]) -> Document:
    """Return the document with what the environment says laid over it; raises `InvalidConfig`.

    What is wrong with a value of the environment is told by the name of its variable.
    """
    found = _found(environ, model)
    if not found:
        return document
    data = document.data if isinstance(document.data, Mapping) else {}
    for key in found:
        data = _without_others(data, key.place, {other.place for other in found})
    for key, name in sorted(found.items(), key=lambda item: len(item[0].place)):  # a whole section before its keys
        data = _laid_over(data, key.place, _value(key, name, environ[name]))
    return replace(document, data=data, elsewhere={key.place: (WHERE, name) for key, name in found.items()})


def _found(environ: Mapping[str, str], model: type[BaseModel]) -> dict[Key, str]:
    """Return the variables that say something, by their keys."""
    known = _keys(model)
    short = [name.removeprefix(PREFIX) for name in known]
    found = {}
    for name in environ:
        if not name.upper().startswith(PREFIX) or not environ[name]:
            continue
        if key := known.get(name.upper()):
            found[key] = name
        elif _BETWEEN in name[len(PREFIX) :]:
            raise _unknown(name, known)
        elif close := get_close_matches(name.upper()[len(PREFIX) :], short, n=1, cutoff=_ALIKE):
            log.warning("The variable %s is not read. Did you mean %s?", name, PREFIX + close[0])
    return found


@cache
def _keys(model: type[BaseModel]) -> dict[str, Key]:
    return dict(_keys_under(model, ()))


def _keys_under(model: type[BaseModel], place: Place) -> Iterator[tuple[str, Key]]:
    for name, field in model.model_fields.items():
        own = (*place, field.alias or name)
        yield PREFIX + _BETWEEN.join(str(part).upper() for part in own), Key(own, _is_text(field.annotation))
        if section := _section(field.annotation):
            yield from _keys_under(section, own)


def _section(annotation: Any) -> type[BaseModel] | None:  # noqa: ANN401 -- any type
    """Return the section that is the value itself: none of a list or of a mapping."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    if get_origin(annotation) in (Annotated, Union, UnionType):
        return next((found for part in get_args(annotation) if (found := _section(part))), None)
    return None


def _is_text(annotation: Any) -> bool:  # noqa: ANN401 -- any type
    origin, parts = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _is_text(parts[0])
    if origin in (Union, UnionType):
        return all(_is_text(part) for part in parts if part is not NoneType)
    if origin is Literal:
        return all(isinstance(part, str) for part in parts)
    return annotation in (str, datetime)


def _value(key: Key, name: str, written: str) -> object:
    if key.is_text:
        return written
    try:
        return read_yaml_text(written, name=name).data
    except InvalidConfig as error:
        if written.strip().startswith(_STRUCTURED):
            raise InvalidConfig(path=WHERE, key=name, got=error.got, expected="YAML, or JSON") from None
        return written  # `*_id`, which is a name and no YAML


def _unknown(name: str, known: Mapping[str, Key]) -> InvalidConfig:
    close = nearest(name.upper(), tuple(known))
    expected = "PROFILEMESH_ and a key of the config in capitals, with __ between sections and keys"
    return InvalidConfig(path=WHERE, key=name, expected=expected, nearest=close[0] if close else None)


def _without_others(data: Mapping[Any, Any], place: Place, kept: set[Place]) -> Mapping[Any, Any]:
    """Return the data without other ways to say what the environment says."""
    others = list(_IN_PLACE_OF.get(place, ()))
    if place[:1] == ("source",) and place[1:] and place[1] in _SOURCES:
        source = data.get("source")
        own = source if isinstance(source, Mapping) else {}
        others += [("source", key) for key in own if key not in ("type", place[1])]
    for other in others:
        if other not in kept:
            data = _without(data, other)
    return data


def _without(data: Mapping[Any, Any], place: Place) -> Mapping[Any, Any]:
    first, *rest = place
    if first not in data:
        return data
    if not rest:
        return {key: value for key, value in data.items() if key != first}
    inner = data[first]
    if not isinstance(inner, Mapping):  # a text that means this very key
        return _without(data, (first,)) if _LONG.get((first,)) == rest[0] else data
    return {**data, first: _without(inner, tuple(rest))}


def _laid_over(data: Mapping[Any, Any], place: Place, value: object) -> Mapping[Any, Any]:
    first, *rest = place
    inner = data.get(first)
    if isinstance(inner, str) and (long := _LONG.get((first,))):
        inner = {long: inner}
    own = inner if isinstance(inner, Mapping) else {}
    if rest:
        return {**data, first: _laid_over(own, tuple(rest), value)}
    return {**data, first: _merged(own, value) if isinstance(value, Mapping) else value}


def _merged(under: Mapping[Any, Any], over: Mapping[Any, Any]) -> dict[Any, Any]:
    merged = dict(under)
    for key, value in over.items():
        inner = merged.get(key)
        both = isinstance(inner, Mapping) and isinstance(value, Mapping)
        merged[key] = _merged(inner, value) if both else value  # type: ignore[arg-type] # both, as just checked
    return merged
