"""Where rows come from: the protocol of a source, and one file per kind.

`files` (CSV, Parquet, JSONL), `inline` (rows in the configuration), `faker` (generated), `fitting` (values made to fit
their column's type), `csv_types` (the types of a CSV file's columns).
"""
