"""The commands of `profilemesh` that read a database: `plan` and `profile`. None of them imports Airflow.

`arguments` declares and reads what both take, `sources` opens what they read, `plan` and `profile` do the work and
print it, `words` writes numbers for people.
"""
