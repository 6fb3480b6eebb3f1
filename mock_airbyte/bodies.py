"""The bodies that the operations take, and the parameters of their lists."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_airbyte.lifecycle import TRANSITIONS
from mock_airbyte.shapes import ANYTHING, FLAG, ID, OBJECT, TEXT, WHOLE, Query, many, one_of, record

if TYPE_CHECKING:
    from mock_airbyte.shapes import Shape

IDS = many(ID)
TEXTS = many(TEXT)
_PERMISSIONS = tuple(
    f"{scope}_{role}"
    for scope, roles in {
        "organization": ("admin", "editor", "runner", "reader", "member"),
        "workspace": ("owner", "admin", "editor", "runner", "reader"),
    }.items()
    for role in roles
)

PAGE = (Query("limit", WHOLE), Query("offset", WHOLE))
LISTED = (Query("workspaceIds", IDS), Query("includeDeleted", FLAG), *PAGE)
JOBS = (
    Query("connectionId", ID),
    Query("workspaceIds", IDS),
    Query("jobType", one_of("sync", "reset", "refresh", "clear")),
    Query("status", one_of(*TRANSITIONS)),
    *(Query(f"{field}At{end}", TEXT) for field in ("created", "updated") for end in ("Start", "End")),
    Query("orderBy", TEXT),
    *PAGE,
)

TOKEN = record(client_id=TEXT, client_secret=TEXT, grant_type=TEXT)
JOB = record({"connectionId": ID, "jobType": one_of("sync", "reset", "refresh", "clear")})

_WEBHOOK = record(enabled=FLAG, url=TEXT)
_NOTIFICATION = record(webhook=_WEBHOOK, email=record(enabled=FLAG))
_NOTIFICATIONS = record(
    success=_NOTIFICATION,
    failure=_NOTIFICATION,
    connectionUpdate=_NOTIFICATION,
    connectionUpdateActionRequired=_NOTIFICATION,
    syncDisabled=_NOTIFICATION,
    syncDisabledWarning=_NOTIFICATION,
)
WORKSPACE = record({"name": TEXT}, organizationId=ID, notifications=_NOTIFICATIONS)
WORKSPACE_CHANGE = record(name=TEXT, notifications=_NOTIFICATIONS)

ACTOR = record({"name": TEXT, "workspaceId": ID, "configuration": OBJECT}, definitionId=ID, secretId=TEXT)
ACTOR_PUT = record({"name": TEXT, "configuration": OBJECT})
ACTOR_PATCH = record(name=TEXT, configuration=OBJECT, secretId=TEXT)

TAG = record({"name": TEXT, "color": TEXT, "workspaceId": ID})
TAG_CHANGE = record({"name": TEXT, "color": TEXT})

STREAM = record(
    {"name": TEXT},
    namespace=TEXT,
    syncMode=TEXT,
    cursorField=TEXTS,
    primaryKey=many(TEXTS),
    selectedFields=many(record(fieldPath=TEXTS)),
    mappers=many(OBJECT),
)
_SETTINGS: dict[str, Shape] = {
    "name": TEXT,
    "configurations": record(streams=many(STREAM)),
    "schedule": record({"scheduleType": one_of("manual", "cron")}, cronExpression=TEXT),
    "namespaceDefinition": one_of("destination", "source", "custom_format"),
    "namespaceFormat": TEXT,
    "nonBreakingSchemaUpdatesBehavior": one_of("ignore", "disable_connection", "propagate_columns", "propagate_fully"),
    "prefix": TEXT,
    "status": one_of("active", "inactive", "deprecated", "locked"),
    "tags": many(record({"tagId": ID}, name=TEXT, color=TEXT, workspaceId=ID)),
}
CONNECTION = record({"sourceId": ID, "destinationId": ID}, **_SETTINGS)
CONNECTION_CHANGE = record(**_SETTINGS)

PERMISSION = record({"permissionType": one_of(*_PERMISSIONS), "userId": ID}, workspaceId=ID, organizationId=ID)
PERMISSION_CHANGE = record({"permissionType": one_of(*_PERMISSIONS)})

DEFINITION = record({"name": TEXT, "dockerRepository": TEXT, "dockerImageTag": TEXT}, documentationUrl=TEXT)
DEFINITION_CHANGE = record({"name": TEXT, "dockerImageTag": TEXT})
DECLARATIVE = record({"name": TEXT, "manifest": ANYTHING})
DECLARATIVE_CHANGE = record({"manifest": ANYTHING})

OAUTH = record({"redirectUrl": TEXT, "sourceType": TEXT, "workspaceId": ID})
OAUTH_CREDENTIALS = record({"actorType": one_of("source", "destination"), "name": TEXT, "configuration": OBJECT})
