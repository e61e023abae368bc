"""RDF/XML, through rdflib's parser, with everything refused that reaches outside the file."""

from __future__ import annotations

import io
from typing import Any
from xml.parsers import expat
from xml.sax import SAXException, SAXParseException
from xml.sax.xmlreader import InputSource

from rdflib.exceptions import ParserError
from rdflib.graph import Graph
from rdflib.plugins.parsers.rdfxml import create_parser

from svc_api.adapters.rdf.failures import FileUnreadable
from svc_api.adapters.rdf.text_reading import BASE, Parsed

MAX_ENTITY_CHARS = 2048
_CHUNK_BYTES = 64 * 1024


def read_rdf_xml(data: bytes) -> Parsed:
    """Reads RDF/XML.

    Raises:
        FileUnreadable: it is not well-formed, or declares external or nested entities.
    """
    _check_prolog(data)
    graph = Graph(bind_namespaces="none")
    source = InputSource(BASE)
    source.setPublicId(BASE)
    source.setByteStream(io.BytesIO(data))  # pyright: ignore[reportArgumentType]
    parser: Any = create_parser(source, graph)  # pyright: ignore[reportArgumentType]
    handler: Any = parser.getContentHandler()
    try:
        parser.parse(source)
    except SAXParseException as exc:
        line, column = exc.getLineNumber() or 0, (exc.getColumnNumber() or 0) + 1
        raise FileUnreadable(exc.getMessage(), line=line, column=column) from exc
    except (ParserError, SAXException, ValueError, KeyError, IndexError, TypeError) as exc:
        locator = handler.locator
        line = getattr(locator, "getLineNumber", int)() or 0
        raise FileUnreadable(_message(exc), line=line) from exc
    prefixes = [(prefix or "", str(iri)) for prefix, iri in graph.namespaces()]
    return Parsed(graph, prefixes)


def _message(exc: Exception) -> str:
    # rdflib puts the position before the message.
    text = str(getattr(exc, "msg", "")) or str(exc) or type(exc).__name__
    return text.rpartition(": ")[2] if text.startswith(BASE) else text


def _check_prolog(data: bytes) -> None:
    """Refuses what a document type can do beyond naming namespaces.

    Ontology editors write `<!ENTITY owl "http://…#">`, which is harmless. An external
    entity would read files or hosts, one made of others can grow without bound.
    """
    parser = expat.ParserCreate()
    is_body = False

    def refuse(why: str) -> None:
        raise FileUnreadable(
            f"{why}; write the file without it",
            line=parser.CurrentLineNumber,
            column=parser.CurrentColumnNumber + 1,
        )

    def entity(name: str, is_parameter: bool, value: str | None, *_rest: object) -> None:
        if value is None:
            refuse(f"entity {name!r} is read from outside the file")
        elif is_parameter or "&" in value or "%" in value or len(value) > MAX_ENTITY_CHARS:
            refuse(f"entity {name!r} is more than a short text")

    def doctype(_name: str, system_id: str | None, public_id: str | None, _has: object) -> None:
        if system_id or public_id:
            refuse("the document type is read from outside the file")

    def element(_name: str, _attributes: object) -> None:
        nonlocal is_body
        is_body = True

    parser.EntityDeclHandler = entity
    parser.StartDoctypeDeclHandler = doctype
    parser.StartElementHandler = element
    try:
        for start in range(0, len(data), _CHUNK_BYTES):
            parser.Parse(data[start : start + _CHUNK_BYTES], False)
            if is_body:
                return
    except expat.ExpatError as exc:
        if not is_body:
            message = expat.errors.messages[exc.code]
            raise FileUnreadable(message, line=exc.lineno, column=exc.offset + 1) from exc
