"""What a backend is and what it can't do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Capabilities:
    """A backend.

    Args:
        backend: `sqlite`, `postgresql` or `terminusdb`.
        missing: What it can't do, with the reason for each.
    """

    backend: str
    version: str
    missing: Mapping[str, str] = field(default_factory=dict[str, str])
