"""Names as answers show them: the context's prefixes, base and schema in short."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from svc_datakernel.domain.graph.prefixes import Context

SCHEMA_PREFIX: Final = "@schema:"


class Names:
    """Shortens and spells out stored IRIs of one commit."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self.prefixes = {
            name: iri
            for name, iri in context.document.items()
            if not name.startswith("@") and isinstance(iri, str)
        }
        # Longest first: the most specific prefix wins.
        self._by_iri = sorted(
            ((iri, f"{name}:") for name, iri in self.prefixes.items()),
            key=lambda pair: -len(pair[0]),
        )
        self.is_plain = context.is_plain and not any(
            iri.startswith((context.base, context.schema)) for iri in self.prefixes.values()
        )
        self.base = context.base
        self.schema = context.schema
        self.full = context.full
        self.full_name = context.full_name
        self.compact = context.compact
        self.id_of = context.id_of
        self.name_of = context.name_of

    def short_id(self, compact: str) -> str:
        """An id as answers have it."""
        if self.is_plain and ":" not in compact:
            return compact
        iri = self._context.full(compact)
        return self._shortened(iri, self._context.base, self._context.schema, SCHEMA_PREFIX)

    def short_name(self, name: str) -> str:
        """The name of a class or property as answers have it."""
        if self.is_plain and ":" not in name:
            return name
        iri = self._context.full_name(name)
        return self._shortened(iri, self._context.schema, self._context.base, "@base:")

    def short_range(self, name: str) -> str:
        """What a property holds as schema documents have it: a datatype keeps its own prefix."""
        if name.startswith(("xsd:", "xdd:", "sys:", "rdf:", "rdfs:")) and "//" not in name:
            return name
        return self.short_name(name)

    def _shortened(self, iri: str, home: str, other: str, other_prefix: str) -> str:
        own = max((len(each) for each in (home, other) if iri.startswith(each)), default=0)
        for expansion, name in self._by_iri:
            if len(expansion) <= own:
                break
            if iri.startswith(expansion):
                return name + iri[len(expansion) :]
        if own and iri.startswith(home) and own == len(home):
            return iri[len(home) :]
        return other_prefix + iri[len(other) :] if own else iri


def shown_class(document: Mapping[str, Any], names: Names) -> dict[str, Any]:
    """A schema document with its names as answers have them."""
    if names.is_plain:
        return dict(document)
    found: dict[str, Any] = {}
    for key, value in document.items():
        if key == "@id":
            found[key] = names.short_name(value)
        elif key == "@inherits":
            found[key] = _shown_type(value, names)
        elif key == "@key":
            found[key] = _shown_key(value, names)
        elif key == "@oneOf":
            choices = [value] if isinstance(value, Mapping) else value
            shown = [shown_class(choice, names) for choice in choices]
            found[key] = shown[0] if isinstance(value, Mapping) else shown
        elif key.startswith("@"):
            found[key] = value
        else:
            found[names.short_name(key)] = _shown_type(value, names)
    return found


def _shown_key(key: Mapping[str, Any], names: Names) -> dict[str, Any]:
    fields = key.get("@fields")
    shown = {} if fields is None else {"@fields": [names.short_name(field) for field in fields]}
    return {**key, **shown}


def _shown_type(declared: Any, names: Names) -> Any:
    if isinstance(declared, str):
        return names.short_range(declared)
    if isinstance(declared, list):
        return [names.short_range(each) for each in declared]
    return {**declared, "@class": names.short_range(declared.get("@class", ""))}
