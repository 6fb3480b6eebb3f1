"""What survives a restart: `keys` (the secret), `file` (encrypted records on disk), `keeper` (what is written when).

Only `mock-airbyte serve --state` comes here; a mock inside a test remembers nothing.
"""
