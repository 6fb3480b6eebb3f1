"""The web application that shows stored profiles inside Airflow (3), to people whom Airflow lets in.

    GET /profilemesh/reports/                       the tables
    GET /profilemesh/reports/table?source=&table=   the last run of a table
    GET /profilemesh/reports/run?profile=&profile=  runs, by their profiles' ids: what a task's link leads to

A page is for whoever may read the XComs of the DAG that made its run (of a run without a DAG: whoever may see plugins'
views); of runs that somebody may not read, nothing is told but what the next one that they may read says of its past.
Addresses in a page are relative: it does not know under which path Airflow is served. A store that cannot be used is
told by its error's message, which has no secret in it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import cache
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Final, TypeAlias
from urllib.parse import urlencode

# FastAPI resolves the annotations of a route by the names of its module.
from fastapi import Depends, FastAPI, HTTPException, Query, Response
from fastapi.responses import HTMLResponse, PlainTextResponse

from taskflow_profilemesh.clock import SystemClock
from taskflow_profilemesh.errors import ProfileMeshError, StoreError
from taskflow_profilemesh.report.index_view import table_line
from taskflow_profilemesh.report.reading import LISTED_RUNS, read_table
from taskflow_profilemesh.storage import ProfileStore

if TYPE_CHECKING:
    from taskflow_profilemesh.report.index_view import TableLine
    from taskflow_profilemesh.report.reading import TableContents
    from taskflow_profilemesh.tables import TableRef

MayRead: TypeAlias = Callable[[str | None], bool]  # whether somebody may read what this DAG (None: no DAG) made
OpenStore: TypeAlias = Callable[[], ProfileStore]

MOST_RUNS: Final = 20  # on one page
_HOME: Final = "./"
_ASSETS: Final = "assets"
_MISSING: Final = "The api-server lacks what draws these pages. Install it: pip install 'taskflow-profilemesh[report]'"
_HEADERS: Final = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'self' 'unsafe-inline'; script-src 'self'; img-src data:;"
    " base-uri 'none'; form-action 'none'; frame-ancestors 'self'",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}
_DAY: Final = {"Cache-Control": "private, max-age=86400", "X-Content-Type-Options": "nosniff"}

log = logging.getLogger(__name__)


def report_app(may_read: Callable[..., MayRead], *, open_store: OpenStore) -> FastAPI:
    """Return the application. `may_read` is a dependency of FastAPI's that ends a request of a stranger itself."""
    app = FastAPI(title="ProfileMesh reports", docs_url=None, redoc_url=None, openapi_url=None)
    readable = Depends(may_read)
    store_of = cache(open_store)  # once per process, and again after it failed

    @app.get("/")
    def show_index(may: MayRead = readable) -> Response:
        return _answer(lambda store: _index(store, may), store_of)

    @app.get("/table")
    def show_table(source: str, table: str, may: MayRead = readable) -> Response:
        return _answer(lambda store: _page(store, [_last(store, source, table, may)]), store_of)

    @app.get("/run")
    def show_runs(profile: Annotated[list[str], Query(max_length=MOST_RUNS)], may: MayRead = readable) -> Response:
        return _answer(lambda store: _page(store, [_run(store, one, may) for one in profile]), store_of)

    @app.get(f"/{_ASSETS}/{{name}}", dependencies=[readable])
    def show_asset(name: str) -> Response:
        return _asset(name)

    return app


def _answer(make: Callable[[ProfileStore], str], store_of: OpenStore) -> Response:
    try:
        return HTMLResponse(make(store_of()), headers=_HEADERS)
    except ModuleNotFoundError as error:
        log.warning("A report was not made: %s.", error)
        return PlainTextResponse(_MISSING, HTTPStatus.SERVICE_UNAVAILABLE, headers=_HEADERS)
    except ProfileMeshError as error:
        log.warning("A report was not made: %s", error)
        told = str(error) if isinstance(error, StoreError) else error.what
        return PlainTextResponse(told, HTTPStatus.SERVICE_UNAVAILABLE, headers=_HEADERS)


def _index(store: ProfileStore, may: MayRead) -> str:
    from taskflow_profilemesh.report.pages import index_part, web_page

    lines = [line for source, table in store.tables() if (line := _line(store, source, table, may)) is not None]
    return web_page(index=index_part(lines), store=store.name, at=SystemClock().now(), assets=_ASSETS, home=_HOME)


def _line(store: ProfileStore, source: str, table: TableRef, may: MayRead) -> TableLine | None:
    runs = [run for run in store.history(source, table, limit=LISTED_RUNS) if may(dag_of(run.origin))]
    link = f"table?{urlencode({'source': source, 'table': str(table)})}"
    return table_line(runs, link=link) if runs else None


def _last(store: ProfileStore, source: str, table: str, may: MayRead) -> TableContents:
    known = next((ref for name, ref in store.tables() if (name, str(ref)) == (source, table)), None)
    if known is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    newest_first = store.history(source, known, limit=LISTED_RUNS)
    run = next((run for run in newest_first if may(dag_of(run.origin))), None)
    return _found(read_table(store, source, known, profile_id=run.profile_id) if run else None)


def _run(store: ProfileStore, profile_id: str, may: MayRead) -> TableContents:
    stored = store.load(profile_id)
    if stored is None or not may(dag_of(stored.origin)):
        raise HTTPException(HTTPStatus.NOT_FOUND)  # the same for what is not there and what is not theirs
    return _found(read_table(store, stored.source, stored.table, profile_id=profile_id))


def _found(contents: TableContents | None) -> TableContents:
    if contents is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return contents


def _page(store: ProfileStore, shown: list[TableContents]) -> str:
    from taskflow_profilemesh.report.pages import index_part, table_part, web_page

    parts = [table_part(one, key=f"t{place}", run_link="run?profile=") for place, one in enumerate(shown, start=1)]
    lines = [table_line(one.runs, link=f"#t{place}") for place, one in enumerate(shown, start=1)]
    return web_page(
        index=index_part(lines) if len(lines) > 1 else None,
        parts=parts,
        store=store.name,
        at=SystemClock().now(),
        assets=_ASSETS,
        home=_HOME,
    )


def _asset(name: str) -> Response:
    from taskflow_profilemesh.report import pages

    made = {
        "report.css": (pages.style, "text/css"),
        "report.js": (pages.script, "text/javascript"),
        "vega.js": (pages.charts_script, "text/javascript"),
    }
    if name not in made:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    text, kind = made[name]
    try:
        return Response(text(), media_type=kind, headers=_DAY)
    except ModuleNotFoundError:
        return PlainTextResponse(_MISSING, HTTPStatus.SERVICE_UNAVAILABLE)


def dag_of(origin: str | None) -> str | None:
    """Return the DAG whose task made a run; None of a run that no task made. No id of a DAG has a slash in it."""
    return origin.split("/", 1)[0] if origin else None
