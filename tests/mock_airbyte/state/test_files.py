"""State files and their keys."""

from __future__ import annotations

import sqlite3
import stat
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from mock_airbyte.state.errors import BadState
from mock_airbyte.state.file import StateFile
from mock_airbyte.state.keys import VARIABLE, state_key


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_key_file_is_made_for_its_owner_alone_and_used_again(tmp_path: Path) -> None:
    first = state_key(tmp_path / "k", {})
    again = state_key(tmp_path / "k", {})
    assert (_mode(tmp_path / "k"), again.decrypt(first.encrypt(b"x"))) == (0o600, b"x")


def test_the_environments_key_needs_no_file(tmp_path: Path) -> None:
    text = Fernet.generate_key().decode()
    assert state_key(tmp_path / "k", {VARIABLE: text}).decrypt(Fernet(text).encrypt(b"x")) == b"x"
    assert not (tmp_path / "k").exists()


def test_what_is_no_key_is_not_repeated(tmp_path: Path) -> None:
    with pytest.raises(BadState, match="This is no key") as caught:
        state_key(tmp_path / "k", {VARIABLE: "canary"})
    assert "canary" not in str(caught.value)


def test_records_come_back_in_the_order_in_which_they_first_came(tmp_path: Path) -> None:
    key = Fernet(Fernet.generate_key())
    file = StateFile(tmp_path / "s", key)
    for identifier, body in (("b", b"1"), ("a", b"2"), ("b", b"3"), ("c", b"4")):
        file.put("thing", identifier, body)
    file.remove("thing", "c")
    file.close()
    reopened = StateFile(tmp_path / "s", key)
    assert (reopened.all("thing"), _mode(tmp_path / "s")) == ([("b", b"3"), ("a", b"2")], 0o600)
    reopened.close()


def test_nothing_of_a_record_can_be_read_without_the_key(tmp_path: Path) -> None:
    file = StateFile(tmp_path / "s", Fernet(Fernet.generate_key()))
    file.put("thing", "a", b"canary")
    file.close()
    assert b"canary" not in (tmp_path / "s").read_bytes()
    with pytest.raises(BadState, match="another key"):
        StateFile(tmp_path / "s", Fernet(Fernet.generate_key()))


def test_a_file_of_another_version_or_kind_is_refused(tmp_path: Path) -> None:
    key = Fernet(Fernet.generate_key())
    StateFile(tmp_path / "s", key).close()
    database = sqlite3.connect(tmp_path / "s")
    database.execute("pragma user_version = 9")
    database.close()
    with pytest.raises(BadState, match="version=9"):
        StateFile(tmp_path / "s", key)
    (tmp_path / "t").write_text("This is a letter, and a rather long one, about nothing in particular. " * 20)
    with pytest.raises(BadState, match="no state file"):
        StateFile(tmp_path / "t", key)
