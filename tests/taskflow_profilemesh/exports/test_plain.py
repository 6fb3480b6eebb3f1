from __future__ import annotations

import csv
import io
import json
from dataclasses import replace

from taskflow_profilemesh.exports.plain import csv_text, json_text
from taskflow_profilemesh.profiling.profile import Distinct, TopValue
from taskflow_profilemesh.storage.codec import decode_profile
from tests.taskflow_profilemesh.exports.orders import EMAIL, stored
from tests.taskflow_profilemesh.profiles import table, texts


def test_csv_has_one_line_for_each_number() -> None:
    rows = {(row["column"], row["metric"]): row for row in csv.DictReader(io.StringIO(csv_text(stored())))}
    assert rows["", "row_count"]["value"] == "200"
    assert rows["quantity", "max"]["value"] == "4"
    assert rows["status", "null_ratio"]["value"] == "0.05"
    assert rows["email", "values_withheld"]["value"] == "email"
    assert rows["price", "mean"] == {
        "source": "warehouse",
        "table": "shop.orders",
        "profiled_at": "2026-01-02T03:04:05+00:00",
        "column": "price",
        "metric": "mean",
        "value": "0.5",
        "precision": "exact",
    }


def test_no_text_is_a_formula_and_every_number_is_one() -> None:
    profile = table(texts("=cmd", ["=1+1", "@x"]))
    rows = {
        row["metric"]: row
        for row in csv.DictReader(io.StringIO(csv_text(stored(columns=profile.columns))))
        if row["column"]
    }
    assert (rows["min"]["column"], rows["min"]["value"], rows["max"]["value"]) == ("'=cmd", "'=1+1", "'@x")
    prices = [row for row in csv.DictReader(io.StringIO(csv_text(stored()))) if row["column"] == "price"]
    assert next(row["value"] for row in prices if row["metric"] == "min") == "-0.5"


def test_json_is_the_run_and_its_profile() -> None:
    document = json.loads(json_text(stored()))
    assert (document["profile_id"], document["table"], document["exact"]) == ("p1", "shop.orders", True)
    assert decode_profile(document) == stored().profile


def test_hashes_stay_in_the_store() -> None:
    hashed = replace(EMAIL, distinct=Distinct(1, top=(TopValue("hidden:0a1b2c", 200),)))
    assert "0a1b2c" not in json_text(stored(columns=(hashed,)))
