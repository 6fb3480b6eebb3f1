"""What a workspace says about notifications: per event, whether e-mails are sent and which webhook is called.

A workspace keeps what it was told, in the public API's words (`{"failure": {"webhook": {"enabled": true, "url": …}}}`);
both APIs print it, the Config API as `notificationSettings`, with Airbyte's defaults for what it was not told.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from mock_airbyte.problems import bad_request

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mock_airbyte.notices import NoticeKind

Settings = Mapping[str, Any]
PUBLIC_EVENTS = (
    "failure",
    "success",
    "connectionUpdate",
    "connectionUpdateActionRequired",
    "syncDisabled",
    "syncDisabledWarning",
)
_CONFIG_NAMES = {
    **{event: f"sendOn{event[0].upper()}{event[1:]}" for event in PUBLIC_EVENTS},
    "breakingChangeWarning": "sendOnBreakingChangeWarning",
    "breakingChangeSyncsDisabled": "sendOnBreakingChangeSyncsDisabled",
    "connectionSyncQueued": "sendOnConnectionSyncQueued",
}
CONFIG_EVENTS = tuple(_CONFIG_NAMES.values())
_EVENT_OF_KIND: Mapping[NoticeKind, str] = {
    "success": "success",
    "failure": "failure",
    "queued": "connectionSyncQueued",
    "schema_change": "connectionUpdate",
}
_WITHOUT_EMAIL = ("success", "connectionSyncQueued")  # unless a workspace says otherwise
_EMAIL, _WEBHOOK = "customerio", "slack"  # what the Config API calls them, whoever is behind them


def printed(settings: Settings) -> dict[str, Any]:
    """Print the settings as the public API does."""
    return {event: _item(settings, event) for event in PUBLIC_EVENTS}


def config_printed(settings: Settings) -> dict[str, Any]:
    """Print the settings as the Config API does."""
    return {name: _config_item(_item(settings, event)) for event, name in _CONFIG_NAMES.items()}


def told(settings: Settings, sent: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return the settings as the public API changes them: what was sent, the rest stays.

    Raises a 400 for a webhook that is switched on without an address.
    """
    changed = {event: (settings.get(event) or {}) | _without_nulls(item) for event, item in _given(sent, PUBLIC_EVENTS)}
    return _checked(dict(settings) | changed)


def config_told(settings: Settings, sent: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return the settings as the Config API changes them: each event that was sent as a whole, the rest stays.

    Raises a 400 for a webhook that is switched on without an address.
    """
    events = {name: event for event, name in _CONFIG_NAMES.items()}
    changed = {events[name]: _from_config(item) for name, item in _given(sent, CONFIG_EVENTS)}
    return _checked(dict(settings) | changed)


def address(settings: Settings, kind: NoticeKind) -> str | None:
    """Return the webhook that is called for a notice of that kind, or None."""
    webhook = _item(settings, _EVENT_OF_KIND[kind])["webhook"]
    return webhook.get("url") if webhook["enabled"] else None


def kinds_by_address(settings: Settings) -> dict[str, tuple[NoticeKind, ...]]:
    """Return which notices each webhook gets."""
    found: dict[str, tuple[NoticeKind, ...]] = {}
    for kind in _EVENT_OF_KIND:
        url = address(settings, kind)
        if url:
            found[url] = (*found.get(url, ()), kind)
    return found


def _given(sent: Mapping[str, Any] | None, events: Iterable[str]) -> list[tuple[str, Mapping[str, Any]]]:
    there = sent or {}
    return [(event, there[event]) for event in events if there.get(event) is not None]


def _without_nulls(item: Mapping[str, Any]) -> dict[str, Any]:
    return {channel: value for channel, value in item.items() if value is not None}


def _item(settings: Settings, event: str) -> dict[str, Any]:
    item = settings.get(event) or {}
    email, webhook = item.get("email") or {}, item.get("webhook") or {}
    url = webhook.get("url")
    return {
        "email": {"enabled": bool(email.get("enabled", event not in _WITHOUT_EMAIL))},
        "webhook": {"enabled": bool(webhook.get("enabled"))} | ({"url": url} if url else {}),
    }


def _config_item(item: Mapping[str, Any]) -> dict[str, Any]:
    switched_on = ((_EMAIL, item["email"]["enabled"]), (_WEBHOOK, item["webhook"]["enabled"]))
    url = item["webhook"].get("url")
    types = {"notificationType": [name for name, enabled in switched_on if enabled]}
    return types | ({"slackConfiguration": {"webhook": url}} if url else {})


def _from_config(item: Mapping[str, Any]) -> dict[str, Any]:
    types = item.get("notificationType") or ()
    url = (item.get("slackConfiguration") or {}).get("webhook")
    return {"email": {"enabled": _EMAIL in types}, "webhook": {"enabled": _WEBHOOK in types, "url": url}}


def _checked(settings: dict[str, Any]) -> dict[str, Any]:
    for event in settings:
        webhook = _item(settings, event)["webhook"]
        if webhook["enabled"] and not webhook.get("url"):
            message = f"The '{event}' notification is enabled but is missing a URL."
            raise bad_request(message)
    return settings
