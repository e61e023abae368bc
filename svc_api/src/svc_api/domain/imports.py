"""What an import hands to the store, and what the store did with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from svc_api.domain.elements import Element


@dataclass(frozen=True, slots=True)
class ImportedOntology:
    """An ontology as a file states it.

    `header` is the header document's body, in the form of `Element.body`. Ids are
    unique within a collection; references name elements that are in `elements`.
    """

    header: dict[str, Any]
    elements: Sequence[Element]


@dataclass(frozen=True, slots=True)
class CollectionCounts:
    """How many elements of one collection an import read and touched.

    The collection `properties` counts properties within object types and interfaces.
    """

    collection: str
    read: int
    created: int
    updated: int
    deleted: int


@dataclass(frozen=True, slots=True)
class ImportOutcome:
    """What an import did to a branch.

    `commit_id` is the commit made; the branch's head when nothing changed or
    nothing was to be written.
    """

    commit_id: str
    unchanged: bool
    counts: Sequence[CollectionCounts]


@dataclass(frozen=True, slots=True)
class SkippedConstruct:
    """A construct of a file that was not carried over.

    `statement_count` is its number of RDF statements; `examples` are up to 5 of its subjects.
    """

    construct: str
    reason: str
    statement_count: int
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ImportReport:
    """How much of a file the ontology now says.

    `carried_count` and the statement counts of `skipped` add up to `statement_count`.
    """

    statement_count: int
    carried_count: int
    skipped: tuple[SkippedConstruct, ...]
