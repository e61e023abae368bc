"""How a document is shown in a witness: full IRIs, what is checked so far with its datatype."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from oms_core.errors import InvalidField

from svc_datakernel.domain.canonical_json import Number
from svc_datakernel.domain.graph.schema.model import Family, PropertyType, Schema, enum_iri


class Shown:
    """A document on its way through the checks, as TerminusDB shows it."""

    def __init__(
        self, schema: Schema, raw: Mapping[str, Any], name: str | None, fields: Mapping[str, Any]
    ) -> None:
        self._schema = schema
        self._raw = raw
        self._name = name
        self._fields = fields
        self._checked: dict[str, PropertyType] = {}

    def mark(self, name: str, kind: PropertyType) -> None:
        """Takes a property for checked."""
        self._checked[name] = kind

    def document(self) -> dict[str, Any]:
        """The document as far as it is checked."""
        context = self._schema.context
        found = {key: value for key, value in self._raw.items() if key[:1] == "@"}
        if type(found.get("@id")) is str:
            found["@id"] = context.expand(found["@id"])
        if self._name is not None:
            found["@type"] = context.full_name(self._name)
        for name, value in self._fields.items():
            kind = self._checked.get(name)
            shown = value if kind is None else self._annotated(kind, value)
            found[context.full_name(name)] = shown
        return found

    def choice(self, choice: Mapping[str, PropertyType]) -> dict[str, Any]:
        """A group of properties with their types."""
        full = self._schema.context.full_name
        return {full(name): self._type(kind) for name, kind in choice.items()}

    def _type(self, kind: PropertyType) -> Any:
        iri = self._schema.context.full_name(kind.range)
        if kind.family is Family.REQUIRED:
            return iri
        return {"@type": f"http://terminusdb.com/schema/sys#{kind.family.value}", "@class": iri}

    def _annotated(self, kind: PropertyType, value: Any) -> Any:
        iri = self._schema.context.full_name(kind.range)
        if kind.family in (Family.REQUIRED, Family.OPTIONAL):
            return self._single(kind.range, value)
        container = {Family.LIST: "@list", Family.ARRAY: "@array"}.get(kind.family, "@set")
        items = value if isinstance(value, list) else [value]
        found: dict[str, Any] = {
            "@container": container,
            "@type": iri,
            "@value": [self._single(kind.range, item) for item in items],
        }
        if kind.family is Family.ARRAY:
            found["@dimensions"] = Number(kind.dimensions)
        return found

    def _single(self, name: str, value: Any) -> Any:
        iri = self._schema.context.full_name(name)
        if isinstance(value, dict | list) or name == "sys:Unit":
            return value
        if self._schema.is_datatype(name) or name == "sys:JSON":
            return {"@type": iri, "@value": value}
        if self._schema.is_enum(name):
            return {"@type": "@id", "@id": self._schema.context.full(enum_iri(name, str(value)))}
        try:
            return {"@type": "@id", "@id": self._schema.context.expand(str(value))}
        except InvalidField:
            return value
