"""How documents of each class are shown, worked out once for a schema."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from svc_datakernel.domain.graph.prefixes import Context
from svc_datakernel.domain.graph.reading.naming import Names
from svc_datakernel.domain.graph.schema.model import enum_iri
from svc_datakernel.domain.graph.schema_classes import (
    CONTEXT,
    Classes,
    classes_of,
    descendants,
    properties,
)
from svc_datakernel.domain.graph.view import GraphView

_MOST_CACHED: Final = 64
JSON_DOCUMENT: Final = "sys:JSONDocument"


@dataclass(frozen=True, slots=True)
class ClassPlan:
    """How documents of a class are shown.

    Args:
        sets: Properties whose values are an array even when there is one.
        unfolds: Properties whose references may be shown as the documents they refer to.
        is_shown_as_stored: Stored values of plain types need no change to be shown.
    """

    sets: frozenset[str]
    unfolds: frozenset[str]
    is_shown_as_stored: bool


class Plans:
    """Everything about a schema that reading needs."""

    def __init__(self, classes: Classes, base_iri: str, schema_iri: str) -> None:
        self.classes = classes
        self.names = Names(Context(base_iri, schema_iri, classes.get(CONTEXT, {})))
        self._subdocuments = _marked(classes, "@subdocument")
        self._unfoldable = _marked(classes, "@unfoldable")
        self._enum_values = {
            enum_iri(name, value): value
            for name, document in classes.items()
            if document["@type"] == "Enum"
            for value in document.get("@value", [])
        }
        self._plans: dict[str, ClassPlan] = {}
        self._kinds: dict[str, frozenset[str]] = {}

    def of_class(self, name: str) -> ClassPlan:
        """The plan of a class; one that has nothing special for a class that is not there."""
        found = self._plans.get(name)
        if found is None:
            found = self._plans[name] = self._plan(name)
        return found

    def kinds_of(self, name: str) -> frozenset[str]:
        """A class and those that inherit from it; empty for a class that is not there."""
        if name == JSON_DOCUMENT:
            return frozenset({name})
        if name not in self.classes:
            return frozenset()
        found = self._kinds.get(name)
        if found is None:
            found = self._kinds[name] = frozenset(descendants(self.classes, name))
        return found

    def is_subdocument(self, name: str) -> bool:
        """Whether documents of a class live inside others."""
        return name in self._subdocuments

    def is_unfoldable(self, name: str) -> bool:
        """Whether documents of a class are shown in place of references to them."""
        return name in self._unfoldable or name in self._subdocuments

    def enum_value(self, iri: str) -> str | None:
        """The value that an IRI is of an enum; None for anything else."""
        return self._enum_values.get(iri)

    def _plan(self, name: str) -> ClassPlan:
        declared = properties(self.classes, name)
        return ClassPlan(
            sets=frozenset(key for key, type_ in declared.items() if _family(type_) == "Set"),
            unfolds=frozenset(key for key, type_ in declared.items() if self._may_unfold(type_)),
            is_shown_as_stored=self.names.is_plain
            and ":" not in name
            and not any(_family(type_) == "Set" for type_ in declared.values()),
        )

    def _may_unfold(self, declared: Any) -> bool:
        if isinstance(declared, Mapping) and declared.get("@unfold"):
            return True
        of: Any = declared.get("@class", "") if isinstance(declared, Mapping) else declared
        return isinstance(of, str) and any(map(self.is_unfoldable, self.kinds_of(of)))

    def unfolds_anything(self, name: str, key: str) -> bool:
        """Whether a property asks by itself that what it refers to is shown."""
        declared = properties(self.classes, name).get(key)
        return isinstance(declared, Mapping) and bool(declared.get("@unfold"))


def _marked(classes: Classes, member: str) -> set[str]:
    """Classes with a member that is inherited."""
    having = [name for name, document in classes.items() if member in document]
    return {kind for name in having for kind in descendants(classes, name)}


def _family(declared: Any) -> str:
    return str(declared.get("@type", "")) if isinstance(declared, Mapping) else ""


class _Cache:
    """Plans by schema, the ones used last."""

    def __init__(self) -> None:
        self._found: OrderedDict[tuple[str, str, str], Plans] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, view: GraphView) -> Plans:
        key = (view.schema_key, view.database.base_iri, view.database.schema_iri)
        with self._lock:
            found = self._found.get(key)
            if found is not None:
                self._found.move_to_end(key)
                return found
        found = Plans(classes_of(view), view.database.base_iri, view.database.schema_iri)
        with self._lock:
            self._found[key] = found
            if len(self._found) > _MOST_CACHED:
                self._found.popitem(last=False)
        return found


_CACHE: Final = _Cache()


def plans_of(view: GraphView) -> Plans:
    """The plans for a view's schema."""
    return _CACHE.of(view)
