"""A whole Airflow DAG by a config file: `from_config.yml` beside this file says what is synced, profiled, and when.

Copy the two, and change only the YAML. A folder of such files makes a DAG of each: `dags_from_config("configs")`.
"""

from taskflow_profilemesh import dags_from_config

dags_from_config("from_config.yml")
