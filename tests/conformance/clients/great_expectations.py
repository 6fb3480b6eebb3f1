"""Great Expectations, which reads a suite and holds rows against it."""

from __future__ import annotations

from typing import Any

import great_expectations as gx
import pandas as pd

from tests.conformance.clients.answering import answer


def validate(suite: dict[str, Any], rows: dict[str, list[Any]]) -> dict[str, Any]:
    """Return the types of the expectations that failed on these rows, and how many there were."""
    read = gx.ExpectationSuite(**suite)
    source = gx.get_context(mode="ephemeral").data_sources.add_pandas("rows")
    whole = source.add_dataframe_asset("rows").add_batch_definition_whole_dataframe("all")
    result = whole.get_batch({"dataframe": pd.DataFrame(rows)}).validate(read)
    failed = [one.expectation_config.type for one in result.results if not one.success]
    return {"failed": sorted(failed), "count": len(result.results)}


if __name__ == "__main__":
    answer(validate)
