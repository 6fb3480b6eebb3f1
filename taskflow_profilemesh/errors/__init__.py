"""Every error this package raises, in one tree.

    ProfileMeshError
    ├── ConfigError                 an option or a file is wrong: nothing was started
    │   ├── InvalidOption           an option has a value it cannot have
    │   ├── InvalidConfig           a config file says something it cannot say; names key and line
    │   ├── DbtArtefactInvalid      a file of dbt's is missing, damaged or of another schema
    │   ├── DbtRunStale             the results in dbt's folder are of an earlier run
    │   ├── DbtNothingBuilt         dbt's last run built no model that is wanted
    │   └── InvalidReturn           a decorated function returned something unusable (also a TypeError)
    ├── SourceError                 the database that is profiled
    │   ├── SourceUnreachable       nobody answers there (retryable)
    │   ├── SourceLoginRefused      it answers, but not to this user
    │   │   └── DatabaseNotFound    ... because it has no such database
    │   ├── DatabaseNotNamed        neither the address nor the table says in which database it is
    │   ├── TableNotFound           no such table; lists the nearest
    │   ├── NoTableMatches          no table's name fits a pattern; lists the nearest
    │   ├── ColumnNotFound          no such column; lists the nearest
    │   ├── FileUnreadable          a file is damaged, or not what its ending says
    │   │   ├── FileNotUtf8         ... because its text is in another encoding
    │   │   └── FileTypesDiffer     ... because a value is not of its column's type
    │   ├── TableAmbiguous          several files have that name; lists them
    │   ├── ConditionRefused        the database does not take the `where` of a table
    │   ├── PartsIncomplete         parts of a table that should be merged are missing
    │   ├── PartsMismatch           the merged parts have not the table's rows
    │   ├── TableChanged            rows changed while workers read its ranges
    │   ├── ReadFailed              the database broke off (retryable)
    │   │   ├── QueryRefused        ... because it does not take the query
    │   │   ├── ConnectionLost      ... because the connection broke, again and again
    │   │   └── ReadCancelled       ... because the task was told to end
    │   └── TablesFailed            some tables of a run could not be profiled
    │       └── TablesInterrupted   ... because the database broke off (retryable)
    ├── AirbyteError                the Airbyte server
    │   ├── AirbyteUnreachable      nobody answers there (retryable)
    │   ├── AirbyteLoginRefused     wrong client id, secret, user or token
    │   ├── AirbyteForbidden        a known user who may not do this
    │   ├── AirbyteAnswerInvalid    an answer that is not Airbyte's
    │   │   └── AirbyteAnswerGarbled    ... of a server that had answered well (retryable)
    │   ├── AirbyteRefused          a request that Airbyte declined (4xx)
    │   ├── AirbyteUnavailable      5xx or 429 until patience ran out (retryable)
    │   ├── ConnectionNotFound      no such connection; lists the nearest
    │   ├── ConnectionAmbiguous     several connections of that name; lists them
    │   ├── ConnectionInactive      the connection is switched off
    │   ├── SyncConflict            a sync of this connection already runs
    │   ├── SyncFailed              the job ended in failure (retryable)
    │   │   └── SyncMisconfigured   ... for a reason that a retry cannot mend
    │   ├── SyncCancelled           the job was cancelled, by whomever
    │   │   └── SyncKilled          ... by the task, which was told to end (retryable)
    │   ├── SyncTimeout             the job did not end in time (retryable)
    │   │   └── SyncStalled         ... because it makes no progress
    │   ├── SyncOutOfSight          its job may run, but cannot be looked at (retryable)
    │   └── SyncTooFewRows          it succeeded with fewer rows than demanded
    ├── StoreError                  where profiles are kept
    │   ├── StoreUnreachable        nobody answers there (retryable)
    │   ├── StoreRefused            it answers, but would not do what was asked
    │   ├── StoreDamaged            a stored profile cannot be read back
    │   ├── StoreTooNew             written by a newer version of this package
    │   ├── StoreMissing            there is none where one is to be read
    │   ├── StoreNamedOtherwise     its tables have other names than the config says
    │   └── StoreNotShared          a file store where workers share no disk
    ├── AlertNotSent                a message about drift did not arrive (retryable)
    └── DriftDetected               drift at or above the severity that fails a task

Each class has a stable first sentence (`what`), a last sentence that says what to do (`advice`), and its
facts as typed fields between them. `retryable` says whether trying the same thing again can help; only
`operators` turns that into Airflow's terms. No field ever holds a secret or a value of a row.
"""

