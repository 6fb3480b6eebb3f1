"""Airbyte without Airflow: what to sync, what the server says, and when to look again.

A sync, in the order in which it happens:

    spec.py       SyncSpec: what to sync, checked before anything starts
    settings.py   where the server is and who asks · address.py: any form of base URL, normalised
    airflow_connection.py  the same, as an Airflow connection says it
    sync.py       begin → look → conclude: one sync in reading order
    starting.py   a job is started exactly once: lost answers, conflicts · finding.py: a connection by name or id
    remembered.py what a try writes down for the next · resuming.py: what the next makes of it
    polling.py    next_step: wait, done or failed; shared by operator, trigger and sensors
    running.py    what waiting needs, as plain values · stall.py: whether a job still moves · statuses.py
    plain_values.py  whether what comes back of them from a database is what was sent
    awaited.py    has a sync succeeded since …, whoever ran it · awaiting.py: look for one, and conclude
    completed.py  which syncs a watcher has not told · watching.py: look for them · notice.py: one that succeeded
    post_sync.py  the tables that the streams land in · post_sync_config.py: what a config of them holds
    result.py     SyncResult · outcome.py: from a job that did not succeed to the error that says why
    asset_uri.py  the asset that each sync of a connection updates

of many: ordering.py and batching.py say which may begin, performance.py how fast they were;

and under it, the conversation with the server:

    client.py     AirbyteClient, over sending.py (requests) · async_client.py: AsyncAirbyteClient (httpx)
    calls.py      each call as a value · wire.py: as it is sent · replies.py: as it is answered
    models.py     answers as typed values, the only reader of JSON · answers.py: its fields
    auth.py       credentials and shared tokens · retrying.py: whether and when a call is tried again

Nothing is re-exported here: `spec` is read by DAG files, the clients load libraries.
"""
