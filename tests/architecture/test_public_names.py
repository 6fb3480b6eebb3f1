from __future__ import annotations

import pytest

import taskflow_profilemesh


@pytest.mark.parametrize("name", taskflow_profilemesh.__all__)
def test_every_public_name_can_be_imported(name: str) -> None:
    assert getattr(taskflow_profilemesh, name).__name__ == name
    assert name in dir(taskflow_profilemesh)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'profile_table'"):
        taskflow_profilemesh.profile_table  # noqa: B018 -- the access is what is tested
