"""The script that draws Vega-Lite charts, with all that it needs, once per process."""

from __future__ import annotations

from functools import cache


@cache
def vega_bundle() -> str:
    """Return some 0.9 MB of JavaScript that puts `vegaEmbed` on the window. Takes two seconds of CPU the first time.

    Its own names are in the scope in which it runs. Nothing in it ends or opens a script element (checked here, since
    a page has it inside of one).
    """
    import vl_convert

    bundle: str = vl_convert.javascript_bundle()  # type: ignore[call-arg] # its stub forgets the default
    if "</script" in bundle.lower() or "<!--" in bundle:
        message = "the bundle of vl-convert-python cannot stand in a page"
        raise RuntimeError(message)
    return bundle
