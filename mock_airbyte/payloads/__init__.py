"""Records as JSON: `public` in the public API's words, `config_jobs` and `config_resources` in the Config API's.

`moments` prints times and durations as Airbyte does.
"""
