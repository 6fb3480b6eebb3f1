"""What each operation does: one file per resource of the public API, and `config_*` for the Config API's.

A handler takes a `Call` and returns an `Answer` or raises a `Problem`; it knows no web framework.
"""
