"""Compact IRIs as callers write them and see them: the context's prefixes at the edge."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from oms_core.errors import InvalidQuery

from svc_datakernel.domain.graph.terms import STANDARD_PREFIXES

SCHEMA_PREFIX: Final = "@schema:"
_FULL: Final = "://"


class Names:
    """Shortens and spells out IRIs of one database.

    Args:
        base_iri: What ids without a colon are relative to.
        schema_iri: What `@schema:` stands for.
        prefixes: Those of the context, `@` members passed over.
    """

    def __init__(self, base_iri: str, schema_iri: str, prefixes: Mapping[str, Any]) -> None:
        self.base_iri = base_iri
        self.schema_iri = schema_iri
        self.prefixes = {
            name: iri
            for name, iri in prefixes.items()
            if not name.startswith("@") and isinstance(iri, str)
        }
        # Longest first: the most specific prefix wins.
        self._by_iri = sorted(
            ((iri, f"{name}:") for name, iri in self.prefixes.items()),
            key=lambda pair: -len(pair[0]),
        )
        self.is_plain = not any(
            iri.startswith((base_iri, schema_iri)) for iri in self.prefixes.values()
        )

    def full(self, compact: str) -> str:
        """The full IRI of a compact one."""
        prefix, colon, local = compact.partition(":")
        if not colon:
            return self.base_iri + compact
        if prefix == "@schema":
            return self.schema_iri + local
        if prefix in STANDARD_PREFIXES and not local.startswith("//"):
            return STANDARD_PREFIXES[prefix] + local
        return compact

    def full_property(self, key: str) -> str:
        """The full IRI of a member's key."""
        return self.full(key) if ":" in key else self.schema_iri + key

    def compact(self, iri: str) -> str:
        """The compact form of a full IRI."""
        if iri.startswith(self.base_iri) and ":" not in iri[len(self.base_iri) :]:
            return iri[len(self.base_iri) :]
        if iri.startswith(self.schema_iri):
            return SCHEMA_PREFIX + iri[len(self.schema_iri) :]
        for name, standard in STANDARD_PREFIXES.items():
            if iri.startswith(standard):
                return f"{name}:{iri[len(standard) :]}"
        return iri

    def id_of(self, written: str) -> str:
        """The compact form of an id as a caller writes it: full, short or with a prefix."""
        prefix, colon, local = written.partition(":")
        if not colon:
            return written
        if prefix == "@base":
            return local
        if prefix == "@schema" or (prefix in STANDARD_PREFIXES and prefix not in self.prefixes):
            return written
        if prefix in self.prefixes:
            return self.compact(self.prefixes[prefix] + local)
        if local.startswith("/") or _FULL in written or prefix in ("urn", "tag", "mailto", "did"):
            return self.compact(written)
        if "/" in prefix:
            return written
        raise InvalidQuery(
            f"the prefix {prefix!r} of {written!r} is not in the context",
            metadata={"api_error": "api:QueryDocumentHasUndefinedPrefix", "prefix": prefix},
        )

    def class_of(self, written: str) -> str:
        """The name of a class, a property or a datatype as a caller writes it."""
        if ":" not in written:
            return written
        return self.id_of(written).removeprefix(SCHEMA_PREFIX)

    def short_id(self, compact: str) -> str:
        """An id as answers have it."""
        if ":" not in compact and self.is_plain:
            return compact
        iri = self.full(compact)
        name = self._prefixed(iri)
        if name is not None:
            return name
        if iri.startswith(self.base_iri):
            return iri[len(self.base_iri) :]
        if iri.startswith(self.schema_iri):
            return SCHEMA_PREFIX + iri[len(self.schema_iri) :]
        return iri

    def short_property(self, key: str) -> str:
        """The key of a member, or the name of a class, as answers have it."""
        if ":" not in key and self.is_plain:
            return key
        iri = self.full_property(key)
        name = self._prefixed(iri)
        if name is not None:
            return name
        if iri.startswith(self.schema_iri):
            return iri[len(self.schema_iri) :]
        if iri.startswith(self.base_iri):
            return f"@base:{iri[len(self.base_iri) :]}"
        return iri

    def _prefixed(self, iri: str) -> str | None:
        own = max(
            (len(each) for each in (self.base_iri, self.schema_iri) if iri.startswith(each)),
            default=0,
        )
        for expansion, name in self._by_iri:
            if len(expansion) <= own:
                break
            if iri.startswith(expansion):
                return name + iri[len(expansion) :]
        return None
