"""Class frames: what a form would need to know of a class."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from svc_datakernel.domain.canonical_json import write_exact
from svc_datakernel.domain.graph.reading.naming import shown_class
from svc_datakernel.domain.graph.reading.plans import Plans, plans_of
from svc_datakernel.domain.graph.schema.model import enum_iri
from svc_datakernel.domain.graph.schema_classes import (
    CONTEXT,
    ancestors,
    own_properties,
    parents,
    properties,
)
from svc_datakernel.domain.graph.view import GraphView

_FLAGS: Final = ("@subdocument", "@abstract", "@unfoldable", "@shared")
_REMARKS: Final = ("@documentation", "@metadata")


def frames(view: GraphView, type_: str, compress_ids: bool, expand_abstract: bool) -> bytes:
    """The frame of a class, or with an empty `type_` of all, beside the context.

    A class that is not there has the frame of a class without properties.
    """
    framer = _Framer(plans_of(view), compress_ids=compress_ids, expand_abstract=expand_abstract)
    return write_exact(framer.one(type_) if type_ else framer.all())


class _Framer:
    def __init__(self, plans: Plans, *, compress_ids: bool, expand_abstract: bool) -> None:
        self._plans = plans
        self._classes = plans.classes
        self._compress_ids = compress_ids
        self._expand_abstract = expand_abstract

    def all(self) -> dict[str, Any]:
        found: dict[str, Any] = {"@context": {**self._classes.get(CONTEXT, {}), "@type": "Context"}}
        for name in self._classes:
            if name != CONTEXT:
                found[self._name(name)] = self._frame(name)
        return found

    def one(self, written: str) -> dict[str, Any]:
        return self._frame(self._plans.names.name_of(written))

    def _frame(self, name: str) -> dict[str, Any]:
        document = self._classes.get(name, {})
        frame: dict[str, Any] = {"@type": self._system("Class")}
        if document.get("@type") == "Enum":
            frame = {"@type": self._system("Enum"), "@values": self._values(name)}
        frame |= {key: [] for key in _FLAGS if key in document}
        frame |= {key: document[key] for key in _REMARKS if key in document}
        if "@key" in document:
            frame["@key"] = shown_class({"@key": document["@key"]}, self._plans.names)["@key"]
        if parents(document):
            frame["@inherits"] = sorted(map(self._name, ancestors(self._classes, name)[1:]))
        choices = self._choices(name)
        if choices:
            frame["@oneOf"] = choices
        chosen = {key for choice in choices for key in choice}
        for key, declared in properties(self._classes, name).items():
            if self._name(key) not in chosen:
                frame[self._name(key)] = self._type(declared)
        return frame

    def _choices(self, name: str) -> list[dict[str, Any]]:
        document = self._classes.get(name, {})
        if document.get("@type") == "TaggedUnion":
            return [self._choice(own_properties(document))]
        found: list[dict[str, Any]] = []
        for each in ancestors(self._classes, name):
            choices: Any = self._classes.get(each, {}).get("@oneOf", [])
            found += map(self._choice, [choices] if isinstance(choices, Mapping) else choices)
        return found

    def _choice(self, choice: Mapping[str, Any]) -> dict[str, Any]:
        return {self._name(key): self._type(declared) for key, declared in choice.items()}

    def _type(self, declared: Any) -> Any:
        if isinstance(declared, str):
            return self._range(declared)
        found: dict[str, Any] = {"@class": self._range(declared.get("@class", ""))}
        if "@type" in declared:
            found["@type"] = self._system(declared["@type"])
        if declared.get("@type") == "Array":
            found["@dimensions"] = declared.get("@dimensions", 1)
        exactly: Any = declared.get("@cardinality")
        for bound in ("min", "max"):
            value: Any = declared.get(f"@{bound}_cardinality", exactly)
            if value is not None:
                found[f"@{bound}"] = value
        return found

    def _range(self, name: str) -> Any:
        document = self._classes.get(name, {})
        if document.get("@type") == "Enum":
            values = self._values(name)
            return {"@type": self._system("Enum"), "@id": self._name(name), "@values": values}
        if "@abstract" in document and self._expand_abstract:
            concrete = sorted(
                each
                for each in self._plans.kinds_of(name)
                if "@abstract" not in self._classes[each]
            )
            return [self._range(each) for each in concrete]
        if "@subdocument" in document:
            return {"@class": self._name(name), "@subdocument": []}
        return self._name(name)

    def _values(self, enum: str) -> list[str]:
        values: list[str] = list(self._classes[enum].get("@value", []))
        if self._compress_ids:
            return values
        return [self._plans.names.full(enum_iri(enum, value)) for value in values]

    def _name(self, name: str) -> str:
        names = self._plans.names
        return names.short_range(name) if self._compress_ids else names.full_name(name)

    def _system(self, kind: str) -> str:
        return kind if self._compress_ids else self._plans.names.full(f"sys:{kind}")
