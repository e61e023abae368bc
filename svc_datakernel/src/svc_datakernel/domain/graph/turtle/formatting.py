"""Turtle out: one subject after another, laid out as TerminusDB does."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from svc_datakernel.domain.graph.terms import RDF_TYPE, STANDARD_PREFIXES
from svc_datakernel.domain.graph.turtle.iris import relative
from svc_datakernel.domain.graph.turtle.parsing import RawLiteral

_XSD: Final = STANDARD_PREFIXES["xsd"]
_RDF_TYPE: Final = STANDARD_PREFIXES["rdf"] + RDF_TYPE.partition(":")[2]
_BARE: Final = {
    _XSD + "integer": re.compile(r"[+-]?[0-9]+"),
    _XSD + "decimal": re.compile(r"[+-]?[0-9]*\.[0-9]+"),
    _XSD + "double": re.compile(r"[+-]?(?:[0-9]+\.[0-9]*|\.?[0-9]+)[eE][+-]?[0-9]+"),
    _XSD + "boolean": re.compile("true|false"),
}
_NAME: Final = "\\w\u00b7\u0300-\u036f\u203f\u2040\\-"
_LOCAL: Final = re.compile(f"(?:[{_NAME}](?:[{_NAME}.]*[{_NAME}])?)?")
_ESCAPABLE: Final = re.compile(r"[/~!$&'()*+,;=?#@.]|%(?![0-9A-Fa-f]{2})")
_IN_STRING: Final = re.compile('[\\x00-\\x1f"\\\\\\x7f]')
_IN_IRI: Final = re.compile('[\\x00-\\x20<>"{}|^`\\\\]')
_ESCAPES: Final = {
    "\n": "\\n",
    "\r": "\\r",
    "\t": "\\t",
    "\b": "\\b",
    "\f": "\\f",
    '"': '\\"',
    "\\": "\\\\",
}
_MOST_CACHED: Final = 10_000

Statement = tuple[str, "str | RawLiteral"]


class Formatter:
    """Writes terms with a base and prefixes.

    Args:
        prefixes: Name to IRI, in the order in which they are declared.
    """

    def __init__(self, base: str, prefixes: Mapping[str, str]) -> None:
        self._base = base
        self._prefixes = dict(prefixes)
        self._written: dict[str, str] = {}

    def header(self) -> str:
        """The declarations, and an empty line."""
        lines = [f"@base <{_iri(self._base)}> ."]
        lines += [
            f"@prefix {name}: <{_iri(relative(iri, self._base))}> ."
            for name, iri in self._prefixes.items()
        ]
        return "\n".join(lines) + "\n"

    def subject(self, subject: str, statements: Iterable[Statement]) -> str:
        """Everything about one subject, its types first, then by predicate and object."""
        by_predicate: dict[str, list[str]] = {}
        for predicate, target in statements:
            by_predicate.setdefault(predicate, []).append(self._object(target))
        lines = [
            self._line(predicate, by_predicate[predicate])
            for predicate in sorted(by_predicate, key=lambda name: (name != _RDF_TYPE, name))
        ]
        return f"\n{self._resource(subject)}\n  " + " ;\n  ".join(lines) + " .\n"

    def _line(self, predicate: str, targets: Sequence[str]) -> str:
        name = "a" if predicate == _RDF_TYPE else self._resource(predicate)
        return f"{name} " + (" ,\n" + " " * (len(name) + 3)).join(sorted(set(targets)))

    def _object(self, target: str | RawLiteral) -> str:
        if isinstance(target, str):
            return self._resource(target)
        lexical, datatype, language = target
        bare = _BARE.get(datatype)
        if bare is not None and bare.fullmatch(lexical):
            return lexical
        quoted = '"' + _IN_STRING.sub(_escaped, lexical) + '"'
        if language:
            return f"{quoted}@{language}"
        return quoted if datatype == _XSD + "string" else f"{quoted}^^{self._resource(datatype)}"

    def _resource(self, iri: str) -> str:
        found = self._written.get(iri)
        if found is None:
            if len(self._written) >= _MOST_CACHED:
                self._written.clear()
            found = self._written[iri] = self._shortest(iri)
        return found

    def _shortest(self, iri: str) -> str:
        for name, expansion in self._prefixes.items():
            if iri.startswith(expansion):
                local = iri[len(expansion) :]
                escaped = _ESCAPABLE.sub(lambda match: "\\" + match.group(), local)
                if _LOCAL.fullmatch(_ESCAPABLE.sub("-", local)):
                    return f"{name}:{escaped}"
        return f"<{_iri(relative(iri, self._base))}>"


def _iri(iri: str) -> str:
    return _IN_IRI.sub(lambda match: f"\\u{ord(match.group()):04X}", iri)


def _escaped(match: re.Match[str]) -> str:
    character = match.group()
    return _ESCAPES.get(character) or f"\\u{ord(character):04X}"
