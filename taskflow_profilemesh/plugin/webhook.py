"""The web application that takes Airbyte's notifications: the token, the size, the form, then the asset's event.

    POST /profilemesh/airbyte           with the token in the header X-ProfileMesh-Token, or as a bearer
    POST /profilemesh/airbyte/TOKEN     for Airbyte, whose settings have room for an address only

It has no other door: no pages, no schema. Without a token in the settings it answers 503 and looks at nothing. An
answer says what was made of the notice, for Airbyte and whoever tries it by hand:

    {"status": "told", "job_id", "assets": [URI, …]}     DAGs that wait for one of these assets start
    {"status": "known", "job_id"}                        the job was told before: nothing happens
    {"status": "ignored", "why"}                         not about a sync that succeeded, or nobody waits for it

401: not the token. 413: larger than 64 KiB. 422: no notice of Airbyte's.
"""

from __future__ import annotations

import hmac
import json
import logging
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, TypeAlias

# FastAPI resolves the annotations of a route by the names of its module.
from fastapi import FastAPI, Request  # noqa: TC002 -- as said
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse

from taskflow_profilemesh.airbyte.answers import AnswerError
from taskflow_profilemesh.airbyte.notice import SyncNotice, read_notice
from taskflow_profilemesh.plugin.asset_changes import Change, tell_of
from taskflow_profilemesh.plugin.body import LARGEST_BYTES, BodyTooLarge, read_body
from taskflow_profilemesh.plugin.path_token import KEY, ROUTE, PathToken

Tell: TypeAlias = Callable[[SyncNotice], Change]
HEADER = "X-ProfileMesh-Token"
_BODY = "the body"

log = logging.getLogger(__name__)


def webhook_app(token: str | None, *, tell: Tell = tell_of) -> FastAPI:
    """Return the application; `token` None switches it off. `tell` registers what a notice says."""
    app = FastAPI(title="ProfileMesh", docs_url=None, redoc_url=None, openapi_url=None)
    app.add_middleware(PathToken)

    @app.post(ROUTE)
    async def take(request: Request) -> JSONResponse:
        if token is None:
            return _refused(
                HTTPStatus.SERVICE_UNAVAILABLE, "The webhook is off: [profilemesh] webhook_token is not set."
            )
        if not _is_token(_given(request), token):
            log.warning("A notice without the right token was refused.")
            return _refused(HTTPStatus.UNAUTHORIZED, "The token is missing or wrong.")
        return await _answer(request, tell)

    return app


async def _answer(request: Request, tell: Tell) -> JSONResponse:
    try:
        notice = read_notice(_json(await read_body(request)))
    except BodyTooLarge:
        return _refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"A notice has at most {LARGEST_BYTES:,} bytes.")
    except AnswerError as error:
        log.warning("A request with the right token is no notice of Airbyte's: %s.", error)
        return _refused(HTTPStatus.UNPROCESSABLE_ENTITY, f"This is no notice of Airbyte's: {error}.")
    if notice is None:
        return JSONResponse({"status": "ignored", "why": "It is not about a sync that succeeded."})
    return JSONResponse(_told(notice, await run_in_threadpool(tell, notice)))


def _told(notice: SyncNotice, change: Change) -> dict[str, Any]:
    name = f"Job {notice.job_id} of {notice.connection_name}"
    if change.told:
        log.info("%s has succeeded: %s.", name, ", ".join(change.told))
        return {"status": "told", "job_id": notice.job_id, "assets": list(change.told)}
    if change.known:
        log.info("%s was told before.", name)
        return {"status": "known", "job_id": notice.job_id}
    log.info("%s has succeeded, and no DAG waits for it.", name)
    return {"status": "ignored", "job_id": notice.job_id, "why": "No DAG waits for this connection."}


def _given(request: Request) -> str:
    """Return the token of the request: of the path, of our header, or the bearer's; empty where there is none."""
    scheme, _, bearer = request.headers.get("authorization", "").partition(" ")
    in_path = str(request.scope.get(KEY, ""))
    return in_path or request.headers.get(HEADER, "") or (bearer.strip() if scheme.lower() == "bearer" else "")


def _is_token(given: str, token: str) -> bool:
    """Compare in constant time, as bytes: texts would have to be ASCII."""
    return hmac.compare_digest(given.encode("utf-8", "surrogateescape"), token.encode())


def _json(body: bytes) -> object:
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise AnswerError(_BODY, "is not JSON") from error


def _refused(status: HTTPStatus, why: str) -> JSONResponse:
    return JSONResponse({"status": "refused", "why": why}, status_code=status)
