"""Stored documents as the JSON that callers see."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

import orjson
from oms_core.errors import LimitExceeded

from svc_datakernel.domain.canonical_json import Number, parse_exact
from svc_datakernel.domain.graph.reading.plans import JSON_DOCUMENT, ClassPlan, Plans
from svc_datakernel.domain.graph.requests import Form
from svc_datakernel.domain.graph.terms import Literal
from svc_datakernel.domain.graph.view import GraphView, StoredDocument
from svc_datakernel.domain.values import to_json

MOST_UNFOLDED: Final = 100_000
MOST_NESTED: Final = 100
_MOST_REMEMBERED: Final = 1_000

# A nested value, or a key with a colon. Possessive: linear whatever the text.
_COMPOUND: Final = re.compile(rb'[\[{]|"(?:[^":\\]|\\.)*+:(?:[^"\\]|\\.)*+":')
_SCALARS: Final = frozenset({str, int, float, bool, Number})
Body = Mapping[str, Any]


class Shower:
    """Shows documents of one view in one form. Remembers what it unfolded lately."""

    def __init__(self, view: GraphView, plans: Plans, form: Form) -> None:
        self._view = view
        self._plans = plans
        self._names = plans.names
        self._form = form
        self._is_default = (
            form.unfold and form.minimized and form.compress_ids and not form.prefixed
        )
        self._remembered: dict[str, tuple[str, Body] | None] = {}
        self._shown_keys: dict[str, str] = {}
        self._unfolded = 0
        self._has_exact = False

    def show(self, stored: StoredDocument) -> bytes:
        """A whole document."""
        if self._is_default and self._plans.of_class(stored.type).is_shown_as_stored:
            quick = _shown_as_stored(stored)
            if quick is not None:
                return quick
        body = self._parsed(stored.json)
        return self._written(self._document(stored.id, stored.type, body, ()))

    def show_part(self, stored: StoredDocument, part_id: str) -> bytes | None:
        """A subdocument of a document; None where it is not there."""
        found = find_part(self._parsed(stored.json), part_id)
        if found is None:
            return None
        return self._written(self._document(part_id, found["@type"], found, ()))

    def write(self, value: Any) -> bytes:
        """Any JSON value, with or without whitespace."""
        return (_compact(value) if self._form.minimized else _indented(value)).encode()

    def _parsed(self, stored: bytes) -> Any:
        self._unfolded = 0
        quick = orjson.loads(stored)
        # Only what is written back as it was has lost no digit.
        self._has_exact = orjson.dumps(quick) != stored
        return parse_exact(stored.decode()) if self._has_exact else quick

    def _written(self, value: Any) -> bytes:
        if self._form.minimized and not self._has_exact:
            return orjson.dumps(value)
        return self.write(value)

    def _document(
        self, document_id: str, type_name: str, body: Body, above: tuple[str, ...]
    ) -> dict[str, Any]:
        self._unfolded += 1
        if self._unfolded > MOST_UNFOLDED or len(above) > MOST_NESTED:
            raise LimitExceeded(
                f"more than {MOST_UNFOLDED} documents would be shown inside {above[0]!r}, or more "
                f"than {MOST_NESTED} inside each other; read it with unfold=false",
                metadata={"api_error": "api:DocRetrievalLimitExceeded"},
            )
        if type_name == JSON_DOCUMENT:
            return {"@id": self._id(document_id), **body["@json"]}
        plan = self._plans.of_class(type_name)
        shown: dict[str, Any] = {"@id": self._id(document_id), "@type": self._class(type_name)}
        inside = (*above, document_id)
        for key, value in body.items():
            if value.__class__ in _SCALARS and key[:1] != "@" and key not in plan.sets:
                shown[self._key(key)] = value
            elif not key.startswith("@") or key.startswith("@schema:"):
                shown[self._key(key)] = self._values(type_name, plan, key, value, inside)
        return shown

    def _values(
        self, type_name: str, plan: ClassPlan, key: str, value: Any, inside: tuple[str, ...]
    ) -> Any:
        may_unfold = key in plan.unfolds and self._form.unfold
        is_forced = may_unfold and self._plans.unfolds_anything(type_name, key)
        if isinstance(value, list):
            return [self._value(item, may_unfold, is_forced, inside) for item in value]
        shown = self._value(value, may_unfold, is_forced, inside)
        return [shown] if key in plan.sets else shown

    def _value(self, value: Any, may_unfold: bool, is_forced: bool, inside: tuple[str, ...]) -> Any:
        if not isinstance(value, dict):
            return value
        if "@value" in value:
            return self._literal(value)
        if "@id" in value:
            return self._node(value, may_unfold, is_forced, inside)
        items = value.get("@list", value.get("@array"))
        if items is not None:
            return self._array(items, may_unfold, is_forced, inside)
        return value["@json"] if "@json" in value else value.get("@unit", [])

    def _node(self, value: Body, may_unfold: bool, is_forced: bool, inside: tuple[str, ...]) -> Any:
        iri = value["@id"]
        if "@type" not in value:
            return self._reference(iri, may_unfold, is_forced, inside)
        if self._form.unfold and iri not in inside:
            return self._document(iri, value["@type"], value, inside)
        return self._id(iri)

    def _array(
        self, items: list[Any], may_unfold: bool, is_forced: bool, inside: tuple[str, ...]
    ) -> list[Any]:
        return [
            self._array(item, may_unfold, is_forced, inside)
            if isinstance(item, list)
            else self._value(item, may_unfold, is_forced, inside)
            for item in items
        ]

    def _reference(
        self, iri: str, may_unfold: bool, is_forced: bool, inside: tuple[str, ...]
    ) -> Any:
        value = self._plans.enum_value(iri)
        if value is not None:
            return value
        if may_unfold and iri not in inside:
            found = self._fetched(iri)
            if found is not None and (is_forced or self._plans.is_unfoldable(found[0])):
                return self._document(iri, found[0], found[1], inside)
        return self._id(iri)

    def _literal(self, value: Body) -> Any:
        shown = to_json(Literal(value["@type"], value["@value"], value.get("@language", "")))
        if type(shown) is Number:
            self._has_exact = True
        return shown

    def _fetched(self, iri: str) -> tuple[str, Body] | None:
        if iri not in self._remembered:
            if len(self._remembered) >= _MOST_REMEMBERED:
                self._remembered.clear()
            self._remembered[iri] = fetch(self._view, iri)
        self._has_exact = True
        return self._remembered[iri]

    def _id(self, iri: str) -> str:
        return self._names.short_id(iri) if self._form.compress_ids else self._names.full(iri)

    def _class(self, name: str) -> str:
        if not self._form.compress_ids:
            return self._names.full_name(name)
        return self._names.short_name(name)

    def _key(self, key: str) -> str:
        shown = self._shown_keys.get(key)
        if shown is None:
            short = self._class(key)
            is_spelt_out = self._form.prefixed and ":" not in short
            shown = self._shown_keys[key] = f"@schema:{short}" if is_spelt_out else short
        return shown


def fetch(view: GraphView, iri: str) -> tuple[str, Body] | None:
    """Class and expanded form of a document or subdocument; numbers as they were written."""
    stored = view.documents([iri]).get(iri)
    if stored is not None:
        return stored.type, parse_exact(stored.json.decode())
    owner = view.owners([iri]).get(iri)
    holding = view.documents([owner]).get(owner) if owner is not None else None
    if holding is None:
        return None
    part = find_part(parse_exact(holding.json.decode()), iri)
    return (part["@type"], part) if part is not None else None


def find_part(value: Any, part_id: str) -> Body | None:
    """The subdocument of that id inside an expanded value."""
    if isinstance(value, list):
        return next(filter(None, (find_part(item, part_id) for item in value)), None)
    if not isinstance(value, dict) or "@json" in value:
        return None
    if value.get("@id") == part_id and "@type" in value:
        return value
    return next(filter(None, (find_part(item, part_id) for item in value.values())), None)


def _shown_as_stored(stored: StoredDocument) -> bytes | None:
    body = stored.json
    if ":" in stored.id or _COMPOUND.search(body, 1) is not None:
        return None
    start = b'{"@id":' + orjson.dumps(stored.id) + b',"@type":' + orjson.dumps(stored.type)
    return start + (b"}" if body == b"{}" else b"," + body[1:])


def _compact(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ",".join(f"{_text(key)}:{_compact(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(_compact, value)) + "]"
    return _text(value)


def _text(value: Any) -> str:
    return str(value) if type(value) is Number else orjson.dumps(value).decode()


def _indented(value: Any, depth: int = 0) -> str:
    inner = "  " * (depth + 1)
    if isinstance(value, dict) and value:
        rows = [f"{inner}{_text(key)}: {_indented(item, depth + 1)}" for key, item in value.items()]
        return "{\n" + ",\n".join(rows) + "\n" + "  " * depth + "}"
    if isinstance(value, list) and value:
        rows = [f"{inner}{_indented(item, depth + 1)}" for item in value]
        return "[\n" + ",\n".join(rows) + "\n" + "  " * depth + "]"
    return _text(value)
