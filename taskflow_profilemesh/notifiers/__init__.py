"""Airflow notifiers: what a task's callbacks may be.

drift.py   tells a webhook what a profiling task found
"""
