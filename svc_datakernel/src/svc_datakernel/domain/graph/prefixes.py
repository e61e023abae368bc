"""IRIs as callers write them, and the compact ones that are stored.

`Person/jane` is relative to the base of the context, the name of a class or property to
its schema; `geo:x` has a prefix of the context or a standard one in front; anything with
`://` is a full IRI. What is stored are compact IRIs by the rules of `terms.py`, which
depend on the database alone: prefixes may change, what is stored does not.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote

from oms_core.errors import FieldViolation, InvalidField

from svc_datakernel.domain.graph.terms import STANDARD_PREFIXES

CONTEXT_ID: Final = "@context"
SCHEMA_ID: Final = "@schema/"
MOST_ID_BYTES: Final = 4096
_PROTOCOL: Final = re.compile(r"[^\W\d_][\w+\-.]*://.", re.DOTALL)
_PREFIXED: Final = re.compile(r"(@?[^\W\d_][\w\-.]*):(.*)", re.DOTALL)
_HOSTILE: Final = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")


def has_protocol(text: str) -> bool:
    """Whether a text is a full IRI."""
    return _PROTOCOL.match(text) is not None


class Context:
    """The prefixes of a commit, beside the IRIs its database was made with.

    Args:
        base_iri, schema_iri: Those of the database, by which stored IRIs are compact.
        document: The context document without `@type`; empty for one that adds nothing.
    """

    def __init__(self, base_iri: str, schema_iri: str, document: Mapping[str, Any]) -> None:
        self.base_iri = base_iri
        self.schema_iri = schema_iri
        self.document = document
        self.base = str(document.get("@base", base_iri))
        self.schema = str(document.get("@schema", schema_iri))
        self.prefixes: dict[str, str] = {
            **STANDARD_PREFIXES,
            **{
                key: iri for key, iri in document.items() if key[:1] != "@" and isinstance(iri, str)
            },
            "@base": self.base,
            "@schema": self.schema,
        }
        self.is_plain = (self.base, self.schema) == (base_iri, schema_iri)

    def expand(self, text: str) -> str:
        """The full IRI of an id as a caller writes it.

        Raises:
            InvalidField: it is empty, has a prefix that is unknown, or characters no IRI has.
        """
        return self._expand(text, self.base)

    def expand_schema(self, text: str) -> str:
        """The full IRI of a class or property as a caller writes it.

        Raises:
            InvalidField: see `expand`.
        """
        return self._expand(text, self.schema)

    def _expand(self, text: str, base: str) -> str:
        if not text or len(text.encode(errors="replace")) > MOST_ID_BYTES or _HOSTILE.search(text):
            raise _invalid(text, "is no id: it is empty, too long, or has control characters")
        if ":" not in text:
            return text if text.startswith("@") else base + text
        if has_protocol(text):
            return text
        found = _PREFIXED.fullmatch(text)
        if found is None:
            return base + text
        prefix, rest = found.groups()
        iri = self.prefixes.get(prefix)
        if iri is None:
            raise _invalid(text, f"has the prefix {prefix!r}, which the context does not have")
        return iri + rest

    def compact(self, iri: str) -> str:
        """The compact IRI that is stored for a full one."""
        if iri.startswith(self.base_iri):
            rest = iri[len(self.base_iri) :]
            if rest and ":" not in rest and rest[0] != "@":
                return rest
        if iri.startswith(self.schema_iri):
            return f"@schema:{iri[len(self.schema_iri) :]}"
        for prefix, standard in STANDARD_PREFIXES.items():
            if iri.startswith(standard):
                return f"{prefix}:{iri[len(standard) :]}"
        return iri

    def full(self, compact: str) -> str:
        """The full IRI of a compact one."""
        prefix, colon, rest = compact.partition(":")
        if not colon:
            return self.base_iri + compact
        if prefix == "@schema":
            return self.schema_iri + rest
        if prefix in STANDARD_PREFIXES and not rest.startswith("//"):
            return STANDARD_PREFIXES[prefix] + rest
        return compact

    def id_of(self, text: str) -> str:
        """The compact IRI of an id as a caller writes it.

        Raises:
            InvalidField: see `expand`.
        """
        is_short = text.isascii() and text.isprintable() and 0 < len(text) <= MOST_ID_BYTES
        if is_short and self.is_plain and ":" not in text and text[0] != "@":
            return text
        return self.compact(self.expand(text))

    def name_of(self, text: str) -> str:
        """The name in the schema of a class, property or datatype as a caller writes it:
        `Person` relative to the schema's IRI, a compact IRI otherwise.

        Raises:
            InvalidField: see `expand`.
        """
        compact = self.compact(self.expand_schema(text))
        if compact.startswith("@schema:") and ":" not in compact[8:]:
            return compact[8:]
        return compact

    def full_name(self, name: str) -> str:
        """The full IRI of a name in the schema."""
        return self.full(name) if ":" in name else self.schema_iri + name

    def shown_name(self, name: str) -> str:
        """A name in the schema relative to the schema of the context, where it can be."""
        iri = self.full_name(name)
        return iri[len(self.schema) :] if iri.startswith(self.schema) else name


def encode(text: str) -> str:
    """A text as a segment of an id: every byte that a segment can't have percent-encoded."""
    if text.isalnum() and text.isascii():
        return text
    return quote_segment(text)


def quote_segment(text: str) -> str:
    """The general case of `encode`."""
    # Python's own way takes several microseconds, which every document with a key would pay.
    return text.translate(_ENCODED) if text.isascii() else quote(text, safe=_KEPT)


_KEPT: Final = "!$&'()*,;=@"
_ENCODED: Final = {
    code: f"%{code:02X}"
    for code in range(128)
    if not chr(code).isalnum() and chr(code) not in f"{_KEPT}_.-~"
}


def _invalid(text: str, why: str) -> InvalidField:
    return InvalidField(
        f"{text[:200]!r} {why}",
        metadata={"api_error": "api:KeyHasUnknownPrefix", "id": text[:200]},
        fields=[FieldViolation("body", f"{text[:200]!r} {why}")],
    )
