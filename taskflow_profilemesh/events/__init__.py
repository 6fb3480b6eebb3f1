"""What a run tells others, as plain values. Pure: nothing is sent from here.

`xcom.py` builds the result of a profiling task; `json_text.py` makes data safe to travel as JSON. `openlineage.py` has
what lineage is told of a table, `dataset_names.py` what it calls it; `assets.py` what asset events say. What happens to
a table is an event (`profiling_events.py`), which `hooks.py` hands on; `alerts.py` writes messages for people.
"""

from taskflow_profilemesh.events.json_text import safe_json, safe_text
from taskflow_profilemesh.events.xcom import TableFailure, TableOutcome, profile_result

__all__ = ["TableFailure", "TableOutcome", "profile_result", "safe_json", "safe_text"]
