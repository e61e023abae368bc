"""New ids for documents whose class has another key."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from oms_core.errors import InvalidDocument, MigrationRefused, PreconditionViolation

from svc_datakernel.domain.graph import expanded, schema
from svc_datakernel.domain.graph.migration.draft import Body, Draft
from svc_datakernel.domain.graph.migration.operations import Operation
from svc_datakernel.domain.graph.migration.step import MOST_NAMED
from svc_datakernel.domain.graph.schema_classes import Classes, changes_between
from svc_datakernel.domain.graph.view import StoredDocument
from svc_datakernel.domain.graph.writing.identifying import Identifier
from svc_datakernel.domain.graph.writing.nodes import Captures, DocumentNode, Finisher, Many


def rekey(draft: Draft, operation: Operation, before: Classes, after: Classes) -> int:
    """Gives the documents of a class, or its subdocuments, the ids of its new key; what stands
    below them gets new ids too, and references follow. Answers how many documents changed.

    Raises:
        MigrationRefused: documents lack a field of the key, or would get the same id.
    """
    name: str = operation["class"]
    if before[name].get("@key") == after[name].get("@key"):
        return 0
    rekeyer = _Rekeyer(draft, operation, after)
    for document_id, type_name, body in draft.documents(draft.holding({name})):
        rekeyer.add(document_id, type_name, body)
    return rekeyer.store()


class _Rekeyer:
    """Collects documents with their new ids, then stores them."""

    def __init__(self, draft: Draft, operation: Operation, after: Classes) -> None:
        self._draft = draft
        self._operation = operation
        self._name: str = operation["class"]
        self._schema = _schema_of(draft, after)
        inner = (name for name in self._schema.classes if self._schema.is_subdocument(name))
        self._subdocuments = frozenset(inner)
        self._made: dict[str, list[tuple[str, str, Body]]] = {}
        self._new_ids: dict[str, str] = {}
        self._failed: dict[str, str] = {}

    def add(self, document_id: str, type_name: str, body: Body) -> None:
        node, old_ids = self._node(document_id, type_name, body)
        captures = Captures()
        try:
            Identifier(self._schema, captures).assign_all([node])
        except InvalidDocument as exc:
            self._failed[document_id] = exc.message
            return
        assert node.id is not None
        changed = {old: each.id for old, each in old_ids if each.id is not None and each.id != old}
        if changed:
            finisher = Finisher(captures, self._subdocuments)
            finisher.finish(node)
            self._made.setdefault(node.id, []).append(
                (document_id, type_name, finisher.finished[-1].body)
            )
            self._new_ids |= changed

    def store(self) -> int:
        self._check()
        for made in self._made.values():
            for document_id, type_name, _ in made:
                self._draft.remove(document_id, type_name)
        for new_id, [(_, type_name, body)] in self._made.items():
            self._draft.put(new_id, type_name, body)
        if self._new_ids:
            self._draft.rename(self._new_ids)
        return len(self._made)

    def _check(self) -> None:
        if self._failed:
            raise self._refused(self._failed, "lacks what the new key needs")
        moved = {each for made in self._made.values() for each, _, _ in made}
        taken = {each for each, _, _ in self._draft.documents(list(self._made))} - moved
        clashing = {
            document_id: f"would get the id {new_id!r}, and so would another"
            for new_id, made in self._made.items()
            for document_id, _, _ in made
            if len(made) > 1 or new_id in taken
        }
        if clashing:
            raise self._refused(clashing, "documents would get the same id")

    def _refused(self, ids: dict[str, str], why: str) -> MigrationRefused:
        named = sorted(ids)[:MOST_NAMED]
        error = self._operation.refused(f"{why}: {', '.join(named[:5])}", "api:IdOverlap")
        violations = [PreconditionViolation("MIGRATION", each, ids[each]) for each in named]
        return MigrationRefused(error.message, metadata=error.metadata, preconditions=violations)

    def _node(
        self, document_id: str, type_name: str, body: Body
    ) -> tuple[DocumentNode, list[tuple[str, DocumentNode]]]:
        """A document as `Identifier` takes it, and every node of it by the id that it had."""
        old_ids: list[tuple[str, DocumentNode]] = []

        def node(node_id: str, of: str, members: Body, is_kept: bool) -> DocumentNode:
            is_kept = is_kept and of != self._name
            made = DocumentNode(of, id=node_id if is_kept else None)
            old_ids.append((node_id, made))
            for key, member in members.items():
                if key not in ("@id", "@type"):
                    made.values[key] = value(member, is_kept)
            return made

        def value(member: Any, is_kept: bool) -> Any:
            if isinstance(member, list):
                return Many(value(each, is_kept) for each in member)
            if expanded.is_subdocument(member):
                return node(member["@id"], member["@type"], member, is_kept)
            for container in ("@list", "@array"):
                if isinstance(member, dict) and container in member:
                    return {container: list(_mapped(member[container], value, is_kept))}
            return member

        return node(document_id, type_name, body, True), old_ids


def _mapped(items: list[Any], value: Any, is_kept: bool) -> Iterator[Any]:
    for each in items:
        is_inner = isinstance(each, list)
        yield list(_mapped(each, value, is_kept)) if is_inner else value(each, is_kept)


def _schema_of(draft: Draft, classes: Classes) -> schema.Schema:
    stored = [
        StoredDocument(change.id, change.type, change.json)
        for change in changes_between({}, classes)
        if change.json is not None
    ]
    return schema.of_documents(draft.view.database, stored)
