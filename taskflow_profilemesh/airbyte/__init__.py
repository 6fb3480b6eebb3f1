"""Airbyte without Airflow: what to sync, what the server says, and when to look again.

A sync, in the order in which it happens:

    spec.py       SyncSpec: what to sync, checked before anything starts
    settings.py   where the server is and who asks · address.py: any form of base URL, normalised
    sync.py       begin → look → conclude: one sync in reading order
    starting.py   a job is started exactly once: lost answers, conflicts · finding.py: a connection by name or id
    polling.py    next_step: wait, done or failed; shared by operator, trigger and sensors
    running.py    what waiting needs, as plain values · stall.py: whether a job still moves · statuses.py
    awaited.py    has a sync succeeded since …, whoever ran it · awaiting.py: look for one, and conclude
    post_sync.py  the tables that the streams land in · result.py: SyncResult
    outcome.py    from a job that did not succeed to the error that says why

and under it, the conversation with the server:

    client.py     AirbyteClient, over sending.py (requests) · async_client.py: AsyncAirbyteClient (httpx)
    calls.py      each call as a value · wire.py: as it is sent · replies.py: as it is answered
    models.py     answers as typed values, the only reader of JSON · answers.py: its fields
    auth.py       credentials and shared tokens · retrying.py: whether and when a call is tried again

Nothing is re-exported here: `spec` is read by DAG files, the clients load libraries.
"""
