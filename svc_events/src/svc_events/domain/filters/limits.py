"""Limits of a subscription's filters."""

from __future__ import annotations

from typing import Final

MAX_DEPTH: Final = 16
"""Levels of filters inside each other; a dialect at the top is the first."""

MAX_FILTERS: Final = 256
"""Filters of one subscription, nested ones included."""
