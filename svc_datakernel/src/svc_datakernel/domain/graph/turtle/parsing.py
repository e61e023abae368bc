"""Turtle in: RDF 1.1 Turtle, every lexical form as it was written.

Blank nodes come out as `_:` with a label of their own; lists as the chains of
`rdf:first` and `rdf:rest` that they abbreviate. Graphs (TriG) are no Turtle.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from oms_core.errors import ParseError

from svc_datakernel.domain.graph.terms import STANDARD_PREFIXES
from svc_datakernel.domain.graph.turtle.iris import resolve

MAX_NESTING: Final = 100

_RDF: Final = STANDARD_PREFIXES["rdf"]
_XSD: Final = STANDARD_PREFIXES["xsd"]
_NAME: Final = "\\w\u00b7\u0300-\u036f\u203f\u2040\\-"
_LOCAL: Final = f"[{_NAME}:%]|\\\\[_~.!$&'()*+,;=/?#@%-]"
_TOKEN: Final = re.compile(
    rf"""
    (?P<space>(?:\s++|\#[^\r\n]*+)++)
  | (?P<iri><(?:[^\x00-\x20<>"{{}}|^`\\]++|\\u[0-9A-Fa-f]{{4}}|\\U[0-9A-Fa-f]{{8}})*+>)
  | (?P<long>\"\"\"(?:\"{{0,2}}(?:[^"\\]|\\.))*+\"\"\"|'''(?:'{{0,2}}(?:[^'\\]|\\.))*+''')
  | (?P<string>"(?:[^"\\\r\n]++|\\.)*+"|'(?:[^'\\\r\n]++|\\.)*+')
  | (?P<double>[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)[eE][+-]?[0-9]+)
  | (?P<decimal>[+-]?[0-9]*\.[0-9]+)
  | (?P<integer>[+-]?[0-9]+)
  | (?P<at>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)
  | (?P<blank>_:[\w](?:[{_NAME}.]*[{_NAME}])?)
  | (?P<name>(?:[^\W\d_](?:[{_NAME}.]*[{_NAME}])?)?:
             (?:(?:{_LOCAL})(?:(?:{_LOCAL}|\.)*(?:{_LOCAL}))?)?)
  | (?P<word>[A-Za-z]+)
  | (?P<mark>\^\^|[.;,\[\]()])
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPE: Final = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))", re.DOTALL)
_ESCAPED: Final = {
    "t": "\t",
    "b": "\b",
    "n": "\n",
    "r": "\r",
    "f": "\f",
    '"': '"',
    "'": "'",
    "\\": "\\",
}
_NUMBERS: Final = ("integer", "decimal", "double")


class RawLiteral(NamedTuple):
    """A literal as written: the datatype is a full IRI, the lexical form not made canonical."""

    lexical: str
    datatype: str
    language: str = ""


class RawTriple(NamedTuple):
    """A statement of full IRIs; a blank node is `_:` and a label."""

    subject: str
    predicate: str
    object: str | RawLiteral


class _Token(NamedTuple):
    kind: str
    text: str
    at: int


def parse(text: str, base: str) -> Iterator[RawTriple]:
    """Reads Turtle, a statement at a time.

    Args:
        base: What relative references are relative to until the text says otherwise.
    Raises:
        ParseError: not Turtle, or nested deeper than 100 levels; `line` says where.
    """
    return _Parser(text, base).statements()


