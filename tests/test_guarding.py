"""Personal values on their way through a whole run: none reaches the store, the state, a result or an export."""

from __future__ import annotations

import json
import sqlite3
import zlib
from pathlib import Path

import pytest

from taskflow_profilemesh.cli import main
from taskflow_profilemesh.config import read_config, settle
from taskflow_profilemesh.errors import InvalidConfig
from taskflow_profilemesh.outcome import ProfiledTable, Run
from taskflow_profilemesh.pipeline import Pipeline
from taskflow_profilemesh.profiling.privacy import Privacy
from taskflow_profilemesh.profiling.state_codec import MAGIC
from taskflow_profilemesh.reading import DatabaseAddress, DatabaseSource
from taskflow_profilemesh.storage import MemoryStore
from taskflow_profilemesh.storage.codec import encode_profile
from taskflow_profilemesh.tables import TableRef, TableRequest
from tests.clocks import HandClock

CANARY = "canary"  # in every address, and nowhere else
Capture = pytest.CaptureFixture[str]


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    file = tmp_path / "shop.db"
    with sqlite3.connect(file) as connection:
        connection.execute("create table orders (n integer primary key, email text, status text)")
        rows = [(n, f"{CANARY}{n % 7}@shop.org", "paid" if n % 3 else "new") for n in range(1200)]
        connection.executemany("insert into orders values (?, ?, ?)", rows)
    connection.close()
    return file


def _run(file: Path, store: MemoryStore, privacy: Privacy | None = None, *, run_id: str = "r1") -> ProfiledTable:
    source = DatabaseSource(DatabaseAddress.from_url(f"sqlite:///{file}"), name="shop")
    pipeline = Pipeline(source=source, store=store, clock=HandClock(), small_rows=500, privacy=privacy or Privacy())
    try:
        wanted = TableRequest(TableRef("orders"), incremental="n")
        return pipeline.run([wanted], Run(run_id=run_id)).profiled[0]
    finally:
        source.close()


def test_no_personal_value_reaches_the_store(shop: Path) -> None:
    store = MemoryStore()
    stored = _run(shop, store).stored
    assert CANARY not in json.dumps(encode_profile(stored.profile))
    assert "paid" in json.dumps(encode_profile(stored.profile))
    assert CANARY.encode() not in _unpacked(store)


def test_what_is_allowed_reaches_it(shop: Path) -> None:
    """The same look at the same bytes finds values where they are: the test above could fail."""
    store = MemoryStore()
    stored = _run(shop, store, Privacy(allow_values=("email",))).stored
    assert CANARY in json.dumps(encode_profile(stored.profile))
    assert CANARY.encode() in _unpacked(store)


def _unpacked(store: MemoryStore) -> bytes:
    state = store.state("shop", TableRef("orders"))
    assert state is not None
    return zlib.decompress(state[len(MAGIC) :])


def test_new_rows_merge_with_a_state_without_texts(shop: Path) -> None:
    store = MemoryStore()
    first = _run(shop, store).stored.profile.column("email")
    with sqlite3.connect(shop) as connection:
        connection.executemany(
            "insert into orders values (?, ?, ?)", [(n, f"{CANARY}0@shop.org", "paid") for n in range(1200, 1800)]
        )
    connection.close()
    second = _run(shop, store, run_id="r2")
    column = second.stored.profile.column("email")
    assert second.reason is not None
    assert second.reason.startswith("Only the 600 rows")
    assert first is not None
    assert column is not None
    assert first.distinct is not None
    assert column.distinct is not None
    before, after = ({top.value: top.count for top in one.distinct.top} for one in (first, column) if one.distinct)
    assert before.keys() == after.keys()
    assert sorted(after.values()) == [171, 171, 171, 171, 172, 172, 772]
    assert CANARY not in json.dumps(encode_profile(second.stored.profile))


def test_a_state_of_other_options_is_not_gone_on_from(shop: Path) -> None:
    store = MemoryStore()
    _run(shop, store)
    second = _run(shop, store, Privacy(allow_values=("email",)), run_id="r2")
    assert second.reason is not None
    assert "another part of the table (privacy)" in second.reason
    column = second.stored.profile.column("email")
    assert column is not None
    assert column.minimum == f"{CANARY}0@shop.org"


def test_the_command_line_withholds_and_exports(shop: Path, tmp_path: Path, capsys: Capture) -> None:
    store, file = f"sqlite:///{tmp_path}/profiles.db", tmp_path / "schema.yml"
    assert main(["profile", f"sqlite:///{shop}", "orders", "--store", store]) == 0
    out = capsys.readouterr().out
    assert "email: values withheld: its name says email" in out
    for wanted in ("dbt", "odcs", "gx", "openlineage", "csv", "json"):
        assert main(["export", "orders", "--store", store, "--format", wanted]) == 0
    out += capsys.readouterr().out
    assert main(["export", "orders", "--store", store, "--format", "dbt", "-o", str(file)]) == 0
    assert "accepted_values" in file.read_text()
    assert CANARY not in out + file.read_text()


def test_an_id_that_counts_rows_shows_all_but_its_frequent_values(tmp_path: Path, capsys: Capture) -> None:
    """Of a table of people, and no declared key: what is read only where it is new must be known by its largest."""
    with sqlite3.connect(tmp_path / "shop.db") as connection:
        connection.execute("create table users (id integer, full_name text)")
        connection.executemany("insert into users values (?, ?)", [(n, CANARY) for n in range(7, 1207)])
    connection.close()
    assert main(["profile", f"sqlite:///{tmp_path}/shop.db", "users"]) == 0
    out = capsys.readouterr().out
    (line,) = [line.split() for line in out.splitlines() if line.startswith("  id ")]
    assert line == ["id", "INTEGER", "0.0%", "1,200", "7", "1206", "606.5", "346.554"]
    assert "id: frequent values withheld: its name says identifier" in out
    assert "full_name: values withheld: its name says name" in out
    assert CANARY not in out


def test_an_older_profile_is_withheld_when_it_is_exported(shop: Path, tmp_path: Path, capsys: Capture) -> None:
    store = f"sqlite:///{tmp_path}/profiles.db"
    assert main(["profile", f"sqlite:///{shop}", "orders", "--store", store, "--allow-values", "*"]) == 0
    assert CANARY in capsys.readouterr().out
    assert main(["export", "orders", "--store", store, "--format", "json"]) == 0
    assert CANARY not in capsys.readouterr().out


def test_a_table_without_a_profile_is_named_with_those_that_have_one(
    shop: Path, tmp_path: Path, capsys: Capture
) -> None:
    store = f"sqlite:///{tmp_path}/profiles.db"
    assert main(["profile", f"sqlite:///{shop}", "orders", "--store", store]) == 0
    assert main(["export", "order", "--store", store, "--format", "csv"]) == 1
    assert "Did you mean 'orders'?" in capsys.readouterr().err


def test_a_config_says_what_is_private(tmp_path: Path) -> None:
    (tmp_path / "c.yml").write_text("profiling:\n  privacy: {allow_values: email, hash_key: '${KEY}'}\n")
    said = read_config("c.yml", environ={"KEY": "a secret of tests"}, folder=tmp_path)
    options = settle({"privacy": {"method": "mask"}}, said)
    assert options.privacy == {"allow_values": ["email"], "hash_key": "a secret of tests", "method": "mask"}
    assert "a secret of tests" not in repr(options)


def test_a_misspelt_option_of_privacy_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InvalidConfig, match="allow_values"):
        read_config({"profiling": {"privacy": {"allow_valus": ["x"]}}}, environ={}, folder=tmp_path)
