from __future__ import annotations

from pathlib import Path

import pytest

from taskflow_profilemesh.config.document import Document, written
from taskflow_profilemesh.config.yaml_document import read_yaml
from taskflow_profilemesh.errors import InvalidConfig


def _read(folder: Path, text: str) -> Document:
    path = folder / "profilemesh.yml"
    path.write_text(text, encoding="utf-8")
    return read_yaml(path)


def test_a_place_is_written_as_people_write_it() -> None:
    assert written(("profiling", "tables", 0, "sample")) == "profiling.tables[0].sample"


def test_every_part_of_a_file_knows_its_line(tmp_path: Path) -> None:
    document = _read(tmp_path, "# a comment\na:\n  b:\n    - x\n    - c: 1\n      d: 2\n")
    assert [document.line_of(place) for place in [(), ("a",), ("a", "b", 0), ("a", "b", 1, "d")]] == [2, 2, 4, 6]


def test_what_is_not_there_is_placed_where_it_would_be(tmp_path: Path) -> None:
    document = _read(tmp_path, "a:\n  - b: 1\n")
    assert document.line_of(("a", 0, "missing")) == 2
    assert document.line_of(("a", 7)) == 1


def test_a_merged_mapping_is_overridden_in_value_and_in_line(tmp_path: Path) -> None:
    document = _read(tmp_path, "usual: &usual\n  a: 1\n  b: 2\nmine:\n  <<: *usual\n  b: 3\n")
    assert document.data == {"usual": {"a": 1, "b": 2}, "mine": {"a": 1, "b": 3}}
    assert document.line_of(("mine", "a")) == 2
    assert document.line_of(("mine", "b")) == 6


def test_keys_are_texts_dates_are_texts_and_1e_4_is_a_number(tmp_path: Path) -> None:
    document = _read(tmp_path, "on: 1e-4\n2: 2024-13-45\nwhole: 7\n")
    assert document.data == {"on": 0.0001, "2": "2024-13-45", "whole": 7}


def test_a_key_that_stands_twice_is_an_error_at_its_second_line(tmp_path: Path) -> None:
    with pytest.raises(InvalidConfig, match="'a' a second time") as caught:
        _read(tmp_path, "a: 1\nb: 2\na: 3\n")
    assert caught.value.line == 3


def test_a_syntax_error_says_the_file_and_the_line_and_quotes_nothing(tmp_path: Path) -> None:
    with pytest.raises(InvalidConfig) as caught:
        _read(tmp_path, 'storage:\n  store: "canary-42\n')
    assert caught.value.path == str(tmp_path / "profilemesh.yml")
    assert caught.value.line == 3
    cause = caught.value.__cause__
    assert "found unexpected end of stream" in str(cause)
    assert "canary-42" not in f"{caught.value} {cause}"


def test_a_tag_that_would_make_an_object_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidConfig, match="could not determine a constructor") as caught:
        _read(tmp_path, "a: 1\nb: !!python/object/apply:os.getcwd []\n")
    assert caught.value.line == 2


def test_a_second_document_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidConfig, match="another document"):
        _read(tmp_path, "a: 1\n---\nb: 2\n")


@pytest.mark.parametrize("content", [b"a: \xff\n", b"a: \x00\n", b"a: !!int x\n"])
def test_what_is_no_text_is_named_with_its_file(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "profilemesh.yml").write_bytes(content)
    with pytest.raises(InvalidConfig, match=r"profilemesh\.yml.*YAML in UTF-8"):
        read_yaml(tmp_path / "profilemesh.yml")


def test_a_missing_file_is_named() -> None:
    with pytest.raises(InvalidConfig, match=r"path='/nowhere/profilemesh\.yml', got='No such file or directory'"):
        read_yaml(Path("/nowhere/profilemesh.yml"))


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(InvalidConfig, match="Is a directory"):
        read_yaml(tmp_path)


def test_a_byte_order_mark_is_no_part_of_the_first_key(tmp_path: Path) -> None:
    assert _read(tmp_path, "\ufeffa: 1\n").data == {"a": 1}


def test_a_document_shows_where_it_is_from_and_none_of_its_data(tmp_path: Path) -> None:
    assert "canary-42" not in repr(_read(tmp_path, "store: canary-42\n"))
