"""The Airflow plugin. Every process of Airflow loads it, so what costs something waits until it is asked for.

profilemesh.py      what Airflow finds by the entry point `airflow.plugins`

report_app.py       the web application that shows stored profiles
airflow_reports.py  who may read them, and from which store: as Airflow says

webhook.py          the web application that takes Airbyte's notifications
body.py             reading a request's body that must not be large
path_token.py       takes the token out of the path, before anything writes the path to a log
asset_changes.py    from a notice to asset events: the only place that calls Airflow's asset manager
"""
