"""What the model's logic reads and writes through: one commit as a graph, and transactions.

Everything here is synchronous and runs on a thread of the store, never on the event
loop. `domain/graph` and `domain/woql` are written against these protocols; a SQL
backend offers them in `adapters/sql/graph_*.py`, tests have one in memory.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, NamedTuple, Protocol, TypeVar

from svc_datakernel.domain.graph.flat import Flat
from svc_datakernel.domain.graph.terms import Pattern, Triple
from svc_datakernel.domain.model import Commit, Database, Revision

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """A document as it is stored.

    Args:
        id: Compact IRI of the document.
        type: Name of its class as in the schema, such as `Person`; a schema document has `@Class`,
            `@Enum`, `@TaggedUnion`, `@Unit`, `@Foreign` or `@context`.
        json: Its expanded form, see `expanded.py`, canonical.
        is_deleted: Softly deleted: only answered where that was asked for.
    """

    id: str
    type: str
    json: bytes
    is_deleted: bool = False


class GraphView(Protocol):
    """A database as of one commit. Schema documents are under ids `@schema/<name>` and `@context`
    beside the instance documents; methods without `schema` in their name pass over them."""

    @property
    def database(self) -> Database:
        """The database, with its `base_iri` and `schema_iri`."""
        ...

    @property
    def commit_id(self) -> str:
        """Id of the commit."""
        ...

    @property
    def schema_key(self) -> str:
        """Equal for two commits only if their schema graphs are: to cache parsed ones by."""
        ...

    def schema_documents(self) -> Sequence[StoredDocument]:
        """Every document of the schema graph, the context first, then by id."""
        ...

    def documents(
        self, ids: Sequence[str], *, with_deleted: bool = False
    ) -> Mapping[str, StoredDocument]:
        """Documents by id, those that are there. Any ids, also of the schema graph."""
        ...

    def owners(self, ids: Sequence[str]) -> Mapping[str, str]:
        """For ids of subdocuments that are there: the id of the document that holds each."""
        ...

    def list_documents(
        self, types: Sequence[str] | None, *, after: str = "", with_deleted: bool = False
    ) -> Iterator[StoredDocument]:
        """Documents of these classes (exactly these; None: all), by id, in bounded memory."""
        ...

    def count_documents(self, types: Sequence[str] | None) -> int:
        """How many `list_documents` would answer."""
        ...

    def triples(self, pattern: Pattern) -> Iterator[Triple]:
        """Triples of the instance graph, lazily, ordered by subject, predicate, object where
        the subject is open. The triples of a document are those `expanded.triples_of` derives."""
        ...

    def count_triples(self, pattern: Pattern, *, limit: int) -> int:
        """How many triples match, counted up to a limit; for planning and `TripleCount`."""
        ...


class DocumentChange(NamedTuple):
    """What to store under an id: expanded form and type, or nothing. `json` is canonical.

    Args:
        flat: The triples of `json`, where they are known without parsing it.
    """

    id: str
    type: str
    json: bytes | None
    is_hard: bool = False
    flat: Flat | None = None


@dataclass(frozen=True, slots=True)
class TransactionDraft:
    """Who wants what committed, under what conditions.

    Args:
        author: As `oms_security.author_string` writes it.
        expected_head: Id of the commit that has to be the head; empty for any.
        data_version: As in `domain/graph/data_version.py`; empty for any.
        request_id: Makes the transaction safe to repeat; empty for none.
        fingerprint: Tells whether a repeated request id means the same request.
        is_dry_run: Run the work, commit nothing.
        keeps_answer: Keep the answer with the request id, to give it again.
    """

    author: str
    message: str = ""
    expected_head: str = ""
    data_version: str = ""
    request_id: str = ""
    fingerprint: bytes = b""
    is_dry_run: bool = False
    keeps_answer: bool = True


@dataclass(frozen=True, slots=True)
class Work(Generic[T]):
    """What a piece of work decided: changes to commit, and what to answer."""

    changes: Sequence[DocumentChange]
    answer: T


@dataclass(frozen=True, slots=True)
class Outcome(Generic[T]):
    """How a transaction ended. Without a change there is no commit: `commit` is the head then.

    Args:
        answer: The work's; when a `request_id` was repeated, what its first run answered. None
            then where that was not kept: see `kept_answers.py`.
        is_repeated: Nothing was run, the request was answered before.
    """

    commit: Commit
    is_unchanged: bool
    answer: T | None
    is_repeated: bool = False


class Snapshots(Protocol):
    """Runs synchronous work against commits of graph databases."""

    async def read(self, database: str, revision: Revision, work: Callable[[GraphView], T]) -> T:
        """Runs work on a reader's thread.

        Raises:
            WrongModel: the database is no graph database.
        """
        ...

    def stream(
        self, database: str, revision: Revision, work: Callable[[GraphView], Iterator[T]]
    ) -> AsyncIterator[T]:
        """Runs a generator on a reader's thread, with a few items of look-ahead; closing the
        iterator closes the generator."""
        ...

    async def transact(
        self,
        database: str,
        branch: str,
        draft: TransactionDraft,
        work: Callable[[GraphView], Work[T]],
        *,
        expects_new: bool = False,
    ) -> Outcome[T]:
        """Runs work on the head under the writer's lock, then commits its changes and
        indexes their triples: all or nothing, durable once answered. Whatever the work raises
        leaves no trace. Changes that change nothing are left out.

        Args:
            work: Decides from nothing but its view; may be run several times.
            expects_new: It is small, and of documents asks most likely only for some that
                are not there: worth to be run before its turn.
        Raises:
            WrongModel, StaleHead, DataVersionMismatch, RequestIdReused, ResourceNotFound,
                LimitExceeded.
        """
        ...
