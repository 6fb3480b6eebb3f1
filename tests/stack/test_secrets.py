"""No secret is in any place that people read: not after runs that succeed, and not after runs that fail by a secret."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from itertools import chain

import httpx
import pytest

from tests.stack.airbyte import CLIENT_ID
from tests.stack.canaries import Leak, files_below, forms_of, leaks, rows_of
from tests.stack.conftest import needs_redis
from tests.stack.rest import Run
from tests.stack.settings import LINEAGE
from tests.stack.stack import Stack

_RUNS: Mapping[str, Mapping[str, str]] = {
    "well": {},
    "refused": {"airbyte": "airbyte_refused"},
    "missing": {"table": "public.nowhere"},
    "down": {"warehouse": "warehouse_down"},
}
_RUNS_SECONDS = 180
_FLOWS = ["local_blocking", "local_deferrable", pytest.param("celery_blocking", marks=needs_redis)]


@pytest.fixture(scope="module")
def marker(stack: Stack) -> str:
    """A text that a run has put into every place; the address of the webhook is in the api-server's log, too."""
    assert httpx.post(f"{stack.url}/profilemesh/airbyte/{stack.canaries.webhook_token}", json={}).is_success
    text = f"marker-{secrets.token_hex(8)}"
    stack.airflow.trigger("places", marker=text).wait_for("failed")
    return text


@pytest.mark.parametrize("flow", _FLOWS)
def test_no_secret_is_seen_while_syncs_and_profiles_succeed_and_fail(stack: Stack, flow: str) -> None:
    runs = {  # all at once, each with a connection of its own
        name: stack.airflow.trigger(f"lineage_{flow}", connection=stack.airbyte.connection().name, **changed)
        for name, changed in _RUNS.items()
    }
    for name, run in runs.items():
        run.wait_for("success" if name == "well" else "failed", within_seconds=_RUNS_SECONDS)
    assert _failed_tasks(runs) == {"refused": "sync", "missing": "profile", "down": "profile"}
    lineage = (stack.folder / LINEAGE).read_text()
    assert [
        name for name, run in runs.items() if run.run_id not in lineage
    ] == []  # there was something to look through
    assert leaks(_places(stack), _secrets(stack)) == []


def test_no_secret_is_seen_while_a_task_is_deferred(stack: Stack) -> None:
    shop = stack.airbyte.connection()
    shop.hold()
    run = stack.airflow.trigger("lineage_local_deferrable", connection=shop.name)
    job_id = shop.running_job()
    run.task("sync").wait_for("deferred")
    seen = list(_places(stack))
    shop.let_go()
    shop.finish(job_id)
    run.wait_for("success")
    assert leaks(iter(seen), _secrets(stack)) == []
    kept = {leak.where for leak in leaks(iter(seen), {shop.connection_id: "what the trigger was told"})}
    assert "trigger.kwargs" in kept  # decrypted


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("logged rendered {}", "dag_id=places"),
        ("raised {}", "dag_id=places"),
        ("returned rendered {}", "xcom.value"),
        ("rendered {}", "rendered_task_instance_fields.rendered_fields"),
        ("evented rendered {}", "asset_event.extra"),
        ("marker-in-serialised-dag", "serialized_dag.data"),
        ("places.tell", "lineage.jsonl"),
        ("/profilemesh/airbyte", "api-server.log"),
        ("Starting the triggerer", "triggerer.log"),
        ("Starting the scheduler", "scheduler.log"),
    ],
)
def test_what_is_there_is_found(stack: Stack, marker: str, text: str, place: str) -> None:
    found = {leak.where for leak in leaks(_places(stack), {text.format(marker): "no secret"})}
    assert [where for where in found if place in where] != []


def test_a_secret_is_found_in_every_form() -> None:
    forms = forms_of("p@ss/0a1b:ä%&+?", "ada")
    assert forms == {
        "plain": "p@ss/0a1b:ä%&+?",
        "percent-encoded": "p%40ss%2F0a1b%3A%C3%A4%25%26%2B%3F",
        "percent-encoded as in a form": "p%40ss%2F0a1b%3A%C3%A4%25%26%2B%3F",
        "percent-encoded, slash left": "p%40ss/0a1b%3A%C3%A4%25%26%2B%3F",
        "JSON": "p@ss/0a1b:\\u00e4%&+?",
        "base64 of user:password": "YWRhOnBAc3MvMGExYjrDpCUmKz8=",
        "base64 of user:password for URLs": "YWRhOnBAc3MvMGExYjrDpCUmKz8=",
        "base64": "cEBzcy8wYTFiOsOkJSYrPw==",
        "its core": "0a1b",
    }
    for name, text in forms.items():
        assert leaks(iter([("a log", f"before {text} after")]), {text: name}) == [Leak("a log", name)]


def _failed_tasks(runs: dict[str, Run]) -> dict[str, str]:
    states = {
        (name, task): run.task(task).seen()["state"] for name, run in runs.items() for task in ("sync", "profile")
    }
    return {name: task for (name, task), state in states.items() if state == "failed"}


def _secrets(stack: Stack) -> dict[str, str]:
    canaries, user = stack.canaries, stack.databases.warehouse.user
    whose = {canaries.airbyte_secret: CLIENT_ID, canaries.wrong_secret: CLIENT_ID, canaries.warehouse_password: user}
    return canaries.forms(whose)


def _places(stack: Stack) -> Iterator[tuple[str, str]]:
    """Yield every log file, and every value in Airflow's database and in the profiles'."""
    kept = (stack.databases.metadata, stack.databases.profiles)
    return chain(files_below(stack.folder), *(rows_of(one.owner_url, stack.fernet_key) for one in kept))
