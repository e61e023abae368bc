"""What a store of graph databases offers: the servicers of graph databases call nothing else.

The SQL backends share `embedded.EmbeddedGraphStore`, which runs the model's logic over a
`GraphView`; TerminusDB has the model itself and is asked. Every method may raise
`ResourceNotFound` for its database, branch, commit or revision, `WrongModel` for a
database of another model, `ServiceUnavailable`, `DataCorrupted`, and
`UnsupportedOperation` for what the backend can't do. A write is one commit or none,
durable once answered; see `Snapshots.transact` for what a `TransactionDraft` asks.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from svc_datakernel.domain.graph.requests import (
    Deletion,
    Form,
    Graph,
    Insertion,
    Migrated,
    Migration,
    Selection,
    WoqlAnswer,
    WoqlRequest,
    Written,
)
from svc_datakernel.domain.graph.view import Outcome, TransactionDraft
from svc_datakernel.domain.model import Revision


@dataclass(frozen=True, slots=True)
class Source:
    """What to read.

    Args:
        data_version: What the caller read before; `DataVersionMismatch` when the branch is
            elsewhere by now. Empty for any.
    """

    database: str
    revision: Revision
    data_version: str = ""


@dataclass(frozen=True, slots=True)
class Target:
    """What to write to."""

    database: str
    branch: str


@dataclass(frozen=True, slots=True)
class Body:
    """An answer in JSON, and the commit it was read at; empty where none was."""

    commit_id: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Stream:
    """An answer in parts, cut anywhere. Whoever takes it closes `parts` (`aclosing`)."""

    commit_id: str
    parts: AsyncIterator[bytes]


@dataclass(frozen=True, slots=True)
class Count:
    """How many documents there were at a commit."""

    commit_id: str
    count: int


@dataclass(frozen=True, slots=True)
class Presence:
    """Which of the ids asked for were there at a commit, as they were written."""

    commit_id: str
    present: Sequence[str]
    missing: Sequence[str]


@dataclass(frozen=True, slots=True)
class PrefixChange:
    """A prefix to set, or with an empty `iri` to remove.

    Args:
        is_create_only: Refuse when it is there.
        is_update_only: Refuse when it is not.
    """

    prefix: str
    iri: str
    is_create_only: bool = False
    is_update_only: bool = False


@dataclass(frozen=True, slots=True)
class TripleChange:
    """Turtle to add to a graph or, with `is_replace`, to put in its place."""

    turtle: bytes
    graph: Graph = Graph.INSTANCE
    is_replace: bool = False


@dataclass(frozen=True, slots=True)
class PatchRequest:
    """A patch, or an array of patches, in JSON.

    Args:
        match_final_state: A place that is already as the patch leaves it is no conflict.
    """

    body: bytes
    match_final_state: bool = False


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two JSON values or revisions to compare; `body` as `DiffService.CompareJson` describes it.

    Args:
        count: Most patches; None for all.
    """

    body: bytes
    skip: int = 0
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Answered:
    """What a query answers, the commit it read, and whether it made one."""

    commit_id: str
    answer: WoqlAnswer
    is_unchanged: bool = True


class GraphDocuments(Protocol):
    """Documents by TerminusDB's model."""

    async def write(
        self, target: Target, draft: TransactionDraft, insertion: Insertion
    ) -> Outcome[Written]:
        """Inserts or replaces documents.

        Raises:
            InvalidDocument, InvalidSchema, SchemaViolation, MigrationRefused.
            ResourceAlreadyExists: a document is there that its key does not allow twice.
            ResourceNotFound: also for a document to be replaced.
        """
        ...

    async def delete(
        self, target: Target, draft: TransactionDraft, deletion: Deletion
    ) -> Outcome[Written]:
        """Deletes documents; their ids are the answer.

        Raises:
            SchemaViolation: another document requires one of them.
        """
        ...

    async def patch(
        self, target: Target, draft: TransactionDraft, patch: PatchRequest
    ) -> Outcome[Written]:
        """Patches documents by `@id`.

        Raises:
            InvalidPatch, PatchConflict, SchemaViolation.
        """
        ...

    async def read(self, source: Source, selection: Selection, form: Form) -> Stream:
        """Reads documents: each part is one document as JSON, without separators.

        Raises:
            ResourceNotFound: also for an id that was asked for.
            DataVersionMismatch, InvalidQuery (a template that can't be understood).
        """
        ...

    async def count(self, source: Source, selection: Selection) -> Count:
        """Counts what `read` would answer."""
        ...

    async def check_presence(self, source: Source, ids: Sequence[str], graph: Graph) -> Presence:
        """Tells which documents are there."""
        ...


class GraphSchemas(Protocol):
    """The schema graph."""

    async def frames(
        self, source: Source, type_: str, *, compress_ids: bool, expand_abstract: bool
    ) -> Body:
        """Describes a class, or with an empty type every class, as TerminusDB's frames."""
        ...

    async def prefixes(self, source: Source) -> Body:
        """The context as a JSON object."""
        ...

    async def set_prefix(
        self, target: Target, draft: TransactionDraft, change: PrefixChange
    ) -> Outcome[None]:
        """Sets or removes a prefix.

        Raises:
            ResourceAlreadyExists, InvalidSchema.
        """
        ...

    async def migrate(
        self, target: Target, draft: TransactionDraft, migration: Migration
    ) -> Outcome[Migrated]:
        """Changes the schema by operations, and the documents with it.

        Raises:
            InvalidPatch, InvalidSchema, MigrationRefused.
        """
        ...

    async def compare_schemas(self, base: Source, other: bytes | Source) -> Body:
        """Compares a schema with another: a JSON array of its documents, or another revision's."""
        ...


class GraphTriples(Protocol):
    """Graphs as Turtle."""

    async def export_triples(self, source: Source, graph: Graph) -> Stream:
        """A graph as Turtle, ordered by subject."""
        ...

    async def write_triples(
        self, target: Target, draft: TransactionDraft, change: TripleChange
    ) -> Outcome[None]:
        """Adds triples, or replaces a graph by them.

        Raises:
            ParseError: it is no Turtle.
            SchemaViolation.
        """
        ...


class GraphQueries(Protocol):
    """WOQL."""

    def is_writing(self, body: bytes) -> bool:
        """Whether a query writes.

        Raises:
            InvalidQuery: it is no query.
        """
        ...

    async def query(
        self, source: Source, request: WoqlRequest, draft: TransactionDraft | None = None
    ) -> Answered:
        """Runs a query.

        Args:
            source: A branch for a query that writes.
            draft: For a query that writes only.
        Raises:
            InvalidQuery, UnsupportedOperation: before anything runs, where it can be known.
            LimitExceeded, DeadlineExceeded, SchemaViolation.
        """
        ...

    async def stream_query(self, source: Source, request: WoqlRequest) -> Stream:
        """Runs a query that reads; each part a line of JSON Lines: variables, rows, counts."""
        ...

    async def explain(self, source: Source, request: WoqlRequest) -> Body:
        """The plan as JSON."""
        ...

    async def compare(self, database: str, comparison: Comparison) -> Body:
        """Compares JSON values, or documents as of two revisions, as patches.

        Raises:
            InvalidPatch: the body says nothing that can be compared.
        """
        ...


class GraphStore(GraphDocuments, GraphSchemas, GraphTriples, GraphQueries, Protocol):
    """Everything a backend of graph databases offers."""
