"""Posting messages to Slack, or to any webhook that takes its messages: where to, by a connection or a URL, and how."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from airflow.providers.common.compat.sdk import BaseHook, mask_secret

if TYPE_CHECKING:
    from collections.abc import Mapping

    from taskflow_profilemesh.events.hooks import Hook
    from taskflow_profilemesh.events.profiling_events import ProfilingEvent

_SECONDS: Final = 10.0
_SLACK: Final = "https://hooks.slack.com/services"


def webhook_hook(said: Mapping[str, Any]) -> Hook:
    """Return the hook that posts each event: `conn_id` with an `endpoint`, or `url`, says where to.

    The connection is looked up when there is something to tell, not before.
    """
    from taskflow_profilemesh.events.alerts import event_message

    def post_event(event: ProfilingEvent) -> None:
        if said.get("conn_id") is None:
            url, headers = plain_address(str(said["url"]))
        else:
            url, headers = address_of(str(said["conn_id"]), str(said.get("endpoint") or ""))
        post(url, headers, event_message(event))

    return post_event


def plain_address(url: str) -> tuple[str, dict[str, str]]:
    """Return the address and no headers; the log masks it from here on."""
    mask_secret(url)
    return url, {}


def address_of(conn_id: str, endpoint: str) -> tuple[str, dict[str, str]]:
    """Return the address that an Airflow connection of type http or slackwebhook means, and the headers for it."""
    connection = BaseHook.get_connection(conn_id)
    secret = connection.password or ""
    if secret:
        mask_secret(secret)
        mask_secret(quote(secret, safe=""))
    host = connection.host or ""
    if connection.conn_type == "slackwebhook":
        return f"{(host or _SLACK).rstrip('/')}/{secret.lstrip('/')}", {}
    if "://" not in host:
        host = f"{connection.schema or 'http'}://{host}"
    if connection.port:
        host = f"{host.rstrip('/')}:{connection.port}"
    url = f"{host.rstrip('/')}/{endpoint.lstrip('/')}" if endpoint else host
    return url, {"Authorization": f"Bearer {secret}"} if secret else {}


def post(url: str, headers: Mapping[str, str], payload: Mapping[str, Any]) -> None:
    """Post JSON; raises `AlertNotSent`, which quotes neither the address nor the answer."""
    import requests

    from taskflow_profilemesh.errors import AlertNotSent

    try:
        answer = requests.post(url, json=payload, headers=dict(headers), timeout=_SECONDS, allow_redirects=False)
    except (requests.RequestException, ValueError) as error:  # its text quotes the address, and so would its cause
        raise AlertNotSent(reason=type(error).__name__) from None
    if not HTTPStatus.OK <= answer.status_code < HTTPStatus.MULTIPLE_CHOICES:
        raise AlertNotSent(reason="the webhook refused it", status=answer.status_code)
