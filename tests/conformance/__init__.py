"""Real clients of Airbyte, nothing patched, each in a virtual environment of its own, against a served mock.

`clients/` holds what runs in those environments, `environments.py` makes them, and the tests look at what came back.
"""
