"""Puts a text that is no secret into every place where a secret could leak: the proof that somebody looks there."""

from airflow.providers.openlineage.utils.selective_enable import enable_lineage
from airflow.sdk import Asset, dag, task
from pendulum import datetime

PLACES = Asset("places")


@dag(
    schedule=None,
    start_date=datetime(2026, 1, 1, tz="UTC"),
    params={"marker": ""},
    doc_md="marker-in-serialised-dag",
    is_paused_upon_creation=False,
)
def places():
    """Log, XCom, rendered field and asset event; then an exception."""

    @task(outlets=[PLACES])
    def tell(text, outlet_events=None):
        print(f"logged {text}")
        outlet_events[PLACES].extra = {"marker": f"evented {text}"}
        return f"returned {text}"

    @task
    def fail(text):
        raise RuntimeError(text)

    tell("rendered {{ params.marker }}") >> fail("raised {{ params.marker }}")


enable_lineage(places())
