from __future__ import annotations

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskflow_profilemesh.errors import InvalidOption
from taskflow_profilemesh.reading import DatabaseAddress, Dialect
from tests.taskflow_profilemesh.reading.servers import CANARY


@pytest.mark.parametrize(
    ("url", "uri"),
    [
        ("postgresql://ada@db:5433/shop", "postgresql://ada@db:5433/shop"),
        ("postgres://db/shop", "postgresql://db:5432/shop"),
        ("postgresql+psycopg2://ada:pw@db/shop", "postgresql://ada:pw@db:5432/shop"),
        ("mysql+pymysql://ada:pw@db/shop?charset=utf8mb4", "mysql://ada:pw@db:3306/shop"),
        ("mariadb://ada@[::1]:3307/shop", "mysql://ada@[::1]:3307/shop"),
        ("postgresql://postgres@%2Ftmp%2FData/db", "postgresql://postgres@%2Ftmp%2FData:5432/db"),
        ("postgresql://ada@/shop?host=/run/pg", "postgresql://ada@%2Frun%2Fpg:5432/shop"),
        ("postgresql://ada@db/shop?sslmode=require", "postgresql://ada@db:5432/shop?sslmode=require"),
        ("postgresql://db", "postgresql://db:5432/"),
        ("sqlite:////data/a%20b.db", "sqlite:///data/a%20b.db"),
    ],
)
def test_a_url_is_written_as_the_driver_takes_it(url: str, uri: str) -> None:
    assert DatabaseAddress.from_url(url).uri() == uri


def test_percent_encoded_parts_are_taken_literally() -> None:
    address = DatabaseAddress.from_url(f"postgresql://a%40da:{quote(CANARY, safe='')}@db/sh%2Fop")
    assert (address.user, address.password, address.database) == ("a@da", CANARY, "sh/op")


@given(user=st.text(min_size=1), password=st.text(min_size=1), database=st.text(min_size=1))
def test_an_address_survives_its_own_url(user: str, password: str, database: str) -> None:
    address = DatabaseAddress(Dialect.MYSQL, host="db", port=3306, user=user, password=password, database=database)
    assert DatabaseAddress.from_url(address.uri()) == address


def test_neither_text_nor_repr_tells_the_password() -> None:
    address = DatabaseAddress.from_url(f"postgresql://ada:{quote(CANARY, safe='')}@db/shop?options=-csecret%3D1")
    for shown in (str(address), repr(address)):
        assert CANARY not in shown
        assert quote(CANARY, safe="") not in shown
        assert "secret" not in shown
    assert str(address) == "postgresql://db:5432/shop"


def test_an_unknown_database_is_an_error_that_lists_the_known_ones() -> None:
    with pytest.raises(InvalidOption, match="Did you mean 'postgresql'") as caught:
        DatabaseAddress.from_url(f"postgresq://ada:{CANARY}@db/shop")
    assert CANARY not in str(caught.value)
    assert "sqlite" in caught.value.known


@pytest.mark.parametrize(
    "url",
    ["shop.db", "postgresql://db:many/shop", "postgresql://db/shop?sslmod=require", "sqlite:///a.db?x=1"],
)
def test_what_is_no_address_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(InvalidOption) as caught:
        DatabaseAddress.from_url(url)
    assert url not in str(caught.value)


def test_sqlite_needs_a_file() -> None:
    with pytest.raises(InvalidOption, match="without a file"):
        DatabaseAddress.from_url("sqlite://")


def test_a_misspelt_parameter_is_answered_with_the_nearest() -> None:
    with pytest.raises(InvalidOption, match="Did you mean 'sslmode'"):
        DatabaseAddress.from_url("postgresql://db/shop?sslmod=require")


def test_a_unix_socket_is_found_by_folder_or_by_name() -> None:
    assert str(DatabaseAddress.from_url("postgresql://%2Frun/db").socket_file) == "/run/.s.PGSQL.5432"
    assert str(DatabaseAddress.from_url("mysql://localhost/db?socket=/run/m.sock").socket_file) == "/run/m.sock"
    assert DatabaseAddress.from_url("mysql://localhost/db").socket_file is None
