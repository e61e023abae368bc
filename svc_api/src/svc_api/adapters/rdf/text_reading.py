"""Turtle and N-Triples, through rdflib's parsers with two defects mended."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, MutableSequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

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
_SHOWN_CHARS = 60


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a parser found. `named_graphs` names the graph of each statement outside the default."""

    graph: Graph
    prefixes: Iterable[tuple[str, str]] = ()
    named_graphs: Iterable[str] = field(default_factory=list[str])


class ExactTurtleParser(SinkParser):
    """Keeps the text of unquoted numbers, which rdflib turns into Python numbers.

    `1.0E-07` or `+5` would come back as another literal than the file states.
    """

    def nodeOrLiteral(self, argstr: str, i: int, res: MutableSequence[Any]) -> int:
        start = self.skipSpace(argstr, i)
        end = super().nodeOrLiteral(argstr, i if start < 0 else start, res)
        found = res[-1] if end >= 0 else None
        if isinstance(found, int | Decimal | sfloat) and not isinstance(found, bool):
            res[-1] = Literal(argstr[start:end], datatype=_number_type(found))
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
        raise _turtle_error(exc, text) from exc
    except (ValueError, IndexError, KeyError, AttributeError, TypeError, AssertionError) as exc:
        # rdflib runs off the end of a file that stops in the middle of a statement.
        raise FileUnreadable(f"{exc or type(exc).__name__}", line=parser.lines + 1) from exc
    # rdflib's own Turtle parser reads the prefixes from here too.
    bindings = parser._bindings  # pyright: ignore[reportPrivateUsage]
    return Parsed(graph, [(prefix, str(iri)) for prefix, iri in bindings.items()])


def _turtle_error(exc: BadSyntax, text: str) -> FileUnreadable:
    line = exc.lines + 1
    # The message alone holds an excerpt of the file in bytes, with the position as a mark.
    position = min(exc._i, len(text))  # pyright: ignore[reportPrivateUsage]
    why = exc._why  # pyright: ignore[reportPrivateUsage]
    start = text.rfind("\n", 0, position) + 1
    column = position - start + 1 if text.count("\n", 0, position) + 1 == line else 0
    shown = text[position : position + _SHOWN_CHARS].partition("\n")[0].strip()
    near = f" at {shown!r}" if shown else ""
    return FileUnreadable(f"{why}{near}", line=line, column=column)


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
