"""The parser of `mock-airbyte` and of each of its commands, whose parsers are of its class."""

from __future__ import annotations

import argparse
from typing import Any


class Parser(argparse.ArgumentParser):
    """A parser that takes options by their whole names: one that is added later never changes what a script means."""

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 -- as argparse has them
        """Declare the parser; `allow_abbrev` is for nobody to choose."""
        super().__init__(**options, allow_abbrev=False)
