"""What every section of a config file has in common, and the types of what stands in several of them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError

from taskflow_profilemesh.errors import InvalidOption

_CONNECTION = re.compile(r"\s*\{\{\s*conn\.(?P<conn_id>[\w.-]+?)\s*\}\}\s*")


def listed(value: object) -> object:
    """Take one text, or one mapping, for a list of it."""
    return [value] if isinstance(value, str | Mapping) else value


def section(value: object) -> object:
    """Take a section whose lines are all comments for an empty one."""
    return {} if value is None else value


def conn_id_of(reference: object) -> str | None:
    """Return the id in `{{ conn.id }}`, the way in which a template names an Airflow connection; None for all else."""
    found = _CONNECTION.fullmatch(reference) if isinstance(reference, str) else None
    return found["conn_id"] if found else None


def without_references(config: Mapping[str, Any]) -> dict[str, Any]:
    """Return a config with the id in place of each `{{ conn.id }}`; `connection: {{ … }}` becomes the key for an id."""
    plain = {key: value if key in ("source", "storage") else _plain(value) for key, value in config.items()}
    for name in ("source", "storage"):
        said = plain.get(name)
        if isinstance(said, Mapping) and (conn_id := conn_id_of(said.get("connection"))):
            others = {key: value for key, value in said.items() if key != "connection"}
            key, value = ("conn_id", conn_id) if name == "source" else ("connection", {"conn_id": conn_id})
            if key in others:
                raise InvalidOption(option=f"{name}.connection", got="it and conn_id", expected="one of the two")
            plain[name] = others | {key: value}
    return plain


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return {key: _plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    return conn_id_of(value) or value


def one_or_list(item: Any) -> BeforeValidator:  # noqa: ANN401 -- a type, or what annotates one
    """Return the validator of a list of which one item may stand for it; editors are told so, too."""
    return BeforeValidator(listed, json_schema_input_type=list[item] | item | None)


def empty_or(model: type[BaseModel]) -> BeforeValidator:
    """Return the validator of a section of which all lines may be comments."""
    return BeforeValidator(section, json_schema_input_type=model | None)


def _id(value: object) -> object:
    """Take `{{ conn.id }}` for the id, the two ways to name an Airflow connection."""
    return conn_id_of(value) or value


def _digits(value: object) -> object:
    """Take a whole number for its digits: what comes from a variable is a text."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _reference(value: object) -> object:
    if value is not None and conn_id_of(value) is None:
        kind, message = "connection_type", "Input should be an Airflow connection, written '{{ conn.its_id }}'"
        raise PydanticCustomError(kind, message)
    return value


Text = Annotated[str, StringConstraints(pattern=r"\S")]
Names = Annotated[list[Text], one_or_list(Text)]
Digits = BeforeValidator(_digits, json_schema_input_type=str | int | None)
ConnectionId = Annotated[Text, BeforeValidator(_id)]
Seconds = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Count = Annotated[int, Field(ge=1)]
ConnectionReference = Annotated[str, BeforeValidator(_reference)]


class Section(BaseModel):
    """What holds for every section: unknown keys are errors, types are strict, and no error quotes a value."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, hide_input_in_errors=True)

    def given(self) -> dict[str, Any]:
        """Return the keys that were given a value."""
        return {name: value for name, value in self if value is not None}
