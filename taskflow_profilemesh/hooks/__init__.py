"""Airflow's connections, as what the rooms below need to know.

`airbyte.py` reads the Airflow connection of type `airbyte` and makes a client of it. Nothing heavy is imported before a
task runs.
"""
