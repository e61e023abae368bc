"""An ontology as the search reads it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from svc_embedding.domain.search.contents import Content, Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """An ontology as of a commit.

    Args:
        incarnation: Of the ontology; see `Position`.
        sequence: Of the commit.
    """

    ontology: str
    incarnation: str
    commit: str
    sequence: int


class Ontologies(Protocol):
    """Reads ontologies. Every method may raise ServiceUnavailable."""

    async def at(self, ontology: str, revision: Any) -> Snapshot:
        """The commit that a revision means.

        Raises:
            ResourceNotFound: there is no such ontology, branch, tag or commit.
        """
        ...

    async def sequence_of(self, ontology: str, commit: str) -> int:
        """The position of a commit.

        Raises:
            ResourceNotFound: there is none.
        """
        ...

    async def contents(
        self, snapshot: Snapshot, elements: Sequence[str]
    ) -> Mapping[str, Sequence[Content]]:
        """What elements say, and their properties, by element; those that there are."""
        ...

    async def all_contents(
        self, snapshot: Snapshot, kinds: Collection[Kind], *, most: int
    ) -> Sequence[Content]:
        """What every element and property of some kinds says, by key.

        Raises:
            LimitExceeded: there are more.
        """
        ...
