from __future__ import annotations

from tests.benchmarks.deferred import Seen, lines


def test_the_figures_are_of_what_was_seen() -> None:
    seen = Seen(
        late=[0.001] * 98 + [0.060, 1.5],
        looks={1: [0.0, 30.0, 60.5, 99.0], 2: [3.0, 37.5]},
        ended=61.0,
        events=[(1, "succeeded"), (2, "succeeded"), (2, "succeeded")],
    )
    printed = "\n".join(lines(seen))
    assert "6 looks" in printed
    assert "late, p99: **1500.00 ms** (at most 50 ms: missed)" in printed
    assert "late, max: **1500.00 ms** (at most 1000 ms: missed)" in printed
    assert "3 intervals between looks while jobs ran, s: 30.00 to 34.50" in printed
    assert "1 into their end, when all rows move, s: 38.50 to 38.50" in printed
    assert "off by, max: **15.00 %** (at most 10 %: missed)" in printed
    assert "delivered once: **1 of 1,000**, 3 events (succeeded: 3)" in printed


def test_a_loop_that_keeps_up_keeps_its_bars() -> None:
    seen = Seen(late=[0.001] * 100, looks={1: [0.0, 30.1]}, events=[(1, "succeeded")])
    assert sum("kept" in line for line in lines(seen)) == 4
