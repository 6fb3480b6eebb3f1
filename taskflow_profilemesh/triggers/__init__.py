"""Waiting in the triggerer: many waits in one event loop, none of which may block it.

airbyte.py            waits for the job of one sync
airbyte_awaited.py    waits for any sync of a connection to succeed
airbyte_completed.py  watches a connection for ever: an event for each sync that succeeds (Airflow 3)
airbyte_asset.py      the asset that such events, and Airbyte's own notifications, update
"""
