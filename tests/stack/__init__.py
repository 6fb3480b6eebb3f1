"""A whole Airflow, as processes on this machine, driven through its REST API: what only real processes can show.

polling.py    looking until something is so, or time runs out
service.py    one process that can be killed and started again
settings.py   the environment that all of Airflow's processes share
databases.py  three PostgreSQL databases and the account that may enter them
airbyte.py    the mock as a process of its own, and the connections that tests sync
rest.py       Airflow's REST API: DAG runs and their tasks
canaries.py   secrets in every form that could leak, and a look at every place where one could
stack.py      all of it, started and ended
dags/         the DAGs; every file here is in the stack's DAG folder

A new scenario is a DAG in `dags/` (where those of `dags/flows.py` will not do) and a test with the fixture `stack`.
"""
