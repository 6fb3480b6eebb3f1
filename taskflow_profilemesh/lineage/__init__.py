"""What Airflow's OpenLineage provider is told of a task: `facets.py`. The only room that knows OpenLineage's classes.

The provider is optional (`[openlineage]`), so it is imported where it is asked, and only then. Lineage never fails a
task: what goes wrong here is a warning in its log.
"""
