"""`python -m mock_airbyte` is `mock-airbyte`."""

from __future__ import annotations

import sys

from mock_airbyte.cli import main

sys.exit(main())
