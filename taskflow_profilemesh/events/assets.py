"""What Airflow's asset events say of a table: the asset's URI and a few numbers. Pure.

The URIs are those of Airflow's own providers (`postgres://host:port/database/schema/table`), of which OpenLineage's
provider makes the names in `dataset_names.py`. Each part is percent-encoded: a `/` in a table's name is none between
two parts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote, urlsplit

from taskflow_profilemesh.events.dataset_names import dataset_parts
from taskflow_profilemesh.events.json_text import safe_text

if TYPE_CHECKING:
    from taskflow_profilemesh.reading.address import DatabaseAddress
    from taskflow_profilemesh.storage import StoredProfile
    from taskflow_profilemesh.tables import TableRef


@dataclass(frozen=True, slots=True, kw_only=True)
class TableNews:
    """What is new of a table. `table`: its name as results say it; `extra`: plain JSON of less than 1 KiB.

    `is_whole_uri`: whether `uri` is all that one may call it by. Of a table that Airbyte wrote only Airbyte knows the
    database: there an asset of any server whose path ends with the table's name is the same.
    """

    uri: str
    table: str
    extra: Mapping[str, Any]
    is_whole_uri: bool = True

    def is_about(self, *, uri: str | None, name: str | None) -> bool:
        """Return whether an asset of this URI and name is the table: by the URI, or by the table's own name."""
        if name == self.table:
            return True
        if uri is None:
            return False
        if self.is_whole_uri:
            return unquote(uri) == unquote(self.uri)
        return uri == self.uri or _ends_with(uri, self.table.split("."))


def table_uri(address: DatabaseAddress, table: TableRef) -> str:
    """Return the URI of a database's table, without user and password.

    `postgres://host:port/database/schema/table`, `mysql://host:port/database/table`,
    `snowflake://account/database/schema/table`, `sqlite:///absolute/path/table`.
    """
    namespace, parts = dataset_parts(address, table)
    return "/".join((namespace, *(quote(part, safe="") for part in parts)))


def profiled_table(address: DatabaseAddress, stored: StoredProfile) -> TableNews:
    """Return what is new of a table whose profile is stored."""
    drift = stored.drift
    extra = {
        "table": safe_text(str(stored.table)),
        "row_count": stored.profile.row_count,
        "column_count": len(stored.profile.columns),
        "profile_id": stored.profile_id,
        "exact": stored.profile.exact,
        "drift_severity": drift.get("severity"),
        "findings": len(drift.get("findings", ())),
        "schema_changes": len(drift.get("schema_changes", ())),
    }
    return TableNews(uri=table_uri(address, stored.table), table=str(stored.table), extra=extra)


def synced_tables(result: Mapping[str, Any]) -> tuple[TableNews, ...]:
    """Return what is new of the tables of a SyncResult's plain JSON, each once.

    Their URIs are `airbyte://server/connection id/table`; none where the result does not say which server it was.
    Streams that write to one table are counted together, as unknown where one of them is.
    """
    if not result["url"]:
        return ()
    server = urlsplit(result["url"]).netloc.rpartition("@")[2]
    return tuple(
        TableNews(
            uri=f"airbyte://{server}/{quote(result['connection_id'], safe='')}/{quote(table, safe='')}",
            table=table,
            extra=_synced(result, table),
            is_whole_uri=False,
        )
        for table in result["tables"]
    )


def _synced(result: Mapping[str, Any], table: str) -> dict[str, Any]:
    rows = [stream["rows_synced"] for stream in result["streams"] if stream["table"] == table]
    return {
        "table": safe_text(table),
        "rows_synced": None if None in rows else sum(rows),
        "job_id": result["job_id"],
        "connection_id": result["connection_id"],
        "connection_name": safe_text(result["connection_name"]),
    }


def _ends_with(uri: str, name: list[str]) -> bool:
    path = [unquote(part) for part in urlsplit(uri).path.split("/") if part]
    return bool(urlsplit(uri).scheme) and path[-len(name) :] == name
