"""`airbyte-api` 1.0.1 against a served mock."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conformance.environments import Client
from tests.conformance.served import Served

pytestmark = [pytest.mark.conformance, pytest.mark.postgres, pytest.mark.timeout(1200)]  # the first one installs


def test_it_deploys_and_syncs(sdk: Client, mock: Served, destination: dict[str, Any]) -> None:
    done = sdk.answer("sdk", "deploy_and_sync", configuration=destination["configuration"], **mock.arguments())
    assert done == {"status": "succeeded", "rows": 10, "type": "sync"}


def test_it_reads_what_it_lists(sdk: Client, mock: Served) -> None:
    read = sdk.answer("sdk", "read_lists", **mock.arguments())
    names = ["Conformance", "Shop", "Warehouse", "Shop to Warehouse"]
    assert read == {"names": names, "newest": True, "password": "**********"}


def test_it_is_refused_a_second_sync_and_cancels_the_first(sdk: Client, slow_mock: Served) -> None:
    seen = sdk.answer("sdk", "cancel", **slow_mock.arguments())
    assert seen == {"before": "pending", "refused": 409, "after": "cancelled"}
