"""What workspaces say about notifications, through either API, and whom it makes the mock call."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer

from mock_airbyte import MockAirbyte, Stage
from mock_airbyte.failures import Failure
from mock_airbyte.notices import NoticeKind, sample_notice
from mock_airbyte.webhooks import Courier
from tests.mock_airbyte.api import Api
from tests.mock_airbyte.shops import connected

HOOK = "http://receiver.example/hook"
SLACK = {"notificationType": ["slack"], "slackConfiguration": {"webhook": HOOK}}


class Sent:
    """What a courier posted, by address."""

    def __init__(self, mock: MockAirbyte) -> None:
        self.posts: list[tuple[str, str]] = []
        self.courier = Courier(send=self._take)
        mock.app.courier = mock.app.notifier._courier = self.courier

    def _take(self, url: str, payload: Mapping[str, Any]) -> int:
        self.posts.append((url, str(payload["text"]).split("\n", maxsplit=1)[0].rsplit(" ", 1)[1]))
        return 200

    def taken(self) -> list[tuple[str, str]]:
        self.courier.wait()
        return self.posts


@pytest.fixture
def sent(mock: MockAirbyte) -> Sent:
    return Sent(mock)


def _settings(config_api: Api, mock: MockAirbyte) -> Any:
    return config_api.post("/workspaces/get", {"workspaceId": mock.workspace_id})["notificationSettings"]


def _tell(config_api: Api, mock: MockAirbyte, *, expect: int = 200, **settings: object) -> Any:
    body = {"workspaceId": mock.workspace_id, "notificationSettings": settings}
    return config_api.post("/workspaces/update", body, expect=expect)


def test_a_new_workspace_has_airbytes_defaults(api: Api, config_api: Api, mock: MockAirbyte) -> None:
    shown = api.get(f"/workspaces/{mock.workspace_id}")["notifications"]
    assert shown["failure"] == {"email": {"enabled": True}, "webhook": {"enabled": False}}
    assert shown["success"] == {"email": {"enabled": False}, "webhook": {"enabled": False}}
    assert len(shown) == 6
    settings = _settings(config_api, mock)
    assert settings["sendOnFailure"] == {"notificationType": ["customerio"]}
    assert settings["sendOnSuccess"] == settings["sendOnConnectionSyncQueued"] == {"notificationType": []}
    assert len(settings) == 9


def test_what_the_config_api_is_told_is_heeded_and_shown_by_both(
    api: Api, config_api: Api, mock: MockAirbyte, warehouse: Path, sent: Sent
) -> None:
    answer = _tell(config_api, mock, sendOnSuccess=SLACK, sendOnFailure={"notificationType": []})
    assert answer["notificationSettings"] == _settings(config_api, mock)
    assert answer["notificationSettings"]["sendOnSuccess"] == SLACK
    shown = api.get(f"/workspaces/{mock.workspace_id}")["notifications"]
    assert shown["success"] == {"email": {"enabled": False}, "webhook": {"enabled": True, "url": HOOK}}
    assert shown["failure"]["email"] == {"enabled": False}
    mock.job(mock.sync(connected(mock, warehouse)))
    assert sent.taken() == [(HOOK, "succeeded")]


def test_what_the_public_api_is_told_is_heeded_and_the_rest_stays(
    api: Api, config_api: Api, mock: MockAirbyte, warehouse: Path, sent: Sent
) -> None:
    _tell(config_api, mock, sendOnSuccess=SLACK)
    path = f"/workspaces/{mock.workspace_id}"
    api.patch(path, {"notifications": {"failure": {"webhook": {"enabled": True, "url": HOOK}}}})
    shown = api.patch(path, {"notifications": {"success": {"webhook": {"enabled": False}, "email": None}}})
    assert shown["notifications"]["success"]["webhook"] == {"enabled": False}
    assert shown["notifications"]["failure"]["email"] == {"enabled": True}
    assert _settings(config_api, mock)["sendOnFailure"]["notificationType"] == ["customerio", "slack"]
    connection_id = connected(mock, warehouse)
    mock.job(mock.sync(connection_id))
    mock.book.plan((Stage("running", 0), Stage("failed", failure=Failure("No."))))
    mock.job(mock.sync(connection_id))
    assert sent.taken() == [(HOOK, "failed")]


def test_a_rename_leaves_the_settings_alone(api: Api, config_api: Api, mock: MockAirbyte) -> None:
    _tell(config_api, mock, sendOnSuccess=SLACK)
    renamed = config_api.post("/workspaces/update", {"workspaceId": mock.workspace_id, "name": "Sales"})
    assert (renamed["name"], renamed["notificationSettings"]["sendOnSuccess"]) == ("Sales", SLACK)


@pytest.mark.parametrize("url", [None, ""])
def test_a_webhook_without_an_address_is_refused(api: Api, config_api: Api, mock: MockAirbyte, url: str | None) -> None:
    path, webhook = f"/workspaces/{mock.workspace_id}", {"enabled": True, "url": url}
    words = "The 'success' notification is enabled but is missing a URL."
    assert api.patch(path, {"notifications": {"success": {"webhook": webhook}}}, expect=400)["data"]["message"] == words
    _tell(config_api, mock, expect=400, sendOnSuccess={"notificationType": ["slack"]})
    _tell(config_api, mock, expect=400, sendOnSuccess={"notificationType": ["pigeon"]})
    assert api.get(path)["notifications"]["success"]["webhook"] == {"enabled": False}


def test_events_that_airbyte_does_not_have_are_not_looked_at(api: Api, config_api: Api, mock: MockAirbyte) -> None:
    path = f"/workspaces/{mock.workspace_id}"
    before = api.get(path)
    assert api.patch(path, {"notifications": {"teapot": "boils", "success": None}}) == before
    assert set(_tell(config_api, mock, sendOnTeapot=[])["notificationSettings"]) == set(_settings(config_api, mock))


def test_settings_concern_their_own_workspace_alone(mock: MockAirbyte, api: Api, warehouse: Path, sent: Sent) -> None:
    api.post("/workspaces", {"name": "O", "notifications": {"success": {"webhook": {"enabled": True, "url": HOOK}}}})
    mock.job(mock.sync(connected(mock, warehouse)))
    assert sent.taken() == []


@pytest.mark.parametrize(
    ("kinds", "got"),
    [((), ["queued", "succeeded"]), (("success",), ["succeeded"]), (("queued", "failure"), ["queued"])],
)
def test_a_registered_webhook_gets_the_notices_that_it_chose(
    mock: MockAirbyte, warehouse: Path, sent: Sent, kinds: tuple[NoticeKind, ...], got: list[str]
) -> None:
    mock.book.plan((Stage("queued", 10), Stage("running", 0), Stage("succeeded")))
    _ = sent.courier.register(HOOK, kinds) if kinds else sent.courier.register(HOOK)
    sent.courier.register("http://other.example", workspace_id=mock.create_workspace("Other"))
    mock.sync(connected(mock, warehouse))
    mock.advance(20)
    mock.job(1)
    assert sent.taken() == [(HOOK, word) for word in got]


def test_an_address_that_is_registered_and_in_the_settings_is_called_once(
    config_api: Api, mock: MockAirbyte, warehouse: Path, sent: Sent
) -> None:
    _tell(config_api, mock, sendOnSuccess=SLACK)
    sent.courier.register(HOOK)
    mock.job(mock.sync(connected(mock, warehouse)))
    assert sent.taken() == [(HOOK, "succeeded")]


def test_a_changed_schema_is_a_connection_update(
    config_api: Api, mock: MockAirbyte, warehouse: Path, sent: Sent
) -> None:
    _tell(config_api, mock, sendOnConnectionUpdate=SLACK)
    connection = connected(mock, warehouse)
    mock.play("schema-drift", connection)
    mock.sync(connection)
    mock.advance(3600)
    mock.job(1)
    assert [url for url, _ in sent.taken()] == [HOOK]


def test_a_webhook_registered_again_chooses_anew_and_keeps_its_id(mock: MockAirbyte) -> None:
    courier = mock.app.courier
    first = courier.register(HOOK, ("success",))
    assert courier.register(HOOK, ("failure",)).webhook_id == first.webhook_id
    assert [one.kinds for one in courier.webhooks.all()] == [("failure",)]
    assert "receiver.example" not in repr(courier.webhooks.all())


@pytest.mark.parametrize(("trigger", "error"), [("sync_success", None), ("sync_failure", "config_error")])
def test_trying_a_webhook_sends_what_a_job_would(
    config_api: Api, mock: MockAirbyte, httpserver: HTTPServer, trigger: str, error: str | None
) -> None:
    httpserver.expect_request("/hook", method="POST").respond_with_data("")
    body = {"notificationTrigger": trigger, "slackConfiguration": {"webhook": httpserver.url_for("/hook")}}
    assert config_api.post("/notifications/try_webhook", body) == {"status": "succeeded"}
    data = httpserver.log[0][0].get_json()["data"]
    assert (data["success"], data["errorType"]) == (error is None, error)
    assert data["connection"]["name"] == "Test Connection"
    assert data["durationFormatted"] == "1 hours 0 min"


def test_the_other_triggers_send_a_text(mock: MockAirbyte, config_api: Api) -> None:
    assert set(sample_notice("sync_disabled_warning", mock.world.clock.now())) == {"text"}
    body = {"notificationTrigger": "teapot", "slackConfiguration": {"webhook": HOOK}}
    config_api.post("/notifications/try_webhook", body, expect=400)
