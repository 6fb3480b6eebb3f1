"""`docs/configuration.md` has every key and no other, every config that a page shows is read, and editors agree."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml
from jsonschema import Draft202012Validator
from pydantic import BaseModel

from taskflow_profilemesh.comparison import drift_settings
from taskflow_profilemesh.config import ConfigText, json_schema, read_config, settle
from taskflow_profilemesh.config.json_schema import FILE, written
from taskflow_profilemesh.config.sections import Config
from taskflow_profilemesh.drift import Thresholds
from taskflow_profilemesh.errors import InvalidConfig

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCKS = [
    pytest.param(block, id=f"{page.name}-{number}")
    for page in PAGES
    for number, block in enumerate(re.findall(r"```ya?ml\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL))
    if set(yaml.safe_load(block) or {}) <= set(Config.model_fields)
]
EXPECTATIONS = (ROOT / "docs" / "expectations.md").read_text(encoding="utf-8").split("```yaml\n")[1].split("```")[0]
SECTIONS = re.split(r"^## ", (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8"), flags=re.MULTILINE)
SET = dict.fromkeys(("PROFILES_PASSWORD", "SHOP_PASSWORD", "PROFILEMESH_PRIVACY_KEY"), "canary-0123456789")


def _models(annotation: object) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
        for field in annotation.model_fields.values():
            yield from _models(field.annotation)
    for part in get_args(annotation):
        yield from _models(part)


def _keys(section: str) -> set[str]:
    models = list(_models(Config.model_fields[section].annotation))
    keys = {field.alias or name for model in models for name, field in model.model_fields.items()}
    return keys or {section}


def _told(section: str) -> set[str]:
    text = next(part for part in SECTIONS if part.startswith(f"`{section}`\n"))
    rows = [line.split("|")[1] for line in text.splitlines() if line.startswith("| `")]
    return {key for row in rows for key in re.findall(r"`(\w+)`", row)}


@pytest.mark.parametrize("section", list(Config.model_fields))
def test_the_page_has_the_keys_that_there_are(section: str) -> None:
    assert _told(section) == _keys(section)


def test_the_page_has_the_thresholds_that_hold() -> None:
    page = "\n".join(SECTIONS)
    for name in ("psi", "freshness", "rows_gained", "unseen"):
        warn, fail = (getattr(Thresholds(), f"{name}_{end}") for end in ("warn", "fail"))
        assert f"| `{name}_warn`, `{name}_fail` | {warn:g}, {fail:g} |" in page


def test_pages_show_configs() -> None:
    assert len(BLOCKS) >= 4


@pytest.mark.parametrize("block", BLOCKS)
def test_a_config_that_a_page_shows_is_read_and_an_editor_takes_it(block: str, tmp_path: Path) -> None:
    (tmp_path / "expectations.yml").write_text(EXPECTATIONS, encoding="utf-8")  # which one of them names
    settings = settle(read_config(ConfigText(block, name="page"), environ=SET, folder=tmp_path))
    drift_settings(settings.drift)
    errors = list(Draft202012Validator(json_schema()).iter_errors(_plain(block)))
    assert errors == []


@pytest.mark.parametrize(
    "wrong",
    [
        "zource: {}",
        "source: {conid: w}",
        "profiling: {tables: [{tabel: users}]}",
        "profiling: {overrides: {'a.*': {max_rows: 0}}}",
        "profiling: {overrides: {'a.*': {exclude: [b]}}}",
        "incremental: {tables: {a: true}}",
        "schema_change: {severity: {added: bad}}",
        "schema_change: {ignore: [vanished]}",
        "hooks: [{cal: log}]",
        "hooks: [{call: log, events: [explosion]}]",
        "drift_detection: {thresholds: {psi_wran: 0.1}}",
        "drift_detection: {baseline: yesterday}",
        "retry: {retries: -1}",
    ],
)
def test_what_is_refused_an_editor_refuses_too(wrong: str) -> None:
    with pytest.raises(InvalidConfig):
        read_config(ConfigText(wrong, name="wrong"), environ={}, folder=Path())
    assert not Draft202012Validator(json_schema()).is_valid(_plain(wrong))


def test_a_word_may_be_a_variable_in_an_editor() -> None:
    assert Draft202012Validator(json_schema()).is_valid({"drift_detection": {"on_drift": "${ON_DRIFT}"}})


def test_the_schema_that_is_shipped_is_up_to_date() -> None:
    Draft202012Validator.check_schema(json_schema())
    assert FILE.read_text(encoding="utf-8") == written(), "run make schema"


def _plain(text: str) -> Any:
    """Return the data as an editor has it: dates are texts."""
    return _dated(yaml.safe_load(text))


def _dated(data: Any) -> Any:
    if isinstance(data, dict):
        return {key: _dated(value) for key, value in data.items()}
    if isinstance(data, list):
        return [_dated(value) for value in data]
    return data.isoformat() if hasattr(data, "isoformat") else data
