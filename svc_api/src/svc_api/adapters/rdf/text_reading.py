"""Turtle and N-Triples, through rdflib's parsers with two defects mended."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, MutableSequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from urllib.parse import urldefrag

from rdflib.exceptions import ParserError as LineError
from rdflib.graph import Graph
from rdflib.plugins.parsers.notation3 import BadSyntax, RDFSink, SinkParser, sfloat
from rdflib.plugins.parsers.ntriples import NTGraphSink, W3CNTriplesParser
from rdflib.term import Literal, URIRef

from svc_api.adapters.rdf.failures import FileUnreadable
from svc_api.adapters.rdf.vocabulary import XSD

# Relative IRIs are resolved against this and then refused: an upload has no address
# of its own, so a file has to state its base.
BASE = "http://base.oms.invalid/"

_LINE_END = re.compile(r"\r\n|\r|\n")
_BLANK = re.compile(r"(?:\s|#[^\n]*)+")
_SHOWN_CHARS = 60


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a parser found. `named_graphs` names the graph of each statement outside the default."""

    graph: Graph
    prefixes: Iterable[tuple[str, str]] = ()
    named_graphs: Iterable[str] = field(default_factory=list[str])


class ExactTurtleParser(SinkParser):
    """Mends what rdflib's Turtle parser changes in a file.

    It turns unquoted numbers into Python's, so that `1.0E-07` or `+5` would come back
    as another literal, and it keeps the fragment of a base, so that `<#a>` against
    `http://e/f#` would become `http://e/f##a`.
    """

    def nodeOrLiteral(self, argstr: str, i: int, res: MutableSequence[Any]) -> int:
        start = self.skipSpace(argstr, i)
        end = super().nodeOrLiteral(argstr, i if start < 0 else start, res)
        found = res[-1] if end >= 0 else None
        if isinstance(found, int | Decimal | sfloat) and not isinstance(found, bool):
            res[-1] = Literal(argstr[start:end], datatype=_number_type(found))
        return end

    def directive(self, argstr: str, i: int) -> int:
        end = super().directive(argstr, i)
        self._baseURI = urldefrag(self._baseURI or "").url
        return end

    def sparqlDirective(self, argstr: str, i: int) -> int:
        end = super().sparqlDirective(argstr, i)
        self._baseURI = urldefrag(self._baseURI or "").url
        return end


def _number_type(value: int | Decimal | sfloat) -> URIRef:
    if isinstance(value, sfloat):
        return URIRef(XSD + "double")
    return URIRef(XSD + ("decimal" if isinstance(value, Decimal) else "integer"))


def read_turtle(text: str) -> Parsed:
    """Reads Turtle.

    Raises:
        FileUnreadable: with the line at fault.
    """
    graph = _empty_graph()
    parser = ExactTurtleParser(RDFSink(graph), baseURI=BASE, turtle=True)
    try:
        parser.loadBuf(text)
    except BadSyntax as exc:
        raise _turtle_error(exc, text, parser.startOfLine) from exc
    except (ValueError, IndexError, KeyError, AttributeError, TypeError, AssertionError) as exc:
        # rdflib runs off the end of a file that stops in the middle of a statement.
        line, _ = _line_and_column(text, parser.startOfLine)
        raise FileUnreadable(f"{exc or type(exc).__name__}", line=line) from exc
    # rdflib's own Turtle parser reads the prefixes from here too.
    bindings = parser._bindings  # pyright: ignore[reportPrivateUsage]
    return Parsed(graph, [(prefix, str(iri)) for prefix, iri in bindings.items()])


def _turtle_error(exc: BadSyntax, text: str, line_start: int) -> FileUnreadable:
    # rdflib's own count of lines goes up again whenever it looks at a line twice.
    position = exc._i  # pyright: ignore[reportPrivateUsage]
    why = exc._why  # pyright: ignore[reportPrivateUsage]
    start = _next_token(text, position if position >= 0 else line_start)
    line, column = _line_and_column(text, start)
    shown = text[start : start + _SHOWN_CHARS].partition("\n")[0].strip()
    near = f" at {shown!r}" if shown else " at the end of the file"
    return FileUnreadable(f"{why}{near}", line=line, column=column)


def _next_token(text: str, position: int) -> int:
    match = _BLANK.match(text, position)
    return match.end() if match else position


def _line_and_column(text: str, position: int) -> tuple[int, int]:
    # What is missing at the end of a file is missing after its last word.
    position = min(position, len(text.rstrip()))
    return text.count("\n", 0, position) + 1, position - text.rfind("\n", 0, position)


class _CountingParser(W3CNTriplesParser):
    """Knows which line it is at; rdflib's own tells only its text."""

    def __init__(self, graph: Graph, text: str) -> None:
        super().__init__(NTGraphSink(graph))
        self._lines: Iterator[str] = iter(_LINE_END.split(text))
        self.number = 0

    def readline(self) -> str | None:
        self.number += 1
        return next(self._lines, None)

    def run(self) -> None:
        """Reads all lines."""
        while True:
            self.line = self.readline()
            if self.line is None:
                return
            self.parseline()


def read_n_triples(text: str) -> Parsed:
    """Reads N-Triples.

    Raises:
        FileUnreadable: with the line at fault.
    """
    graph = _empty_graph()
    parser = _CountingParser(graph, text)
    try:
        parser.run()
    except (LineError, ValueError) as exc:
        rest = (parser.line or "")[:_SHOWN_CHARS]
        message = f"no N-Triples statement at {rest!r}"
        raise FileUnreadable(message, line=parser.number) from exc
    return Parsed(graph)


def _empty_graph() -> Graph:
    return Graph(bind_namespaces="none")
