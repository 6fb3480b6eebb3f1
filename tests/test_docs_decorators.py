"""`docs/decorators.md` names every option of the decorators, and the defaults that it tells are the code's."""

from __future__ import annotations

import re
from inspect import signature
from pathlib import Path
from typing import Any

import pytest

from taskflow_profilemesh import ProfileMeshOperator, SyncSpec
from taskflow_profilemesh.decorators.options import AirbyteSyncOptions, ProfileTablesOptions, TaskOptions

PAGE = (Path(__file__).parents[1] / "docs" / "decorators.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("heading", "options"),
    [("## `@airbyte_sync`", AirbyteSyncOptions), ("## `@profile_tables`", ProfileTablesOptions)],
)
def test_every_option_is_told_and_no_other(heading: str, options: Any) -> None:
    told = _options(heading)
    assert sorted(told) == sorted(set(options.__annotations__) - set(TaskOptions.__annotations__))


def test_the_defaults_are_the_codes() -> None:
    spec = SyncSpec(connection="c")
    assert f"| `timeout_seconds` | {spec.timeout_seconds:g} |" in PAGE
    assert f"| `poll_interval_seconds` | {spec.poll_interval_seconds:g} |" in PAGE
    for name in ("job_type", "on_conflict"):
        assert f"| `{name}` | `{getattr(spec, name)}` |" in PAGE
    assert f"| `dry_run` | `{signature(ProfileMeshOperator.__init__).parameters['dry_run'].default}` |" in PAGE


def _options(heading: str) -> list[str]:
    section = PAGE.partition(heading + "\n")[2].partition("\n## ")[0]
    table = section.partition("| option |")[2]
    return [
        name
        for line in table.splitlines()
        if line.startswith("| `")
        for name in re.findall(r"`(\w+)`", line.split("|")[1])
    ]
