"""Waiting in the triggerer: many waits in one event loop, none of which may block it.

airbyte.py          waits for the job of one sync
airbyte_awaited.py  waits for any sync of a connection to succeed
"""
