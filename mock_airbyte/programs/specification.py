"""What a connector says its configuration must be: judged as Airbyte judges it, and which of it is secret.

Complaints name the place and what is wanted there, never the value. Source of their wording: the JSON schema validator
that Airbyte's platform uses.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jsonschema import ValidationError

SecretPath = tuple[str, ...]  # keys from the top; "*" stands for every item of a list
_DEEPEST = 12  # schemas may refer to themselves


@dataclass(frozen=True, slots=True)
class Specification:
    """A connector's specification: the JSON schema of its configuration, and what else it says."""

    schema: Mapping[str, Any]
    rest: Mapping[str, Any] = field(default_factory=dict)

    def complaints(self, configuration: Mapping[str, Any]) -> tuple[str, ...]:
        """Return what is wrong with a configuration; nothing where the schema itself cannot be used."""
        from jsonschema import Draft7Validator
        from jsonschema.exceptions import SchemaError
        from referencing.exceptions import Unresolvable  # which jsonschema raises, and depends on

        try:
            errors = sorted(Draft7Validator(self.schema).iter_errors(configuration), key=_place)
        except (SchemaError, Unresolvable, re.error):
            return ()
        return tuple(dict.fromkeys(one for error in errors for one in _complaints(error)))

    def secrets(self) -> frozenset[SecretPath]:
        """Return where secrets are: what the schema marks with `airbyte_secret`."""
        return frozenset(_secrets(self.schema, self.schema, (), 0))


def _place(error: ValidationError) -> str:
    return str(error.json_path)


def _complaints(error: ValidationError) -> Iterator[str]:
    place, wanted, keyword = error.json_path, _wanted(error), str(error.validator)
    match keyword:
        case "required":
            given = error.instance if isinstance(error.instance, Mapping) else {}
            missing = [name for name in wanted if name not in given]
            yield from (f"{place}: required property '{name}' not found" for name in missing)
        case "type":
            expected = wanted if isinstance(wanted, str) else " or ".join(wanted)
            yield f"{place}: {_type_name(error.instance)} found, {expected} expected"
        case "oneOf":
            yield f"{place}: must be valid to one and only one schema, but {_valid(error)} are valid"
        case _:
            yield f"{place}: {_WORDS.get(keyword, 'does not fulfil ' + repr(keyword)).format(wanted)}"


_WORDS: Mapping[str, str] = {
    "enum": "does not have a value in the enumeration {}",
    "const": "must be the constant value '{}'",
    "minimum": "must have a minimum value of {}",
    "maximum": "must have a maximum value of {}",
    "minLength": "must be at least {} characters long",
    "maxLength": "must be at most {} characters long",
    "pattern": "does not match the regex pattern {}",
    "additionalProperties": "has properties that the schema does not define and does not allow",
}


def _wanted(error: ValidationError) -> Any:  # noqa: ANN401 -- whatever a keyword has in a schema
    return error.validator_value


def _valid(error: ValidationError) -> int:
    if not error.context:
        return 2  # several are valid: jsonschema then gives no reasons
    return len(_wanted(error)) - len({one.schema_path[0] for one in error.context})


def _type_name(value: object) -> str:
    names = {bool: "boolean", int: "integer", float: "number", str: "string", dict: "object", list: "array"}
    return names.get(type(value), "null")


def _secrets(schema: object, root: Mapping[str, Any], path: SecretPath, depth: int) -> Iterator[SecretPath]:
    if not isinstance(schema, Mapping) or depth > _DEEPEST:
        return
    if schema.get("airbyte_secret") is True and path:
        yield path
        return
    for name, part in _parts(schema, root):
        yield from _secrets(part, root, (*path, name) if name else path, depth + 1)


def _parts(schema: Mapping[str, Any], root: Mapping[str, Any]) -> Iterator[tuple[str, object]]:
    """Yield what a schema is made of, with the key under which that lies in a configuration ("": the same place)."""
    if isinstance(schema.get("$ref"), str):
        yield "", _referred(root, schema["$ref"])
    properties = schema.get("properties")
    yield from properties.items() if isinstance(properties, Mapping) else ()
    yield "*", schema.get("items")
    for choice in ("oneOf", "anyOf", "allOf"):
        yield from (("", part) for part in schema.get(choice) or ())


def _referred(root: Mapping[str, Any], reference: str) -> object:
    found: object = root if reference.startswith("#/") else None
    for part in reference.removeprefix("#/").split("/"):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found
