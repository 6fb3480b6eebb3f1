"""The operators: what a task does, in Airflow's terms.

`airbyte.py` syncs one Airbyte connection. `failures.py` is the one place where errors become Airflow's. Libraries are
imported when a task runs, never before.
"""
