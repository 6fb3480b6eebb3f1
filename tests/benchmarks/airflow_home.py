"""An Airflow home for a benchmark: set before Airflow is imported, gone with the process."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path


def prepare() -> Path:
    """Point this process at a new, empty Airflow home with a migrated metadata database, and return it."""
    home = Path(tempfile.mkdtemp(prefix="profilemesh-bench-"))
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    (home / "dags").mkdir()
    os.environ.update(
        AIRFLOW_HOME=str(home),
        AIRFLOW__CORE__DAGS_FOLDER=str(home / "dags"),
        AIRFLOW__CORE__LOAD_EXAMPLES="False",
        AIRFLOW__DATABASE__SQL_ALCHEMY_CONN=f"sqlite:///{home / 'airflow.db'}",
        AIRFLOW__LOGGING__BASE_LOG_FOLDER=str(home / "logs"),
        AIRFLOW__LOGGING__LOGGING_LEVEL="ERROR",
    )
    return home
