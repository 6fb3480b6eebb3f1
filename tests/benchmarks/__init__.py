"""What things cost: `make bench`, or `python -m tests.benchmarks --only one-table` for one section.

Profiling: a section a file. `one_table.py` (beside all peers), `small_tables.py`, `large_table.py`, `shared_table.py`
(two workers), `growing_table.py` (incremental). They choose arms from `our_arms.py` and `peer_arms.py`; `arms.py` runs
them in processes of their own, each of which is `measured.py`; `warehouse.py` has the tables, `figures.py` medians and
Markdown, `agreement.py` whether two profiles have the same numbers, `machine.py` what all that ran on.

Airflow and the mock: `decorator_overhead.py`, `cold_task.py`, `mock_rows.py`, `mock_load.py`, programs of their own.
"""
