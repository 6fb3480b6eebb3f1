"""`profilemesh init`: a commented `profilemesh.yml` to begin with, from a template."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from taskflow_profilemesh.commands.showing import print_json
from taskflow_profilemesh.errors import InvalidOption

if TYPE_CHECKING:
    import argparse

_TEMPLATES = Path(__file__).with_name("templates")


def run(options: argparse.Namespace) -> int:
    """Write the file and return 0; raises `InvalidOption` where there is one already, or it cannot be written."""
    path = Path(options.file)
    text = (_TEMPLATES / f"{options.template}.yml").read_text(encoding="utf-8")
    try:
        with path.open("w" if options.force else "x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        expected = "a file that is not there yet, or --force to write over it"
        raise InvalidOption(option="file", got=str(path), expected=expected) from None
    except OSError as error:
        raise InvalidOption(option="file", got=str(path), expected=f"a file to write ({error.strerror})") from error
    if options.json:
        print_json({"file": str(path), "template": options.template})
    else:
        print(f"Wrote {path} for {options.template}. Change it, then: profilemesh validate {path}")
    return 0