from taskflow_profilemesh.errors.airbyte import (
    AirbyteAnswerGarbled,
    AirbyteAnswerInvalid,
    AirbyteError,
    AirbyteForbidden,
    AirbyteLoginRefused,
    AirbyteRefused,
    AirbyteUnavailable,
    AirbyteUnreachable,
    ConnectionAmbiguous,
    ConnectionInactive,
    ConnectionNotFound,
    SyncCancelled,
    SyncConflict,
    SyncFailed,
    SyncKilled,
    SyncMisconfigured,
    SyncOutOfSight,
    SyncStalled,
    SyncTimeout,
    SyncTooFewRows,
)
from taskflow_profilemesh.errors.configuration import (
    ConfigError,
    DbtArtefactInvalid,
    DbtNothingBuilt,
    DbtRunStale,
    InvalidConfig,
    InvalidOption,
    InvalidReturn,
)
from taskflow_profilemesh.errors.drift import DriftDetected
from taskflow_profilemesh.errors.notification import AlertNotSent
from taskflow_profilemesh.errors.root import ProfileMeshError, nearest
from taskflow_profilemesh.errors.source import (
    ColumnNotFound,
    ConditionRefused,
    ConnectionLost,
    DatabaseNotFound,
    DatabaseNotNamed,
    FileNotUtf8,
    FileTypesDiffer,
    FileUnreadable,
    NoTableMatches,
    PartsIncomplete,
    PartsMismatch,
    QueryRefused,
    ReadCancelled,
    ReadFailed,
    SourceError,
    SourceLoginRefused,
    SourceUnreachable,
    TableAmbiguous,
    TableChanged,
    TableNotFound,
    TablesFailed,
    TablesInterrupted,
)
from taskflow_profilemesh.errors.store import (
    StoreDamaged,
    StoreError,
    StoreMissing,
    StoreNamedOtherwise,
    StoreNotShared,
    StoreRefused,
    StoreTooNew,
    StoreUnreachable,
)

__all__ = [
    "AirbyteAnswerGarbled",
    "AirbyteAnswerInvalid",
    "AirbyteError",
    "AirbyteForbidden",
    "AirbyteLoginRefused",
    "AirbyteRefused",
    "AirbyteUnavailable",
    "AirbyteUnreachable",
    "AlertNotSent",
    "ColumnNotFound",
    "ConditionRefused",
    "ConfigError",
    "ConnectionAmbiguous",
    "ConnectionInactive",
    "ConnectionLost",
    "ConnectionNotFound",
    "DatabaseNotFound",
    "DatabaseNotNamed",
    "DbtArtefactInvalid",
    "DbtNothingBuilt",
    "DbtRunStale",
    "DriftDetected",
    "FileNotUtf8",
    "FileTypesDiffer",
    "FileUnreadable",
    "InvalidConfig",
    "InvalidOption",
    "InvalidReturn",
    "NoTableMatches",
    "PartsIncomplete",
    "PartsMismatch",
    "ProfileMeshError",
    "QueryRefused",
    "ReadCancelled",
    "ReadFailed",
    "SourceError",
    "SourceLoginRefused",
    "SourceUnreachable",
    "StoreDamaged",
    "StoreError",
    "StoreMissing",
    "StoreNamedOtherwise",
    "StoreNotShared",
    "StoreRefused",
    "StoreTooNew",
    "StoreUnreachable",
    "SyncCancelled",
    "SyncConflict",
    "SyncFailed",
    "SyncKilled",
    "SyncMisconfigured",
    "SyncOutOfSight",
    "SyncStalled",
    "SyncTimeout",
    "SyncTooFewRows",
    "TableAmbiguous",
    "TableChanged",
    "TableNotFound",
    "TablesFailed",
    "TablesInterrupted",
    "nearest",
]
