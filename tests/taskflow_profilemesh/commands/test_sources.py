"""Where `plan` and `profile` read: an Airflow connection that stands in the environment."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from taskflow_profilemesh.commands.sources import connection_address
from taskflow_profilemesh.errors import InvalidOption
from tests.taskflow_profilemesh.reading.servers import CANARY, in_postgres


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
