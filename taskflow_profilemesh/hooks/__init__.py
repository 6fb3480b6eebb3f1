"""Hooks: where Airflow's connections, variables and settings end, and plain values begin.

airbyte.py      an Airbyte server behind an Airflow connection
profilemesh.py  the database to profile and the store of profiles
"""
