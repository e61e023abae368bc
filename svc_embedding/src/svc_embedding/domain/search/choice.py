"""Which ontologies are kept searchable."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase


@dataclass(frozen=True, slots=True)
class Chosen:
    """Those whose id one of some patterns fits; `*` stands for any characters."""

    patterns: Sequence[str] = ("*",)

    @classmethod
    def of(cls, text: str) -> Chosen:
        """Those of patterns that are separated by commas."""
        return cls([each.strip() for each in text.split(",")])

    def __contains__(self, ontology: str) -> bool:
        return any(fnmatchcase(ontology, pattern) for pattern in self.patterns)