class _Parser:
    """A recursive descent over tokens, one token ahead; triples pile up in `_found`."""

    def __init__(self, text: str, base: str) -> None:
        self._text = text
        self._base = base
        self._prefixes: dict[str, str] = {}
        self._found: list[RawTriple] = []
        self._blanks = 0
        self._at = 0
        self._token = self._next()

    def statements(self) -> Iterator[RawTriple]:
        while self._token.kind != "end":
            if not self._directive():
                self._triples()
                self._mark(".")
                yield from self._found
                self._found.clear()

    def _next(self) -> _Token:
        match = _TOKEN.match(self._text, self._at)
        if match is not None and match.lastgroup == "space":
            self._at = match.end()
            match = _TOKEN.match(self._text, self._at)
        if match is None or match.lastgroup is None:
            return self._end()
        self._at = match.end()
        return _Token(match.lastgroup, match.group(), match.start())

    def _end(self) -> _Token:
        if self._at < len(self._text):
            raise self._wrong(
                f"nothing in Turtle begins like {self._text[self._at :][:20]!r}", self._at
            )
        return _Token("end", "", self._at)

    def _take(self) -> _Token:
        token, self._token = self._token, self._next()
        return token

    def _mark(self, mark: str) -> None:
        if self._token.text != mark or self._token.kind != "mark":
            raise self._unexpected(repr(mark))
        self._take()

    def _is_mark(self, mark: str) -> bool:
        return self._token.kind == "mark" and self._token.text == mark

    def _directive(self) -> bool:
        kind, text, _ = self._token
        if kind not in ("at", "word") or text.lstrip("@").lower() not in ("prefix", "base"):
            return False
        self._take()
        if text.lower().endswith("prefix"):
            self._prefix()
        else:
            self._base = self._iri_reference()
        if kind == "at":
            self._mark(".")
        return True

    def _prefix(self) -> None:
        kind, text, _ = self._token
        if kind != "name" or not text.endswith(":"):
            raise self._unexpected("a prefix and ':'")
        self._take()
        self._prefixes[text[:-1]] = self._iri_reference()

    def _triples(self) -> None:
        if self._is_mark("["):
            subject = self._blank_object(0)
            if self._is_mark("."):
                return
        elif self._is_mark("("):
            subject = self._collection(0)
        else:
            subject = self._resource("a subject")
        self._predicates(subject, 0)

    def _predicates(self, subject: str, depth: int) -> None:
        self._objects(subject, self._verb(), depth)
        while self._is_mark(";"):
            self._take()
            if self._token.kind in ("iri", "name", "word"):
                self._objects(subject, self._verb(), depth)

    def _verb(self) -> str:
        if self._token.kind == "word" and self._token.text == "a":
            self._take()
            return _RDF + "type"
        if self._token.kind not in ("iri", "name"):
            raise self._unexpected("a predicate")
        return self._resource("a predicate")

    def _objects(self, subject: str, predicate: str, depth: int) -> None:
        self._found.append(RawTriple(subject, predicate, self._object(depth)))
        while self._is_mark(","):
            self._take()
            self._found.append(RawTriple(subject, predicate, self._object(depth)))

    def _object(self, depth: int) -> str | RawLiteral:
        kind, text, at = self._token
        if depth > MAX_NESTING:
            raise self._wrong(f"nested deeper than {MAX_NESTING} levels", at)
        if kind in _NUMBERS:
            return RawLiteral(self._take().text, _XSD + kind)
        if kind in ("string", "long"):
            return self._string()
        if kind == "word" and text in ("true", "false"):
            return RawLiteral(self._take().text, _XSD + "boolean")
        if kind == "mark" and text == "[":
            return self._blank_object(depth + 1)
        if kind == "mark" and text == "(":
            return self._collection(depth + 1)
        return self._resource("an object")

    def _string(self) -> RawLiteral:
        kind, text, at = self._take()
        quotes = 3 if kind == "long" else 1
        lexical = self._unescaped(text[quotes:-quotes], at)
        if self._token.kind == "at":
            return RawLiteral(lexical, _RDF + "langString", self._take().text[1:].lower())
        if self._is_mark("^^"):
            self._take()
            return RawLiteral(lexical, self._resource("a datatype"))
        return RawLiteral(lexical, _XSD + "string")

    def _blank_object(self, depth: int) -> str:
        if depth > MAX_NESTING:
            raise self._wrong(f"nested deeper than {MAX_NESTING} levels", self._token.at)
        self._mark("[")
        node = self._new_blank()
        if not self._is_mark("]"):
            self._predicates(node, depth)
        self._mark("]")
        return node

    def _collection(self, depth: int) -> str:
        self._mark("(")
        items: list[str | RawLiteral] = []
        while not self._is_mark(")"):
            items.append(self._object(depth))
        self._mark(")")
        rest = _RDF + "nil"
        for item in reversed(items):
            node = self._new_blank()
            self._found.append(RawTriple(node, _RDF + "first", item))
            self._found.append(RawTriple(node, _RDF + "rest", rest))
            rest = node
        return rest

    def _new_blank(self) -> str:
        self._blanks += 1
        return f"_:.{self._blanks}"  # no label in the text begins with a dot

    def _resource(self, wanted: str) -> str:
        kind, text, at = self._token
        if kind == "iri":
            return self._iri_reference()
        if kind == "blank":
            return self._take().text
        if kind != "name":
            raise self._unexpected(wanted)
        self._take()
        prefix, _, local = text.partition(":")
        if prefix not in self._prefixes:
            raise self._wrong(f"the prefix {prefix!r} is not declared", at)
        return self._prefixes[prefix] + re.sub(r"\\(.)", r"\1", local)

    def _iri_reference(self) -> str:
        kind, text, at = self._token
        if kind != "iri":
            raise self._unexpected("an IRI in '<' and '>'")
        self._take()
        return resolve(self._unescaped(text[1:-1], at), self._base)

    def _unescaped(self, text: str, at: int) -> str:
        if "\\" not in text:
            return text

        def character(match: re.Match[str]) -> str:
            short, long, letter = match.groups()
            if letter is not None:
                if letter not in _ESCAPED:
                    raise self._wrong(f"'\\{letter}' is no escape", at)
                return _ESCAPED[letter]
            code = int(short or long, 16)
            if code > 0x10FFFF or 0xD800 <= code < 0xE000:
                raise self._wrong(f"{code:X} is no character", at)
            return chr(code)

        return _ESCAPE.sub(character, text)

    def _unexpected(self, wanted: str) -> ParseError:
        found = repr(self._token.text[:40]) if self._token.text else "the end"
        return self._wrong(f"expected {wanted}, found {found}", self._token.at)

    def _wrong(self, why: str, at: int) -> ParseError:
        line = self._text.count("\n", 0, at) + 1
        return ParseError(
            f"line {line} of the Turtle is wrong: {why}",
            metadata={"line": str(line), "offset": str(at)},
        )
