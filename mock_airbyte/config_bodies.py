"""The bodies that the Config API's operations take."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_airbyte.bodies import TEXTS
from mock_airbyte.notices import TRIGGERS
from mock_airbyte.notification_settings import CONFIG_EVENTS
from mock_airbyte.shapes import FLAG, ID, OBJECT, TEXT, WHOLE, many, one_of, record

if TYPE_CHECKING:
    from mock_airbyte.records import ActorKind
    from mock_airbyte.shapes import Shape

CONNECTION_ID = record({"connectionId": ID})
WEB_CONNECTION = record({"connectionId": ID}, withRefreshedCatalog=FLAG)
CONNECTION_IDS = record({"connectionIds": many(ID)})
CRON = record({"cronExpression": TEXT})
WORKSPACE_ID = record({"workspaceId": ID})
WORKSPACE = record({"workspaceId": ID}, includeTombstone=FLAG)
_PAGINATION = record(pageSize=WHOLE, rowOffset=WHOLE)
CONNECTIONS = record({"workspaceId": ID}, includeDeleted=FLAG)
ORGANIZATION_ID = record({"organizationId": ID})
ORGANIZATION_WORKSPACES = record({"organizationId": ID}, nameContains=TEXT, pagination=_PAGINATION)
USER_ID = record({"userId": ID})
USER_CHANGE = record({"userId": ID}, name=TEXT, defaultWorkspaceId=ID)
USER_ORGANIZATIONS = record({"userId": ID}, nameContains=TEXT, pagination=_PAGINATION)
AUTH_USER = record({"authUserId": TEXT}, authProvider=TEXT)
PROJECT_OF_DEFINITION = record({"actorDefinitionId": ID, "workspaceId": ID})
PROJECT = record({"builderProjectId": ID, "workspaceId": ID})
TESTING_VALUES = record({"builderProjectId": ID, "workspaceId": ID, "testingValues": OBJECT}, spec=OBJECT)
JOB_ID = record({"id": WHOLE})
JOBS = record(
    configTypes=TEXTS,
    configId=TEXT,
    statuses=TEXTS,
    pagination=_PAGINATION,
)
DISCOVER = record({"sourceId": ID}, disable_cache=FLAG)
_SLACK = record(webhook=TEXT)
_NOTIFICATION = record(notificationType=many(one_of("slack", "customerio")), slackConfiguration=_SLACK)
WORKSPACE_CHANGE = record(
    {"workspaceId": ID}, name=TEXT, notificationSettings=record(**dict.fromkeys(CONFIG_EVENTS, _NOTIFICATION))
)
WEBHOOK = record({"notificationTrigger": one_of(*TRIGGERS)}, slackConfiguration=record({"webhook": TEXT}))

_CATALOG = record(
    streams=many(
        record(
            {"stream": record({"name": TEXT}, namespace=TEXT, sourceDefinedCursor=FLAG)},
            config=record(
                selected=FLAG,
                syncMode=TEXT,
                destinationSyncMode=TEXT,
                cursorField=TEXTS,
                primaryKey=many(TEXTS),
                fieldSelectionEnabled=FLAG,
                selectedFields=many(record({"fieldPath": TEXTS})),
            ),
        )
    )
)
_SETTINGS: dict[str, Shape] = {
    "name": TEXT,
    "syncCatalog": _CATALOG,
    "status": one_of("active", "inactive", "deprecated", "locked"),
    "scheduleType": one_of("manual", "basic", "cron"),
    "scheduleData": record(
        cron=record(cronExpression=TEXT, cronTimeZone=TEXT),
        basicSchedule=record(
            {"timeUnit": one_of("minutes", "hours", "days", "weeks", "months"), "units": WHOLE},
        ),
    ),
    "namespaceDefinition": one_of("destination", "source", "customformat"),
    "namespaceFormat": TEXT,
    "nonBreakingChangesPreference": one_of("ignore", "disable", "propagate_columns", "propagate_fully"),
    "prefix": TEXT,
    "tags": many(record({"tagId": ID})),
}
CONNECTION = record({"sourceId": ID, "destinationId": ID}, **_SETTINGS)
CONNECTION_CHANGE = record({"connectionId": ID}, **_SETTINGS)

_STREAM_STATES = many(record({"streamDescriptor": record({"name": TEXT}, namespace=TEXT)}, streamState=OBJECT))
STATE = record(
    {
        "connectionId": ID,
        "connectionState": record(
            {"stateType": one_of("stream", "global", "legacy", "not_set")},
            streamState=_STREAM_STATES,
            globalState=record(shared_state=OBJECT, streamStates=_STREAM_STATES),
            state=OBJECT,
        ),
    }
)


def actor(kind: ActorKind) -> Shape:
    """Return what `create` takes."""
    return record(
        {"name": TEXT, "workspaceId": ID, f"{kind}DefinitionId": ID, "connectionConfiguration": OBJECT},
        createAsDraft=FLAG,
    )


def actor_change(kind: ActorKind) -> Shape:
    """Return what `update` takes."""
    return record({f"{kind}Id": ID}, name=TEXT, connectionConfiguration=OBJECT)


def actor_id(kind: ActorKind) -> Shape:
    """Return what names one source or destination."""
    return record({f"{kind}Id": ID})


def specification(kind: ActorKind) -> Shape:
    """Return what names the definition whose specification is asked for."""
    return record({f"{kind}DefinitionId": ID}, workspaceId=ID)


def definition_id(kind: ActorKind) -> Shape:
    """Return what names one definition."""
    return record({f"{kind}DefinitionId": ID})
