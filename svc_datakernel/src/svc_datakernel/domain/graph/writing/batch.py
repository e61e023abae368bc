"""The documents of one request, read, checked and named."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from oms_core.errors import InvalidDocument

from svc_datakernel.domain.graph import expanded
from svc_datakernel.domain.graph.schema.model import Schema
from svc_datakernel.domain.graph.writing.bodies import check_depth
from svc_datakernel.domain.graph.writing.elaborating import Elaborator
from svc_datakernel.domain.graph.writing.identifying import Identifier
from svc_datakernel.domain.graph.writing.nodes import (
    Captures,
    DocumentNode,
    Finished,
    Finisher,
    Link,
    Pending,
    placed_nodes,
)
from svc_datakernel.domain.graph.writing.plans import Plan, plan_of
from svc_datakernel.domain.graph.writing.ranges import canonical_json
from svc_datakernel.domain.graph.writing.violations import Violation, invalid

_MOST_VIOLATIONS = 1_000


class BackLink(NamedTuple):
    """A reference that a document asks another one to have: `@linked-by`.

    Args:
        child: The document; a subdocument of `target` where its class says so.
    """

    target: str
    property: str
    child: Finished
    is_part: bool


@dataclass(slots=True)
class Batch:
    """What a request writes.

    Args:
        top: What each of the documents sent became, in their order.
        documents: All of them, with those that stood in others; subdocuments of `@linked-by` not.
        violations: What is wrong with documents that could not be read. Nothing may be written
            then: the documents are those that could, to be checked further.
        unread: How ids of the others may begin: nobody knows whether references to them hold.
    """

    top: list[Finished]
    documents: list[Finished]
    links: list[BackLink]
    violations: Sequence[Violation] = ()
    unread: tuple[str, ...] = ()


def read_batch(schema: Schema, documents: Sequence[Any], *, is_raw: bool = False) -> Batch:
    """Reads the documents of a request.

    What breaks the schema is in the batch.

    Raises:
        InvalidDocument: one can't be understood, or an id can't be made.
    """
    return _Reader(schema).read(documents, is_raw=is_raw)


class _Reader:
    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self._captures = Captures()
        self._plans: dict[str, Plan | None] = {}
        self._elaborator = Elaborator(schema, self._captures)
        subdocuments = frozenset(name for name in schema.classes if schema.is_subdocument(name))
        self._finisher = Finisher(self._captures, subdocuments)

    def read(self, documents: Sequence[Any], *, is_raw: bool) -> Batch:
        read: list[DocumentNode | Finished] = []
        violations: list[Violation] = []
        unread: dict[str, None] = {}
        for raw in documents:
            plain = None if is_raw else self._plain(raw)
            if plain is not None:
                read.append(plain)
                continue
            check_depth(raw)
            if is_raw or self._is_json_document(raw):
                read.append(self._json_document(raw, is_raw=is_raw))
                continue
            node, wrong = self._elaborator.top(raw)
            if node is not None and not wrong:
                read.append(node)
                continue
            violations += wrong
            unread[self._base_of(raw)] = None
            if len(violations) >= _MOST_VIOLATIONS:
                # What was not looked at is not known either.
                unread[""] = None
                break
        if not violations:
            return self._named(read)
        try:
            batch = self._named(read)
        except InvalidDocument:
            # Such as a reference to what one of the others would have captured.
            batch = Batch([], [], [])
        return replace(batch, violations=violations, unread=tuple(unread))

    def _base_of(self, raw: Mapping[str, Any]) -> str:
        """How the id of a document that could not be read may begin; nothing where documents may
        stand in it, or its class is unknown."""
        name = raw.get("@type")
        if type(name) is not str or any(isinstance(each, dict | list) for each in raw.values()):
            return ""
        name = self._schema.context.name_of(name)
        return self._schema.base_of(name) if self._schema.is_class(name) else ""

    def _named(self, read: Sequence[DocumentNode | Finished]) -> Batch:
        self._captures.check()
        nodes = [each for each in read if isinstance(each, DocumentNode)]
        Identifier(self._schema, self._captures).assign_all(nodes)
        return self._finished(read)

    def _plain(self, raw: Any) -> Finished | None:
        """A document by the plan of its class; None for one that needs the general way."""
        if raw.__class__ is not dict:
            return None
        name = raw.get("@type")
        if name.__class__ is not str:
            return None
        if name not in self._plans:
            self._plans[name] = plan_of(self._schema, name)
        plan = self._plans[name]
        return plan.read(raw) if plan is not None else None

    def _finished(self, read: Sequence[DocumentNode | Finished]) -> Batch:
        top: list[Finished] = []
        links: list[BackLink] = []
        finisher = self._finisher
        for each in read:
            if isinstance(each, Finished):
                finisher.finished.append(each)
                top.append(each)
                continue
            finisher.finish(each)
            made = finisher.finished[-1]
            top.append(made)
            links += self._links(each, made)
            if each.links and self._schema.is_subdocument(each.type):
                finisher.finished.pop()
        return Batch(top, finisher.finished, links)

    def _links(self, node: DocumentNode, made: Finished) -> list[BackLink]:
        found: list[BackLink] = []
        is_part = self._schema.is_subdocument(node.type)
        for link in node.links:
            target = self._target(link)
            found.append(BackLink(target, link.property, made, is_part))
        for value in node.values.values():
            for inner, _ in placed_nodes(value):
                if inner.links:
                    why = "'@linked-by' is possible in a document that stands alone only"
                    raise invalid("EmbeddedSubdocumentHasLinkedBy", inner.type, why)
        return found

    def _target(self, link: Link) -> str:
        if not isinstance(link.target, Pending):
            return link.target
        made = self._captures.id_of(link.target)
        assert made is not None  # ids of all captures are made by now
        return made

    def _is_json_document(self, raw: Any) -> bool:
        if not isinstance(raw, dict) or type(raw.get("@type")) is not str:
            return False
        return raw["@type"] in (expanded.JSON_DOCUMENT, _JSON_DOCUMENT_IRI)

    def _json_document(self, raw: Any, *, is_raw: bool) -> Finished:
        if not isinstance(raw, dict):
            raise invalid("TypeError", "body", f"{raw!r:.100} is no JSON object")
        submitted = raw.get("@id")
        if submitted is not None and type(submitted) is not str:
            why = f"@id is {submitted!r:.100}, not a text"
            raise invalid("InvalidJSONDocumentAtId", "body", why)
        hidden = {"@id"} if is_raw else {"@id", "@type"}
        body = {key: value for key, value in raw.items() if key not in hidden}
        text = submitted or f"JSONDocument/{secrets.token_urlsafe(12)}"
        return Finished(
            self._schema.context.id_of(text),
            expanded.JSON_DOCUMENT,
            {"@json": canonical_json(body)},
        )


_JSON_DOCUMENT_IRI = "http://terminusdb.com/schema/sys#JSONDocument"
