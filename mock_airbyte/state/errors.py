"""What can be wrong with a state file; apart from the rest because it costs nothing to import."""

from __future__ import annotations


class BadState(ValueError):
    """A state file or its key cannot be used; the message says why and holds no secret."""
