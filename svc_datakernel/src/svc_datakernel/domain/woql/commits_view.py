"""The branches of a database as a graph of their own, for `Using` `_commits`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from urllib.parse import quote

from svc_datakernel.domain.graph.terms import RDF_TYPE, Literal, Node, Pattern, Triple
from svc_datakernel.domain.graph.view import GraphView, StoredDocument
from svc_datakernel.domain.model import Database, Revision
from svc_datakernel.domain.woql.capabilities import OtherCommits


class CommitsView:
    """A `GraphView` of branches, each with its name and head."""

    def __init__(self, view: GraphView, others: OtherCommits) -> None:
        self._view = view
        self._others = others

    @property
    def database(self) -> Database:
        return self._view.database

    @property
    def commit_id(self) -> str:
        return f"_commits@{self._view.commit_id}"

    @property
    def schema_key(self) -> str:
        return "_commits"

    def schema_documents(self) -> Sequence[StoredDocument]:
        return ()

    def documents(
        self, ids: Sequence[str], *, with_deleted: bool = False
    ) -> Mapping[str, StoredDocument]:
        return {}

    def owners(self, ids: Sequence[str]) -> Mapping[str, str]:
        return {}

    def list_documents(
        self, types: Sequence[str] | None, *, after: str = "", with_deleted: bool = False
    ) -> Iterator[StoredDocument]:
        return iter(())

    def count_documents(self, types: Sequence[str] | None) -> int:
        return 0

    def triples(self, pattern: Pattern) -> Iterator[Triple]:
        for triple in self._all():
            if (
                pattern.subject in (None, triple.subject)
                and pattern.predicate in (None, triple.predicate)
                and (pattern.object is None or pattern.object == triple.object)
            ):
                yield triple

    def _all(self) -> Iterator[Triple]:
        for name in self._others.branch_names():
            branch = f"Branch/{quote(name, safe='')}"
            head = self._others.view_at(Revision(branch=name)).commit_id
            commit = f"Commit/{head}"
            yield Triple(branch, RDF_TYPE, Node("@schema:Branch"))
            yield Triple(branch, "@schema:head", Node(commit))
            yield Triple(branch, "@schema:name", Literal("xsd:string", name))
            yield Triple(commit, RDF_TYPE, Node("@schema:ValidCommit"))
            yield Triple(commit, "@schema:identifier", Literal("xsd:string", head))

    def count_triples(self, pattern: Pattern, *, limit: int) -> int:
        return sum(1 for _ in islice(self.triples(pattern), limit))
