"""Ids of documents: made from their keys, or checked against them."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from typing import Any, Final

from svc_datakernel.domain.canonical_json import Number
from svc_datakernel.domain.graph import expanded
from svc_datakernel.domain.graph.prefixes import encode, has_protocol, quote_segment
from svc_datakernel.domain.graph.schema.model import Family, Key, Schema
from svc_datakernel.domain.graph.terms import Literal
from svc_datakernel.domain.graph.writing.nodes import (
    Captures,
    DocumentNode,
    Many,
    Pending,
    placed_nodes,
)
from svc_datakernel.domain.graph.writing.value_hash import ValueHash
from svc_datakernel.domain.graph.writing.violations import invalid
from svc_datakernel.domain.values import to_json

_NONE: Final = "+none+"


class NotYet(Exception):
    """An id depends on another one that is not made yet."""


class Identifier:
    """Makes ids of the documents of one request."""

    def __init__(self, schema: Schema, captures: Captures) -> None:
        self._schema = schema
        self._captures = captures
        self._value_hash = ValueHash(schema, captures)

    def assign_all(self, nodes: Sequence[DocumentNode]) -> None:
        """Makes the ids of documents and of all that stands in them, whatever refers to whatever.

        Raises:
            InvalidDocument: an id can't be made, or is not the one submitted.
        """
        waiting = list(nodes)
        while waiting:
            left: list[DocumentNode] = []
            for node in waiting:
                try:
                    self._assign(node, self._start(node))
                except NotYet:
                    left.append(node)
            if len(left) == len(waiting):
                why = "its key depends on itself through references"
                raise invalid("UnableToAssignIdsToDocument", left[0].type, why)
            waiting = left

    def _start(self, node: DocumentNode) -> str:
        """The path of a document that stands alone: of a subdocument, below its parent."""
        if not node.links or not self._schema.is_subdocument(node.type):
            return ""
        link = node.links[0]
        target = link.target
        parent = self._captures.id_of(target) if isinstance(target, Pending) else target
        if parent is None:
            raise NotYet
        return self._place(parent, link.property)

    def _assign(self, node: DocumentNode, path: str | None) -> None:
        if node.id is None:
            here = path if self._schema.is_subdocument(node.type) else ""
            key = self._schema.key_of(node.type)
            for name in key.fields:
                for inner, _ in placed_nodes(node.values.get(name)):
                    self._assign(inner, None)
            node.id = self._id(node, key, here)
        for name, value in node.values.items():
            for inner, place in placed_nodes(value):
                self._assign(inner, f"{self._place(node.id, name)}{place}")

    def _place(self, parent: str, name: str) -> str:
        node = self._schema.context.full(parent) if ":" in parent else parent
        shown = self._schema.context.shown_name(name)
        return f"{node}/{quote_segment(shown) if has_protocol(shown) else shown}/"

    def _id(self, node: DocumentNode, key: Key, path: str | None) -> str:
        base = self._schema.base_of(node.type)
        if key.kind == "ValueHash":
            digest = hashlib.sha256(self._value_hash.text_of(node).encode()).hexdigest()
            return self._checked(node, f"{base}{digest}")
        if path is None:
            why = "a subdocument can't be in the key of the document that holds it"
            raise invalid("UnableToAssignIdsToDocument", node.type, why)
        start = f"{path}{base}"
        if key.kind == "Lexical":
            return self._checked(node, start + self.suffix(node, key))
        if key.kind == "Hash":
            digest = hashlib.sha256(self.suffix(node, key).encode()).hexdigest()
            return self._checked(node, start + digest)
        if node.submitted_id is None:
            return self._schema.context.id_of(start + secrets.token_urlsafe(12))
        self._check_start(node, start)
        return node.submitted_id

    def _checked(self, node: DocumentNode, text: str) -> str:
        made = self._made(text)
        if node.submitted_id is not None and node.submitted_id != made:
            full = self._schema.context.full
            details = {"submitted_id": full(node.submitted_id), "generated_id": full(made)}
            why = f"was submitted with this id, its key makes it {details['generated_id']!r}"
            raise invalid(
                "SubmittedIdDoesNotMatchGeneratedId", details["submitted_id"], why, details
            )
        return made

    def _made(self, text: str) -> str:
        context = self._schema.context
        if context.is_plain and ":" not in text:
            return text
        return context.compact(context.expand(text))

    def _check_start(self, node: DocumentNode, start: str) -> None:
        assert node.submitted_id is not None
        submitted = self._schema.context.full(node.submitted_id)
        expected = self._schema.context.expand(start)
        if not submitted.startswith(expected):
            why = f"the id has to start with {expected!r}"
            details = {"submitted_id": submitted, "prefix": expected}
            raise invalid("SubmittedDocumentIdDoesNotHaveExpectedPrefix", submitted, why, details)

    def suffix(self, node: DocumentNode, key: Key) -> str:
        """What the fields of a key add to an id."""
        return "+".join(self._field(node, name) for name in key.fields)

    def _field(self, node: DocumentNode, name: str) -> str:
        value = node.values.get(name)
        if value is not None:
            return self._encoded(value)
        kind = self._schema.properties(node.type).get(name)
        if kind is None or kind.family not in (Family.OPTIONAL, Family.SET, Family.ARRAY):
            why = f"the field {name!r} of its key is missing"
            raise invalid("KeyMissingRequiredField", node.type, why, {"field": name})
        return _NONE

    def _encoded(self, value: Any) -> str:
        if isinstance(value, Many):
            return self._several(sorted(value, key=_order))
        if isinstance(value, dict):
            for container in ("@list", "@array"):
                if container in value:
                    return self._several(_flat(value[container]))
        return encode(self._text(value))

    def _several(self, values: Sequence[Any]) -> str:
        return "++".join(encode(self._text(value)) for value in values) if values else _NONE

    def _text(self, value: Any) -> str:
        if isinstance(value, DocumentNode | Pending):
            made = value.id if isinstance(value, DocumentNode) else self._captures.id_of(value)
            if made is None:
                raise NotYet
            return self._schema.context.full(made)
        literal = expanded.literal_of(value)
        if literal is not None:
            return _literal_text(literal)
        if "@id" in value:
            return self._schema.context.full(value["@id"])
        return expanded.dump(value).decode()


def _literal_text(literal: Literal) -> str:
    shown = to_json(literal)
    if isinstance(shown, bool):
        return "true" if shown else "false"
    return str(shown) if isinstance(shown, str | Number) else literal.lexical


def _order(value: Any) -> str:
    return repr(value)


def _flat(items: Sequence[Any]) -> list[Any]:
    return [
        leaf
        for item in items
        for leaf in (_flat(item) if isinstance(item, list) else [item])
        if leaf is not None
    ]
