"""`profilemesh plan` and `profilemesh profile`, as a stranger without Airflow runs them."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from taskflow_profilemesh.cli import main
from taskflow_profilemesh.commands.arguments import READERS
from taskflow_profilemesh.commands.sources import connection_address
from taskflow_profilemesh.commands.words import size
from taskflow_profilemesh.errors import InvalidOption
from taskflow_profilemesh.reading import reads
from taskflow_profilemesh.storage.codec import decode_profile
from tests.taskflow_profilemesh.reading.servers import CANARY, in_postgres, in_sqlite

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def shop(tmp_path: Path) -> str:
    rows = [(n, n / 2, f"2024-01-{1 + n % 3:02}") for n in range(1, 1001)]
    url = in_sqlite(
        tmp_path / "shop.db",
        "create table orders (id integer primary key, price real, day date)",
        "insert into orders values (?, ?, ?)",
        rows=rows,
    )
    in_sqlite(
        tmp_path / "shop.db", "create table tmp_1 (a int)", "create view order_days as select distinct day from orders"
    )
    return url


def test_a_plan_says_how_each_table_is_read_and_why(shop: str, capsys: Capture) -> None:
    assert main(["plan", shop, "order*"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    heads, orders = out.splitlines()[0].split(), out.splitlines()[2].split()
    assert heads == ["table", "kind", "reads", "rows", "size", "memory"]
    assert orders[:4] == ["orders", "single", "1", "1,000"]
    assert "orders: One read, because the rows fit one batch." in out
    assert "order_days: One read, because a view has no row numbers." in out
    assert "tmp_1" not in out


def test_a_plan_may_be_json(shop: str, capsys: Capture) -> None:
    arguments = [
        "--json",
        "--schema",
        "main",
        "--exclude",
        "tmp_*",
        "--exclude",
        "*_days",
        "--partition",
        "day=recent:2",
    ]
    assert main(["plan", shop, *arguments, "--columns", "id, day", "--where", "id > 10"]) == 0
    (table,) = json.loads(capsys.readouterr().out)["tables"]
    assert table["table"] == "orders"
    assert table["kind"] == "single"
    assert table["row_count"] == 660
    assert table["columns"] == ["id", "day"]
    assert (table["where"], table["partition_column"]) == ("id > 10", "day")
    assert sorted(table["partition_values"]) == ["2024-01-02", "2024-01-03"]
    assert table["why"] == "One read, because the rows of these partitions fit one batch."


def test_a_memory_budget_makes_more_and_smaller_reads(tmp_path: Path, capsys: Capture) -> None:
    rows = [(n, "x" * 1000) for n in range(20_000)]
    url = in_sqlite(tmp_path / "a.db", "create table t (a int, b text)", "insert into t values (?, ?)", rows=rows)

    def planned(*arguments: str) -> tuple[int, int]:
        assert main(["plan", url, "t", "--json", *arguments]) == 0
        (table,) = json.loads(capsys.readouterr().out)["tables"]
        return table["reads"], table["estimated_memory_bytes"]

    assert planned()[0] == 1
    reads, memory = planned("--memory-budget", "16M")
    assert reads > 10
    assert memory <= 16 << 20


def test_a_table_that_fails_is_told_once(shop: str) -> None:
    command = [sys.executable, "-m", "taskflow_profilemesh.cli", "profile", shop, "ordres"]
    told = subprocess.run(command, check=False, capture_output=True, text=True).stderr
    assert told.count("does not exist") == 1


def test_a_share_may_be_written_as_a_percentage(shop: str, capsys: Capture) -> None:
    plans = []
    for share in ("0.1", "10%"):
        assert main(["plan", shop, "orders", "--sample", share]) == 0
        plans.append(capsys.readouterr().out)
    assert plans[0] == plans[1]
    assert "sample" in plans[0]


def test_a_sample_that_is_none_is_told_how_it_is_written(shop: str, capsys: Capture) -> None:
    with pytest.raises(SystemExit):
        main(["plan", shop, "orders", "--sample", "many"])
    assert "a number of rows, such as 10000, or a share, such as 0.1 or 10%" in capsys.readouterr().err


def test_a_table_that_cannot_be_planned_is_told_and_ends_with_1(shop: str, capsys: Capture) -> None:
    assert main(["plan", shop, "orders", "ordres"]) == 1
    out, err = capsys.readouterr()
    assert "orders" in out
    assert "Did you mean 'orders'?" in err
    assert main(["plan", shop, "ord*s_*_x"]) == 1
    assert "No table matches" in capsys.readouterr().err


def test_tables_are_profiled_stored_and_compared(shop: str, tmp_path: Path, capsys: Capture) -> None:
    store = f"sqlite:///{tmp_path / 'profiles.db'}"
    assert main(["profile", shop, "orders", "--store", store]) == 0
    first = capsys.readouterr().out
    assert "orders: 1,000 rows × 3 columns" in first
    assert "The first profile of this table." in first
    assert "2024-01-03" in first
    in_sqlite(tmp_path / "shop.db", "delete from orders where id > 100")
    assert main(["profile", shop, "orders", "--store", store, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["result"]["drift"]["detected"] is True
    assert decode_profile(told["profiles"][0]).row_count == 100


def test_without_a_store_nothing_is_kept_and_that_is_said(shop: str, capsys: Capture) -> None:
    assert main(["profile", shop, "orders", "--sample", "50", "--max-rows", "900"]) == 0
    out = capsys.readouterr().out
    assert "Nothing was kept" in out
    assert "statistics from" in out


@pytest.fixture
def growing(tmp_path: Path) -> str:
    """Return the URL of a table that is too large to be read whole each time."""
    return in_sqlite(
        tmp_path / "growing.db",
        "create table t (id integer primary key, a int)",
        "insert into t values (?, ?)",
        rows=[(n, n % 7) for n in range(1, 60_001)],
    )


def test_a_plan_says_whether_only_new_rows_would_be_read_and_why(growing: str, tmp_path: Path, capsys: Capture) -> None:
    arguments = [growing, "t", "--incremental", "id", "--store", f"sqlite:///{tmp_path / 'profiles.db'}"]

    def planned() -> dict[str, Any]:
        assert main(["plan", *arguments, "--json"]) == 0
        (table,) = json.loads(capsys.readouterr().out)["tables"]
        assert table["incremental"] == "id"
        return dict(table)

    assert planned()["kind"] == "single"
    assert "Read whole, because there is no state of an earlier profile" in planned()["why"]
    assert main(["profile", *arguments]) == 0
    capsys.readouterr()
    in_sqlite(tmp_path / "growing.db", "insert into t values (60001, 1), (60002, 2)")
    table = planned()
    assert (table["kind"], table["reads"], table["row_count"]) == ("incremental", 1, 2)
    assert "Only the 2 rows whose id is above the mark" in table["why"]
    assert planned() == table  # a plan changes nothing
    assert main(["profile", *arguments, "--json"]) == 0
    (profiled,) = json.loads(capsys.readouterr().out)["result"]["tables"]
    assert profiled["row_count"] == 60_002
    assert "Only the 2 rows" in profiled["plan"]
    assert main(["plan", *arguments]) == 0
    heads, t, *_ = (line.split() for line in capsys.readouterr().out.splitlines())
    assert (heads[:3], t[:3]) == (["table", "kind", "reads"], ["t", "incremental", "0"])
    in_sqlite(tmp_path / "growing.db", "delete from t where id < 3")
    assert "2 rows at or below the mark went" in planned()["why"]


@pytest.mark.parametrize("command", ["plan", "profile"])
def test_only_new_rows_need_a_store_and_that_is_said(command: str, growing: str, capsys: Capture) -> None:
    assert main([command, growing, "t", "--incremental", "id"]) == 1
    assert "--store" in capsys.readouterr().err


def test_a_column_by_which_nothing_grows_is_told_of_its_table_and_costs_the_others_nothing(
    growing: str, tmp_path: Path, capsys: Capture
) -> None:
    in_sqlite(tmp_path / "growing.db", "create table u (id text)")
    arguments = ["--incremental", "id", "--store", f"sqlite:///{tmp_path / 'profiles.db'}"]
    assert main(["plan", growing, "*", *arguments]) == 1
    out, err = capsys.readouterr()
    assert "t: Read whole" in out
    assert err.startswith("profilemesh: u: ")
    assert "an integer, date or timestamp column" in err


def test_the_reader_can_be_chosen_and_one_that_cannot_read_this_is_refused(shop: str, capsys: Capture) -> None:
    assert main(["plan", shop, "orders", "--reader", "connectorx"]) == 0
    assert main(["profile", shop, "orders", "--reader", "adbc"]) == 1
    assert "ADBC reads PostgreSQL" in capsys.readouterr().err


def test_the_readers_on_the_command_line_are_those_there_are() -> None:
    assert READERS == reads.READERS


def test_where_every_table_failed_nothing_is_said_of_what_was_kept(shop: str, capsys: Capture) -> None:
    assert main(["profile", shop, "nothing"]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert "nothing" in err


def test_a_profile_of_a_table_that_does_not_exist_ends_with_1_after_the_others(shop: str, capsys: Capture) -> None:
    assert main(["profile", shop, "nothing", "orders"]) == 1
    out, err = capsys.readouterr()
    assert "1,000 rows" in out
    assert "nothing" in err


def test_a_folder_of_files_is_a_source(tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "people.csv").write_text("name,age\nann,30\nbob,40\n")
    assert main(["profile", str(tmp_path), "people"]) == 0
    assert "people: 2 rows × 2 columns" in capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments",
    [
        ["plan"],
        ["plan", "nowhere", "t"],
        ["plan", "oracle://u:{secret}@h/d", "t"],
        ["plan", "sqlite:///x.db"],
        ["plan", "sqlite:///x.db", "t", "postgresql://u:{secret}@h/d"],
        ["plan", "--conn-id", "no_such", "t"],
        ["plan", "postgresql://u:{secret}@127.0.0.1:1/d", "t"],
        ["profile", "mysql://u:{secret}@127.0.0.1:1/d", "t", "--store", "postgresql://u:{secret}@127.0.0.1:1/s"],
    ],
)
def test_an_error_ends_with_1_and_repeats_no_secret(arguments: list[str], capsys: Capture) -> None:
    assert main([argument.format(secret="c4nary") for argument in arguments]) == 1
    out, err = capsys.readouterr()
    assert err.startswith("profilemesh: ")
    assert "c4nary" not in out + err


@pytest.mark.parametrize(
    "arguments",
    [
        ["plan", "--no-such", "postgresql://u:c4nary@h/d", "t"],
        ["plan", "x", "t", "--memory-budget", "1M"],
        ["plan", "x", "t", "--sample", "many"],
        ["plan", "x", "t", "--sample-method", "postgresql://u:c4nary@h/d"],
    ],
)
def test_wrong_usage_ends_with_2_and_repeats_no_secret(arguments: list[str], capsys: Capture) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(arguments)
    assert "c4nary" not in capsys.readouterr().err


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("postgres://u:p%40ss@db.example:5433/shop?sslmode=require&cursor=x", "postgresql://db.example:5433/shop"),
        ('{"conn_type": "mysql", "host": "h", "login": "u", "password": "p@ss", "schema": "s"}', "mysql://h:3306/s"),
        ('{"conn_type": "postgres", "host": "h", "extra": "{\\"sslmode\\": \\"require\\"}"}', "postgresql://h:5432/"),
        ("sqlite:////data/shop.db", "sqlite:////data/shop.db"),
        ("sqlite:///data/shop.db", "sqlite:////data/shop.db"),
        ('{"conn_type": "sqlite", "host": "/data/shop.db"}', "sqlite:////data/shop.db"),
        (
            "snowflake://me:p%40ss@/PUBLIC?account=a&database=SHOP",
            "snowflake://a.snowflakecomputing.com:443/SHOP",
        ),
        (
            '{"conn_type": "snowflake", "schema": "PUBLIC", "extra": {"account": "a", "database": "SHOP"}}',
            "snowflake://a.snowflakecomputing.com:443/SHOP",
        ),
    ],
)
def test_an_airflow_connection_is_read_from_its_variable(said: str, written: str) -> None:
    address = connection_address("Shop_db", {"AIRFLOW_CONN_SHOP_DB": said})
    assert str(address) == written
    if address.password:
        assert address.password == "p@ss"
    assert dict(address.options) in ({}, {"sslmode": "require"}, {"account": "a", "schema": "PUBLIC"})


@pytest.mark.parametrize("said", ["", "{nothing", "http://h/d"])
def test_a_connection_that_is_none_is_refused_without_repeating_it(said: str) -> None:
    with pytest.raises(InvalidOption) as refused:
        connection_address("wh", {"AIRFLOW_CONN_WH": said})
    assert "nothing" not in str(refused.value)


@pytest.mark.postgres
def test_a_stranger_without_airflow_profiles_a_database(postgres_url: str) -> None:
    in_postgres(postgres_url, 'create table "Orders" (id int)', 'insert into "Orders" values (1), (2)')
    code = (
        "import sys; sys.modules['airflow'] = None\n"
        "from taskflow_profilemesh.cli import main\n"
        "code = main(['profile', '--conn-id', 'wh', '*']) or main(['plan', '--conn-id', 'wh', '*'])\n"
        "sys.exit(code)"
    )
    environment = os.environ | {"AIRFLOW_CONN_WH": postgres_url}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "public.Orders: 2 rows × 1 column" in done.stdout
    assert CANARY not in done.stdout


def _on_a_terminal(code: str) -> tuple[str, str]:
    """Run code with standard error on a terminal, and return what it printed and what the terminal showed."""
    screen, terminal = pty.openpty()
    environment = os.environ | {"TERM": "xterm-256color", "COLUMNS": "120"}
    with subprocess.Popen(
        [sys.executable, "-c", code], env=environment, stdout=subprocess.PIPE, stderr=terminal, text=True
    ) as running:
        os.close(terminal)
        assert running.stdout is not None
        shown = b""
        with suppress(OSError):  # which is how the end of a terminal is told
            while piece := os.read(screen, 1 << 14):
                shown += piece
        os.close(screen)
        printed = running.stdout.read()
    assert running.returncode == 0, shown.decode()
    return printed, shown.decode()


def test_a_terminal_shows_how_far_a_run_is_and_what_is_printed_stays_whole(shop: str) -> None:
    code = f"from taskflow_profilemesh.cli import main; raise SystemExit(main(['profile', {shop!r}, '*', '--json']))"
    printed, shown = _on_a_terminal(code)
    assert "3 of 3 tables" in shown
    assert len(json.loads(printed)["profiles"]) == 3


def test_without_rich_a_terminal_shows_nothing(shop: str) -> None:
    code = (
        "import sys; sys.modules['rich'] = None\n"
        f"from taskflow_profilemesh.cli import main; raise SystemExit(main(['profile', {shop!r}, 'orders']))"
    )
    printed, shown = _on_a_terminal(code)
    assert "1,000 rows" in printed
    assert shown == ""


def test_a_pipe_gets_no_bar(shop: str, capsys: Capture) -> None:
    assert main(["profile", shop, "orders"]) == 0
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("command", ["plan", "profile"])
def test_a_reader_that_has_seen_enough_is_no_error(shop: str, command: str) -> None:
    ours, theirs = os.pipe()
    os.close(ours)  # nobody will read
    code = f"from taskflow_profilemesh.cli import main; raise SystemExit(main([{command!r}, {shop!r}, 'orders']))"
    done = subprocess.run([sys.executable, "-c", code], stdout=theirs, stderr=subprocess.PIPE, text=True, check=False)
    os.close(theirs)
    assert (done.returncode, done.stderr) == (141, "")


@pytest.mark.parametrize(
    ("option", "value", "told"),
    [
        ("--sample", "abc", "a sample is a number of rows, such as 10000, or a share, such as 0.1 or 10%"),
        ("--statement-timeout", "-1", "a timeout is a number of seconds, 0.001 or more"),
        ("--statement-timeout", "0", "a timeout is a number of seconds, 0.001 or more"),
        ("--statement-timeout", "nan", "a timeout is a number of seconds, 0.001 or more"),
        ("--statement-timeout", "inf", "a timeout is a number of seconds, 0.001 or more"),
        ("--statement-timeout", "soon", "a timeout is a number of seconds, 0.001 or more"),
    ],
)
def test_a_number_that_is_none_is_explained(shop: str, capsys: Capture, option: str, value: str, told: str) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["plan", shop, "orders", f"{option}={value}"])
    assert told in capsys.readouterr().err


def test_a_blank_text_is_called_one(shop: str, capsys: Capture) -> None:
    assert main(["plan", shop, "orders", "--where", " "]) == 1
    assert "option='where', got='a blank one', expected='a text that is not blank'" in capsys.readouterr().err


@pytest.mark.parametrize("partition", ["day", "=latest", "day="])
def test_half_a_partition_is_explained(shop: str, capsys: Capture, partition: str) -> None:
    assert main(["plan", shop, "orders", "--partition", partition]) == 1
    assert "expected='day=latest, day=recent:3 or day=2024-01-01,2024-01-02'" in capsys.readouterr().err


@pytest.mark.parametrize(("count", "written"), [(None, "?"), (0, "0 B"), (1536, "1.5 KiB"), (3 << 40, "3.0 TiB")])
def test_sizes_are_written_for_people(count: int | None, written: str) -> None:
    assert size(count) == written
