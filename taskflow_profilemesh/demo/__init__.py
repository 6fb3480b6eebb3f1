"""`profilemesh demo`: the whole flow on real data, twice, with a change in between.

flights.py    the data, and what happens to it between the runs
workspace.py  what is created in Airbyte, through its public API
warehouse.py  where the rows land: a SQLite file or a PostgreSQL database
postgres.py   a PostgreSQL server: the one that is named, the one that runs here, or an embedded one
processes.py  the mock Airbyte and Airflow, as processes of their own
story.py      the order of events
screen.py     what a person sees of it

Nothing here imports Airflow: it runs as a process, as it would anywhere else.
"""
