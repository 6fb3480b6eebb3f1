"""Puts pages together: what stands on them (`*_view.py`), how (`templates/`), and the style and script they share."""

from __future__ import annotations

from functools import cache
from importlib.metadata import version
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from taskflow_profilemesh.report.bundle import vega_bundle
from taskflow_profilemesh.report.charts import specs
from taskflow_profilemesh.report.figures import moment
from taskflow_profilemesh.report.index_view import worst_first
from taskflow_profilemesh.report.table_view import table_view

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from taskflow_profilemesh.report.index_view import TableLine
    from taskflow_profilemesh.report.reading import TableContents

TITLE: Final = "Data profiles"
_NO_NETWORK: Final = (
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; base-uri 'none';"
    " form-action 'none'"
)


def style() -> str:
    """Return the pages' style sheet."""
    return _static("report.css")


def script() -> str:
    """Return the pages' script."""
    return _static("report.js")


def charts_script() -> str:
    """Return the library that draws charts, its own names kept to itself."""
    return f"(()=>{{{vega_bundle()}\n}})();"


def table_part(contents: TableContents, *, key: str, run_link: str | None = None) -> Markup:
    """Return the part of a page that tells a run; `run_link` and a profile's id make the address of another run."""
    table = table_view(contents, key=key)
    places = {column.name: f"{key}-c{place}" for place, column in enumerate(table.columns, start=1)}
    return _part("table.html.j2", table=table, places=places, run_link=run_link)


def index_part(lines: Sequence[TableLine]) -> Markup:
    """Return the part of a page that lists tables."""
    return _part("index.html.j2", lines=lines, changed=worst_first(lines))


def whole_file(*, index: Markup | None, parts: Sequence[Markup], store: str, at: datetime) -> str:
    """Return a page that needs nothing beside itself; `at` is when it was made, `store` what it was made of."""
    return _rendered(
        "report.html.j2",
        **_common(store, at),
        index=index,
        parts=parts,
        home="#index" if index is not None else None,
        back="#index" if index is not None else None,
        assets=None,
        policy=_NO_NETWORK,
        style=Markup(style()),  # noqa: S704 -- a file of this package
        script=Markup(script()),  # noqa: S704 -- as above
        bundle=Markup(charts_script()),  # noqa: S704 -- of a library, checked where it is made
    )


def web_page(
    *, index: Markup | None = None, parts: Sequence[Markup] = (), store: str, at: datetime, assets: str, home: str
) -> str:
    """Return a page whose style and scripts are at the address `assets`; `home` is that of the list of tables."""
    back = home if index is None else None
    return _rendered(
        "report.html.j2",
        **_common(store, at),
        index=index,
        parts=parts,
        home=home,
        back=back,
        assets=assets,
        policy=None,
    )


def _common(store: str, at: datetime) -> dict[str, Any]:
    made = f"Made {moment(at)} by taskflow-profilemesh {version('taskflow-profilemesh')} of {store}."
    return {"title": TITLE, "made": made, "specs": specs()}


def _part(template: str, **values: Any) -> Markup:  # noqa: ANN401 -- what the template asks for
    return Markup(_rendered(template, **values))  # noqa: S704 -- a template escapes all it prints


def _rendered(template: str, **values: Any) -> str:  # noqa: ANN401 -- as above
    return _templates().get_template(template).render(values)


@cache
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("taskflow_profilemesh.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def _static(name: str) -> str:
    return files("taskflow_profilemesh.report").joinpath("static", name).read_text(encoding="utf-8")
