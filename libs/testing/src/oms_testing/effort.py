"""How hard property tests try: `OMS_TEST_EFFORT=10 make test` tries ten times as many examples."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TypeVar

_T = TypeVar("_T")


def examples(count: int) -> int:
    """How many examples a property test tries, given how many it tries in CI."""
    return max(1, round(count * float(os.environ.get("OMS_TEST_EFFORT", "1"))))


def is_thorough() -> bool:
    """Whether more effort was asked for than CI makes."""
    return examples(10) > 10


def thorough(values: Sequence[_T], count: int) -> Sequence[_T]:
    """The cases of a test that takes long: the last ones in CI, all with more effort than that.

    Args:
        count: How many there are in CI.
    """
    return values if is_thorough() else values[-count:]
