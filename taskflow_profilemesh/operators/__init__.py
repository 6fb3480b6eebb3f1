"""Operators: Airflow's options in, a room's work, Airflow's outcomes out. The decorators are thin subclasses.

airbyte.py   runs a sync of an Airbyte connection
profile.py   profiles tables
endings.py   how such a task ends
failures.py  the one place where our errors become Airflow's
metrics.py   what tasks tell Airflow's metrics
"""
