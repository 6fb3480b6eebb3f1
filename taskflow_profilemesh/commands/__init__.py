"""The commands of `profilemesh`, a room for each: `run(options)` does the work and prints it. None imports Airflow.

`plan` and `profile` read a database, the others a store, a config file or (in `airbyte/`) an Airbyte server. What they
share: `arguments` and the other `…_arguments` declare what may be said, `sources` and `stores` open what is read,
`showing` prints tables, `words` writes numbers for people.
"""
