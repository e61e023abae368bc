"""Names of nodes: as queries write them, as the graph has them, and as answers show them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from svc_datakernel.domain.graph.terms import STANDARD_PREFIXES, Node
from svc_datakernel.domain.graph.view import GraphView
from svc_datakernel.domain.woql import errors

_PROTOCOL: Final = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*://")
_PREFIXED: Final = re.compile(r"(@?[^:/?#@ ]+):(.*)", re.DOTALL)
# Known in queries and answers alone; nothing stored is compacted by them.
_QUERY_PREFIXES: Final = {
    "woql": "http://terminusdb.com/schema/woql#",
    "api": "http://terminusdb.com/schema/api#",
    "vio": "http://terminusdb.com/schema/vio#",
}


class Names:
    """How a database shortens names.

    Args:
        base_iri: That of the database, as `schema_iri`: by them stored names are compact.
        prefixes: Those of its context, which may have another `@base` and `@schema`.
    """

    def __init__(self, base_iri: str, schema_iri: str, prefixes: Mapping[str, str]) -> None:
        self._base = base_iri
        self._schema = schema_iri
        own = {"@base": base_iri, "@schema": schema_iri}
        self._prefixes = {**own, **_QUERY_PREFIXES, **STANDARD_PREFIXES, **prefixes}
        self._is_plain = all(self._prefixes[name] == iri for name, iri in own.items())
        self._shown = {
            prefix: iri
            for prefix, iri in self._prefixes.items()
            if prefix not in STANDARD_PREFIXES and prefix not in own
        }

    @classmethod
    def of(cls, view: GraphView) -> Names:
        """The names of a commit; read once for all commits that have the same schema graph."""
        database = view.database
        kept = _kept(database.base_iri, database.schema_iri, view.schema_key)
        if not kept:
            kept.append(cls._read(view))
        return kept[0]

    @classmethod
    def _read(cls, view: GraphView) -> Names:
        database = view.database
        found = next((d.json for d in view.schema_documents() if d.id == "@context"), b"{}")
        return cls(database.base_iri, database.schema_iri, _user_prefixes(found))

    def node(self, text: str) -> Node:
        """A node by the name a query has for it; without a prefix in the base.

        Raises:
            InvalidQuery: an unknown prefix.
        """
        return Node(self._compact_name(text, "@base"))

    def property(self, text: str) -> Node:
        """As `node`, but without a prefix in the schema."""
        return Node(self._compact_name(text, "@schema"))

    def _compact_name(self, text: str, default: str) -> str:
        if _PROTOCOL.match(text):
            return self.compact(text)
        found = _PREFIXED.fullmatch(text)
        prefix, rest = (default, text) if found is None else (found[1], found[2])
        if self._is_plain and prefix in ("@base", "@schema") and ":" not in rest:
            return rest if prefix == "@base" else f"@schema:{rest}"
        if prefix in STANDARD_PREFIXES:
            return text
        if prefix not in self._prefixes:
            raise errors.term_error(
                f"the prefix {prefix!r} of {text!r} is unknown; add it to the context, or write "
                "the name in full",
                f"unresolvable_prefix({prefix},{rest})",
            )
        return self.compact(self._prefixes[prefix] + rest)

    def compact(self, iri: str) -> str:
        """A full IRI as the graph holds it."""
        if iri.startswith(self._base) and ":" not in (rest := iri[len(self._base) :]):
            return rest
        if iri.startswith(self._schema):
            return f"@schema:{iri[len(self._schema) :]}"
        for prefix, base in STANDARD_PREFIXES.items():
            if iri.startswith(base):
                return f"{prefix}:{iri[len(base) :]}"
        return iri

    def full(self, compact: str) -> str:
        """A name of the graph written out."""
        prefix, colon, rest = compact.partition(":")
        if not colon:
            return self._base + compact
        if prefix == "@schema":
            return self._schema + rest
        base = STANDARD_PREFIXES.get(prefix)
        return compact if base is None else base + rest

    def shown(self, compact: str) -> str:
        """A name of the graph as an answer shows it: as short as the context allows."""
        if not _PROTOCOL.match(compact):
            return compact
        for prefix, iri in self._shown.items():
            if compact.startswith(iri):
                return f"{prefix}:{compact[len(iri) :]}"
        return compact


@lru_cache(maxsize=256)
def _kept(base_iri: str, schema_iri: str, schema_key: str) -> list[Names]:
    """Where the names of a schema graph are kept: filled by the first that asks."""
    return []


def _user_prefixes(context: bytes) -> Mapping[str, str]:
    found: dict[str, Any] = json.loads(context)
    return {name: iri for name, iri in found.items() if isinstance(iri, str)}
