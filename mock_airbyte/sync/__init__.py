"""Moving the rows of one job: `plan` (pure), `metadata` (Airbyte's own columns), `run` (the work), `progress`."""
