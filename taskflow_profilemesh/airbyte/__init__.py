"""Airbyte without Airflow: what to sync, what the server says, and when to look again.

    spec.py       SyncSpec: what to sync, checked before anything starts
    models.py     the server's answers as typed values; the only reader of its JSON
    polling.py    next_step: wait, done or failed (pure; the operator, the trigger and sensors share it)
    stall.py      whether a running job still makes progress (pure)
    address.py    any form of base URL, normalised
    auth.py       credentials, and the token that is fetched once and shared
    calls.py      requests as values: what each call sends and how its answer is read (pure)
    retrying.py   whether and when a failed call is tried again (pure)
    client.py     AirbyteClient (requests) · async_client.py: AsyncAirbyteClient (httpx), the same calls
    sync.py       one sync in reading order · post_sync.py: the tables that the streams land in
    settings.py   where the server is and who asks, from values or the environment

Nothing is re-exported here: `spec` is read by DAG files, the clients load libraries.
"""
