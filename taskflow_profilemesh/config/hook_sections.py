"""`hooks:` who hears of what happens to a table, and of what: a list of names and of mappings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from taskflow_profilemesh.config.section import ConnectionId, Names, Section, Text, one_or_list
from taskflow_profilemesh.errors import InvalidOption

EventName = Literal["profiling_started", "profiling_completed", "profiling_failed", "drift_detected", "schema_changed"]
Events = Annotated[list[EventName], one_or_list(EventName)]
_WAYS = ("call", "webhook")


class Webhook(Section):
    """`webhook:` where a message is posted: an Airflow connection, or an address."""

    conn_id: ConnectionId | None = None
    endpoint: Text | None = None
    url: Annotated[Text | None, Field(repr=False)] = None

    @model_validator(mode="after")
    def _names_one_address(self) -> Self:
        if (self.conn_id is None) == (self.url is None):
            raise InvalidOption(option="conn_id", got="", expected="either conn_id or url")
        if self.endpoint is not None and self.url is not None:
            raise InvalidOption(option="endpoint", got="", expected="endpoint beside conn_id only")
        return self


def _webhook(value: object) -> object:
    """Take a name for the connection's id; an address is written as a mapping."""
    return {"conn_id": value} if isinstance(value, str) else value


class EventHook(Section):
    """One of `hooks`: what hears, and which events."""

    call: Text | None = None
    webhook: Annotated[Webhook | None, BeforeValidator(_webhook, json_schema_input_type=Webhook | Text | None)] = None
    events: Events | None = None
    severity: Literal["low", "medium", "high"] | None = None
    tables: Names | None = None

    def given(self) -> dict[str, Any]:
        """Return the keys that were given a value, as plain data."""
        return super().given() | ({"webhook": self.webhook.given()} if self.webhook else {})

    @model_validator(mode="after")
    def _is_one_hook(self) -> Self:
        if sum(getattr(self, way) is not None for way in _WAYS) != 1:
            raise InvalidOption(option="call", got="", expected="either call or webhook")
        return self


def _hook(value: object) -> object:
    """Take a name, store and log too, for the mapping that calls it."""
    if isinstance(value, str):
        return {"call": value}
    if not isinstance(value, Mapping):
        kind, message = "hook_type", "Input should be store, log, a callable's dotted path, or a mapping"
        raise PydanticCustomError(kind, message)
    return value


Hook = Annotated[EventHook, BeforeValidator(_hook, json_schema_input_type=EventHook | Text)]
Hooks = Annotated[list[Hook], one_or_list(Hook)]
