"""Hooks: where Airflow's connections, variables and settings end, and plain values begin.

airbyte.py                 an Airbyte server behind an Airflow connection
profilemesh.py             the database to profile and the store of profiles
profilemesh_connection.py  what a connection of type profilemesh says
profilemesh_checks.py      its Test
profiling_run.py           the pipeline that options describe, and one run of it outside a task
metrics.py                 what tasks and the hook tell Airflow's metrics
hook_lineage.py            what the hook tells Airflow's lineage
variables.py               configs as tasks read them: with the environment, and with Airflow's Variables
webhooks.py                where messages are posted, by a connection or a URL, and how
"""
