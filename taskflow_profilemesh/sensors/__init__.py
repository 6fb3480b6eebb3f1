"""Sensors: a task that waits for what others do, and hands on what they did.

airbyte.py  waits until a sync of an Airbyte connection has succeeded, whoever started it
plan.py     waits until the config, or the catalog of the tables that it names, changed
"""
