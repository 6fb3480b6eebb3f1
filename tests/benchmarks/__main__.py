"""Print the benchmarks as tables. Figures of one machine and one moment: read the ratios, not the seconds."""

from __future__ import annotations

from tests.benchmarks import cold_task, decorator_overhead, mock_load, mock_rows, profiling


def main() -> None:
    decorator_overhead.main()
    cold_task.main()
    mock_rows.main()
    mock_load.main()
    profiling.main()


if __name__ == "__main__":
    main()
