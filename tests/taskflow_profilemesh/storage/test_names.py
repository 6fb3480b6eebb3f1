"""Tables of another name: made by config, remembered by the store, the same in everything else."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import inspect, text

from taskflow_profilemesh.config.storage_section import TABLE_NAME
from taskflow_profilemesh.errors import InvalidOption, StoreMissing, StoreNamedOtherwise
from taskflow_profilemesh.storage import Retention, SqlStore, TableNames, names, open_store
from taskflow_profilemesh.storage.engine import address_of, engine_of
from tests.taskflow_profilemesh.profiles import FLIGHTS
from tests.taskflow_profilemesh.storage.runs import NOON, run

_OWN = TableNames(runs="mesh_runs", results="Mesh_Numbers")


def test_tables_of_other_names_are_made_and_used(store_url: str) -> None:
    with closing(open_store(store_url, names=_OWN, retention=Retention(keep_runs=2))) as store:
        for number in (1, 2, 3):
            store.save(run(number), state=b"state")
        assert [line.profile_id for line in store.history("warehouse", FLIGHTS)] == ["profile-3", "profile-2"]
        assert store.latest("warehouse", FLIGHTS) == run(3)
        assert [one.numeric_value for one in store.series("warehouse", FLIGHTS, column=None, metric="row_count")] == [
            4.0,
            4.0,
        ]
        list(store.prune(Retention(keep_runs=1), now=NOON))
    engine = engine_of(address_of(store_url))
    with engine.connect() as connection:
        made = {name.casefold() for name in inspect(connection).get_table_names()}
        assert connection.execute(text("select count(*) from mesh_runs")).scalar() == 1
    engine.dispose()
    assert {"mesh_runs", "mesh_numbers"} <= made
    assert made.isdisjoint({"profilemesh_runs", "profilemesh_results"})


def test_a_store_remembers_its_names_for_whoever_says_none(store_url: str) -> None:
    with closing(open_store(store_url, names=_OWN)) as store:
        store.save(run(1))
    with closing(open_store(store_url)) as store:
        assert store.table_names == _OWN
        assert store.load("profile-1") == run(1)


@pytest.mark.parametrize(("made_with", "asked"), [(None, _OWN), (_OWN, TableNames())])
def test_a_store_of_other_names_is_refused_with_its_own(
    store_url: str, made_with: TableNames | None, asked: TableNames
) -> None:
    open_store(store_url, names=made_with).close()
    own = made_with or TableNames()
    with pytest.raises(StoreNamedOtherwise, match=f"runs_table='{own.runs}', results_table='{own.results}'"):
        open_store(store_url, names=asked)


@pytest.mark.parametrize(
    ("given", "option"),
    [
        ({"runs_table": "my runs"}, "runs_table"),
        ({"runs_table": "runs; drop table x"}, "runs_table"),
        ({"results_table": "1st"}, "results_table"),
        ({"results_table": "x" * 46}, "results_table"),
        ({"runs_table": "profilemesh_EVENTS"}, "runs_table"),
        ({"runs_table": "profilemesh_results"}, "results_table"),
    ],
)
def test_a_name_that_cannot_be_is_refused(given: dict[str, str], option: str) -> None:
    with pytest.raises(InvalidOption, match=f"option='{option}'"):
        TableNames.of(given)


def test_the_config_takes_the_names_that_the_store_takes() -> None:
    assert names._NAME.pattern == TABLE_NAME


def test_looking_makes_nothing(tmp_path: Path) -> None:
    file = tmp_path / "nothing.db"
    with closing(SqlStore(address_of(f"sqlite:///{file}"))) as store, pytest.raises(StoreMissing, match=r"nothing\.db"):
        store.look()
    with pytest.raises(StoreMissing):
        open_store(f"sqlite:///{file}", must_exist=True)
    assert not file.exists()


def test_looking_into_an_empty_database_makes_nothing(store_url: str) -> None:
    with pytest.raises(StoreMissing):
        open_store(store_url, must_exist=True)
    engine = engine_of(address_of(store_url))
    with engine.connect() as connection:
        assert inspect(connection).get_table_names() == []
    engine.dispose()
