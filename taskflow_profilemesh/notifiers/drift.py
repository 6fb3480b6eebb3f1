"""`DriftNotifier`: tells Slack, or any webhook that takes its messages, what a profiling task found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

from airflow.providers.common.compat.sdk import BaseNotifier

if TYPE_CHECKING:
    from collections.abc import Sequence

    from airflow.providers.common.compat.sdk import Context

Severities: TypeAlias = Literal["low", "medium", "high"]


class DriftNotifier(BaseNotifier):
    """Posts a message when the profiling task of this callback found drift, or could not profile a table.

    For `on_success_callback` and `on_failure_callback` of `@profile_tables`. It reads the task's result; a task that
    has none, or nothing worth telling, sends nothing. `webhook_url`: where to post (templated; better in a connection,
    where Airflow keeps secrets). `http_conn_id`: an Airflow connection instead, of type `http` (its host is the
    address, `endpoint` its path, its password is sent as a bearer token) or `slackwebhook` (its password is the token).
    `severity` (low): the least severity of drift that is told. `title`: the first line (templated).
    """

    template_fields: Sequence[str] = ("webhook_url", "title")

    def __init__(
        self,
        *,
        webhook_url: str | None = None,
        http_conn_id: str | None = None,
        endpoint: str = "",
        severity: Severities = "low",
        title: str = "{{ dag.dag_id }} · {{ ti.task_id }}",
    ) -> None:
        """Keep the options; raises `InvalidOption` while the DAG file is parsed."""
        super().__init__()
        _check(webhook_url, http_conn_id, severity)
        self.webhook_url = webhook_url
        self.http_conn_id = http_conn_id
        self.endpoint = endpoint
        self.severity = severity
        self.title = title

    def notify(self, context: Context) -> None:
        """Post the message where there is something to tell; raises `AlertNotSent`, which Airflow logs."""
        from taskflow_profilemesh.drift.findings import Severity
        from taskflow_profilemesh.events.alerts import is_worth_telling, message
        from taskflow_profilemesh.hooks.webhooks import post

        ti = context["ti"]
        result = ti.xcom_pull(task_ids=ti.task_id, map_indexes=ti.map_index)
        if not _is_result(result) or not is_worth_telling(result, severity=Severity(self.severity)):
            self.log.info("There is nothing to tell of %s.", ti.task_id)
            return
        url, headers = self._address()
        post(url, headers, message(result, title=self.title))

    def _address(self) -> tuple[str, dict[str, str]]:
        from taskflow_profilemesh.hooks.webhooks import address_of, plain_address

        if self.http_conn_id is None:
            return plain_address(str(self.webhook_url))
        return address_of(self.http_conn_id, self.endpoint)


def _is_result(value: object) -> bool:
    return isinstance(value, dict) and {"drift", "tables", "failed"} <= value.keys()


def _check(webhook_url: str | None, http_conn_id: str | None, severity: str) -> None:
    from taskflow_profilemesh.errors import InvalidOption

    if (webhook_url is None) == (http_conn_id is None):
        got = "neither" if webhook_url is None else "both"
        raise InvalidOption(option="webhook_url", got=got, expected="either webhook_url or http_conn_id")
    known = get_args(Severities)
    if severity not in known:
        raise InvalidOption(option="severity", got=str(severity), expected=f"one of {', '.join(known)}", known=known)
