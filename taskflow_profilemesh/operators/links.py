"""Links on a task's page in Airflow: to the job of a sync in Airbyte, and to the profiles that a task stored.

A link is the XCom under its key. Airflow 3 reads that itself, so a link is there as soon as the task pushes it, while
it still waits too; `get_link` answers Airflow 2, and Airflow 3 when the task has ended, in the process that ran it.
What that process has pushed need not be asked for again: a request to the API server, and an error in the log without.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, urlencode

from airflow import __version__ as airflow_version
from airflow.providers.common.compat.sdk import BaseOperatorLink, XCom, conf

if TYPE_CHECKING:
    from collections.abc import Sequence

    from airflow.providers.common.compat.sdk import BaseOperator, Context

_IS_AIRFLOW_2 = airflow_version.startswith("2.")

_MOST_RUNS: Final = 20  # on a page of `plugin.report_app`

JOB_URL = "job_url"
PROFILE_URL = "profile_url"

_PUSHED: Final = "_profile_page"  # what an operator's own process has pushed


class AirbyteJobLink(BaseOperatorLink):
    """To the job's page in Airbyte, by what `AirbyteSyncOperator` pushes before it waits."""

    name = "Airbyte job"

    @property
    def xcom_key(self) -> str:
        """The XCom that holds the link."""
        return JOB_URL

    def get_link(self, operator: BaseOperator, *, ti_key: Any) -> str:  # noqa: ANN401, ARG002 -- Airflow's signature
        """Return the link, empty where no job was started."""
        return _pulled(JOB_URL, ti_key)


class ProfileLink(BaseOperatorLink):
    """To where the profiles of a task are told of: the ids under which the store keeps them, and what drifted."""

    name = "Stored profile"

    @property
    def xcom_key(self) -> str:
        """The XCom that holds the link."""
        return PROFILE_URL

    def get_link(self, operator: BaseOperator, *, ti_key: Any) -> str:  # noqa: ANN401 -- Airflow's signature
        """Return the link, empty where nothing was stored."""
        return _pulled(PROFILE_URL, ti_key) if _IS_AIRFLOW_2 else getattr(operator, _PUSHED, "")


def push_profile_link(context: Context, profile_ids: Sequence[str]) -> None:
    """Push the link of a task that has stored these profiles: to their report, in Airflow 2 to where their ids stand.

    Of very many profiles the report of the first ones, as many as a page shows.
    """
    ti = context.get("ti")
    if ti is None:
        return
    page = xcom_page(ti) if _IS_AIRFLOW_2 else report_page(profile_ids)
    ti.xcom_push(key=PROFILE_URL, value=page)
    if (operator := context.get("task")) is not None:
        setattr(operator, _PUSHED, page)


def report_page(profile_ids: Sequence[str]) -> str:
    """Return the address of the page in Airflow 3 that tells these profiles (see `plugin.report_app`)."""
    base = conf.get("api", "base_url", fallback=None) or ""
    wanted = urlencode([("profile", profile_id) for profile_id in profile_ids[:_MOST_RUNS]])
    return f"{base.rstrip('/')}/profilemesh/reports/run?{wanted}"


def xcom_page(ti: Any) -> str:  # noqa: ANN401 -- a task instance
    """Return the address of the page in Airflow 2 that shows what a task instance returned."""
    base = conf.get("webserver", "base_url", fallback=None) or ""
    place = {"dag_run_id": ti.run_id, "task_id": ti.task_id, "map_index": ti.map_index, "tab": "xcom"}
    return f"{base.rstrip('/')}/dags/{quote(ti.dag_id, safe='')}/grid?{urlencode(place)}"


def _pulled(key: str, ti_key: Any) -> str:  # noqa: ANN401 -- of Airflow 2 or 3
    return str(XCom.get_value(key=key, ti_key=ti_key) or "")
