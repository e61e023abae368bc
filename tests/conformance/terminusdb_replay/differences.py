"""Deliberate differences: cases whose recorded answer OMS does not give, each with its reason."""

from __future__ import annotations

import json
from collections.abc import Mapping
from fnmatch import fnmatchcase
from pathlib import Path


class Differences:
    """Reasons by the name of a case, or by a pattern such as `http/graphql/*`."""

    def __init__(self, path: Path) -> None:
        """Reads the file; a missing one holds none."""
        text = path.read_text(encoding="utf-8") if path.exists() else "{}"
        self.reasons: Mapping[str, str] = json.loads(text)

    def reason(self, name: str) -> str:
        """Why a case differs; empty when it should not."""
        if name in self.reasons:
            return self.reasons[name]
        patterns = (pattern for pattern in self.reasons if "*" in pattern)
        found = next((pattern for pattern in patterns if fnmatchcase(name, pattern)), None)
        return self.reasons[found] if found else ""
