from __future__ import annotations

import pytest
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from taskflow_profilemesh.errors import StoreRefused, StoreUnreachable
from taskflow_profilemesh.storage.failures import store_errors


def test_a_password_that_a_driver_repeats_is_masked_in_each_form() -> None:
    cause = Exception("no login with 'p w/1', p%20w%2F1 or p+w%2F1\nDETAIL: (1, 'a row')")
    with pytest.raises(StoreUnreachable) as caught, store_errors("s", password="p w/1"):
        raise OperationalError(None, {}, cause)
    assert caught.value.reason == "Exception: no login with '***', *** or ***"


def test_a_statement_that_is_refused_is_not_worth_a_retry() -> None:
    with pytest.raises(StoreRefused) as caught, store_errors("s", password=None):
        raise IntegrityError(None, {}, Exception())
    assert caught.value.reason == "Exception"
    assert not caught.value.retryable


def test_a_pool_that_is_exhausted_counts_as_unreachable() -> None:
    with pytest.raises(StoreUnreachable, match="TimeoutError"), store_errors("s", password=None):
        raise PoolTimeoutError


def test_other_errors_pass_through() -> None:
    with pytest.raises(KeyError), store_errors("s", password=None):
        raise KeyError
