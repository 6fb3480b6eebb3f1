"""Operators: Airflow's options in, a room's work, Airflow's outcomes out. The decorators are thin subclasses.

airbyte.py       runs a sync of an Airbyte connection
stock_names.py   the names that the Airbyte provider's operator has for its options
memory.py        what a sync remembers from one try of its task to the next
sync_group.py    many syncs in one task group, in an order

profile.py       profiles tables
table.py         profiles one table
table_group.py   profiles one table on many workers
choose.py        lists the tables that others profile, one mapped task each
checks.py        what is checked of a profile operator's options while a DAG file is parsed
rendered.py      what templates make of tables
planning.py      what is asked of a source before a row is read
endings.py       how such a task ends

failures.py      the one place where our errors become Airflow's
asset_events.py  what is new of tables, in the asset events of a task's outlets
links.py         links on a task's page in Airflow
task_ids.py      ids of tasks that are made of names
"""
