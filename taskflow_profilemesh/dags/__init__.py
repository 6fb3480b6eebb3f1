"""Whole groups of tasks, and whole DAGs: what is put together from operators while a DAG file is parsed.

options.py      what the functions here take, for type checkers
names.py        ids of tasks from names of tables and connections
table_group.py  `create_profiling_task_group`: one task for each table
profile_dag.py  `profile_dag`: a DAG by its config
from_config.py  `dags_from_config`: the DAGs of a file, of a folder, or of an Airflow Variable
"""
