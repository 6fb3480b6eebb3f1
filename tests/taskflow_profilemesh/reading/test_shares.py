from __future__ import annotations

import json
from itertools import chain

from hypothesis import given
from hypothesis import strategies as st

from taskflow_profilemesh.reading.catalog.entry import Pages, Part, Parts, Whole
from taskflow_profilemesh.reading.parts import PartRange, finer_parts, part_reads
from taskflow_profilemesh.reading.shares import as_document, of_document, shared
from taskflow_profilemesh.tables import TableRef


@given(ranges=st.integers(0, 50), shares=st.integers(1, 20))
def test_every_range_is_in_one_share_and_shares_are_even(ranges: int, shares: int) -> None:
    found = shared([f"id = {number}" for number in range(ranges)], shares)
    assert list(chain.from_iterable(found)) == [f"id = {number}" for number in range(ranges)]
    assert len(found) == max(1, min(shares, ranges))
    assert max(map(len, found)) - min(map(len, found)) <= 1


def test_a_share_is_read_back_as_the_ranges_that_were_written() -> None:
    part = Part(TableRef("Größe", "a.b"), Whole("its ranges are planned"), only=True)
    ranges = (None, "id < 5", (PartRange(part, "ctid < '(5,0)'::tid"), PartRange(part)))
    assert of_document(json.loads(json.dumps(as_document(ranges)))) == ranges


def test_parts_are_cut_more_finely_until_each_worker_has_a_read() -> None:
    parts = Parts((Part(TableRef("a"), Pages(80, per_batch=100)), Part(TableRef("b"), Pages(20, per_batch=100))), 1_000)
    assert finer_parts(parts, 1) == parts
    assert len(part_reads(parts)) == 1
    assert len(part_reads(finer_parts(parts, 4))) == 5
    assert finer_parts(Parts((), 1_000), 4) == Parts((), 1_000)
