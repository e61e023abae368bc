"""How hard property tests try: `OMS_TEST_EFFORT=10 make test` tries ten times as many examples."""

from __future__ import annotations

import os


def examples(count: int) -> int:
    """How many examples a property test tries, given how many it tries in CI."""
    return max(1, round(count * float(os.environ.get("OMS_TEST_EFFORT", "1"))))
