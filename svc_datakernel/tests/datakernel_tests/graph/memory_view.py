"""A graph database in a dictionary: what the logic of the model is tested on."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from itertools import islice
from typing import TypeVar

from svc_datakernel.domain.graph import expanded
from svc_datakernel.domain.graph.terms import (
    DEFAULT_BASE_IRI,
    DEFAULT_SCHEMA_IRI,
    Literal,
    Node,
    Pattern,
    Triple,
)
from svc_datakernel.domain.graph.view import (
    DocumentChange,
    GraphView,
    Outcome,
    StoredDocument,
    TransactionDraft,
    Work,
)
from svc_datakernel.domain.model import MAIN_BRANCH, Commit, Database, DatabaseModel, Revision

T = TypeVar("T")

DATABASE = Database(
    id="test",
    display_name="test",
    description="",
    kind="",
    create_time_us=0,
    model=DatabaseModel.GRAPH,
    base_iri=DEFAULT_BASE_IRI,
    schema_iri=DEFAULT_SCHEMA_IRI,
)


class MemoryView:
    """One commit, held whole in memory."""

    def __init__(
        self,
        documents: Mapping[str, StoredDocument] | None = None,
        *,
        commit_id: str = "0" * 64,
        database: Database = DATABASE,
    ) -> None:
        self._documents = dict(sorted((documents or {}).items()))
        self._commit_id = commit_id
        self._database = database
        self._triples: list[Triple] | None = None
        self._by_subject: dict[str, list[Triple]] = {}
        self._owners: dict[str, str] = {}

    @property
    def database(self) -> Database:
        return self._database

    @property
    def commit_id(self) -> str:
        return self._commit_id

    @property
    def schema_key(self) -> str:
        content = b"\0".join(
            each.id.encode() + each.type.encode() + each.json for each in self.schema_documents()
        )
        return hashlib.sha256(content).hexdigest()

    def schema_documents(self) -> Sequence[StoredDocument]:
        found = [each for each in self._documents.values() if _is_schema(each.id)]
        return sorted(found, key=lambda each: (each.id != "@context", each.id))

    def documents(
        self, ids: Sequence[str], *, with_deleted: bool = False
    ) -> Mapping[str, StoredDocument]:
        found = {key: self._documents[key] for key in ids if key in self._documents}
        return {key: each for key, each in found.items() if with_deleted or not each.is_deleted}

    def owners(self, ids: Sequence[str]) -> Mapping[str, str]:
        self._index()
        return {key: self._owners[key] for key in ids if key in self._owners}

    def list_documents(
        self, types: Sequence[str] | None, *, after: str = "", with_deleted: bool = False
    ) -> Iterator[StoredDocument]:
        for each in self._documents.values():
            if _is_schema(each.id) or (each.is_deleted and not with_deleted):
                continue
            if each.id > after and (types is None or each.type in types):
                yield each

    def count_documents(self, types: Sequence[str] | None) -> int:
        return sum(1 for _ in self.list_documents(types))

    def triples(self, pattern: Pattern) -> Iterator[Triple]:
        triples = self._index()
        some = triples if pattern.subject is None else self._by_subject.get(pattern.subject, [])
        for each in some:
            if pattern.predicate is not None and each.predicate != pattern.predicate:
                continue
            if pattern.object is None or each.object == pattern.object:
                yield each

    def count_triples(self, pattern: Pattern, *, limit: int) -> int:
        return sum(1 for _ in islice(self.triples(pattern), limit))

    def changed(self, changes: Sequence[DocumentChange], commit_id: str) -> MemoryView:
        """The commit that these changes make of this one."""
        documents = dict(self._documents)
        for change in changes:
            if change.json is not None:
                documents[change.id] = StoredDocument(change.id, change.type, change.json)
            elif change.is_hard or _is_schema(change.id):
                documents.pop(change.id, None)
            elif (old := documents.get(change.id)) is not None:
                documents[change.id] = StoredDocument(old.id, old.type, old.json, True)
        return MemoryView(documents, commit_id=commit_id, database=self._database)

    def is_changed_by(self, change: DocumentChange) -> bool:
        """Whether a change changes anything."""
        old = self.documents([change.id]).get(change.id)
        if change.json is None:
            return old is not None
        return old is None or (old.type, old.json) != (change.type, change.json)

    def _index(self) -> list[Triple]:
        if self._triples is None:
            self._triples = []
            for each in self.list_documents(None):
                own = dict.fromkeys(expanded.triples_of(each.id, each.type, each.json))
                self._triples += own
                for triple in own:
                    self._by_subject.setdefault(triple.subject, []).append(triple)
                    if triple.subject != each.id:
                        self._owners[triple.subject] = each.id
            self._triples.sort(key=_order)
        return self._triples


class MemorySnapshots:
    """Commits of one database as copies, branches as names for them."""

    def __init__(self, view: MemoryView | None = None) -> None:
        first = view or MemoryView()
        self._commits = {first.commit_id: first}
        self._branches = {MAIN_BRANCH: first.commit_id}
        self._log: dict[str, Commit] = {first.commit_id: _commit(first.commit_id, (), None, 0)}

    def head(self, branch: str = MAIN_BRANCH) -> MemoryView:
        """The commit a branch is at."""
        return self._commits[self._branches[branch]]

    def make_branch(self, name: str, start: str = MAIN_BRANCH) -> None:
        """Starts a branch where another one is."""
        self._branches[name] = self._branches[start]

    def run(
        self,
        work: Callable[[GraphView], Work[T]],
        branch: str = MAIN_BRANCH,
        draft: TransactionDraft | None = None,
    ) -> Outcome[T]:
        """Does what `transact` does, at once."""
        head = self.head(branch)
        done = work(head)
        changes = [each for each in done.changes if head.is_changed_by(each)]
        if not changes or (draft is not None and draft.is_dry_run):
            return Outcome(self._log[head.commit_id], True, done.answer)
        made = hashlib.sha256(f"{head.commit_id}{len(self._commits)}".encode()).hexdigest()
        self._commits[made] = head.changed(changes, made)
        self._log[made] = _commit(made, (head.commit_id,), draft, len(changes))
        self._branches[branch] = made
        return Outcome(self._log[made], False, done.answer)

    async def read(self, database: str, revision: Revision, work: Callable[[GraphView], T]) -> T:
        return work(self._at(revision))

    async def stream(
        self, database: str, revision: Revision, work: Callable[[GraphView], Iterator[T]]
    ) -> AsyncIterator[T]:
        for item in work(self._at(revision)):
            yield item

    async def transact(
        self,
        database: str,
        branch: str,
        draft: TransactionDraft,
        work: Callable[[GraphView], Work[T]],
        *,
        expects_new: bool = False,
    ) -> Outcome[T]:
        return self.run(work, branch, draft)

    def _at(self, revision: Revision) -> MemoryView:
        if revision.commit:
            return self._commits[revision.commit]
        return self.head(revision.branch or MAIN_BRANCH)


def _commit(
    commit_id: str, parents: tuple[str, ...], draft: TransactionDraft | None, change_count: int
) -> Commit:
    return Commit(
        id=commit_id,
        parents=parents,
        author=draft.author if draft else "test",
        message=draft.message if draft else "",
        time_us=0,
        branch=MAIN_BRANCH,
        sequence=0,
        change_count=change_count,
        request_id="",
        fingerprint=b"",
    )


def _is_schema(document_id: str) -> bool:
    return document_id.startswith("@")


def _order(triple: Triple) -> tuple[str, ...]:
    term = triple.object
    if isinstance(term, Node):
        return (triple.subject, triple.predicate, "", term.iri)
    assert isinstance(term, Literal)
    return (triple.subject, triple.predicate, *term)
