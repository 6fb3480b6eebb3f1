"""Whether the mock is what it says: real clients, and requests that nobody would send.

`clients/` holds what runs in environments of its own, one a client, nothing patched; `environments.py` makes them, and
the tests look at what came back. `fuzzing.py` makes requests up from the mock's own OpenAPI document.
"""
