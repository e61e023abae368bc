"""`/api/schema`, `/api/prefixes`, `/api/prefix`, `/api/triples`."""

from __future__ import annotations

import re
from typing import Any, Final

import rdflib
from google.api.httpbody_pb2 import HttpBody
from oms.datakernel.v1 import model_document_service_pb2 as document_pb
from oms.datakernel.v1 import schema_service_pb2 as schema_pb
from oms.datakernel.v1 import triple_service_pb2 as triple_pb
from oms_core.errors import ResourceNotFound
from rdflib.compare import to_canonical_graph

from .. import exact_json
from ..kernel import Answer, Kernel, NotOffered, call, receive, receive_one
from ..places import place
from .request import Request

_PLACEHOLDER: Final = re.compile(r"\$RANDOM\d*")
_RANDOM: Final = re.compile(r"(Cons|Array)[/_][A-Za-z0-9_-]{16}")
_GRAPHS: Final = {"instance": document_pb.GRAPH_INSTANCE, "schema": document_pb.GRAPH_SCHEMA}


async def frames(kernel: Kernel, request: Request) -> Answer:
    """Describes classes."""
    asked = schema_pb.GetClassFramesRequest(
        parent=request.place.name,
        type=request.text("type"),
        revision=request.place.revision,
        compress_ids=request.flag("compress_ids", default=True),
        expand_abstract=request.flag("expand_abstract", default=True),
    )
    received = await receive_one(kernel.SchemaService.GetClassFrames(asked))
    return Answer(exact_json.loads(received.data), expected=request.expected)


async def prefixes(kernel: Kernel, request: Request) -> Answer:
    """The context."""
    asked = schema_pb.GetPrefixesRequest(parent=request.place.name, revision=request.place.revision)
    received = await receive_one(kernel.SchemaService.GetPrefixes(asked))
    return Answer(exact_json.loads(received.data), expected=request.expected)


async def set_prefix(kernel: Kernel, request: Request) -> Answer:
    """Adds, changes or removes a prefix. Adding the same one again changes nothing."""
    path, _, prefix = request.path.rpartition("/")
    iri = "" if request.method == "DELETE" else str(request.member("uri") or "")
    change = schema_pb.SetPrefixRequest(
        parent=place(path).parent,
        prefix=prefix,
        iri=iri,
        update_only=request.method == "PUT",
    )
    await call(kernel.SchemaService.SetPrefix(change))
    return Answer()


async def triples(kernel: Kernel, request: Request) -> Answer:
    """Exports a graph; triples are compared, not how they are written."""
    path, graph = _graph(request)
    asked = triple_pb.ExportTriplesRequest(
        parent=place(path).name, revision=place(path).revision, graph=graph
    )
    received = await receive(kernel.TripleService.ExportTriples(asked))
    expected = request.expected
    return Answer(
        _parsed(received.data.decode()),
        expected=_parsed(expected) if isinstance(expected, str) else expected,
    )


async def write_triples(kernel: Kernel, request: Request) -> Answer:
    """Replaces a graph (PUT) or adds to it (POST)."""
    path, graph = _graph(request)
    info: Any = request.member("commit_info") or {}
    fields: dict[str, Any] = {
        "parent": place(path).parent,
        "body": HttpBody(
            content_type="text/turtle", data=str(request.member("turtle") or "").encode()
        ),
        "graph": graph,
        "message": str(info.get("message", "")),
        "data_version": request.data_version,
    }
    if request.method == "PUT":
        await call(kernel.TripleService.ReplaceTriples(triple_pb.ReplaceTriplesRequest(**fields)))
    else:
        await call(kernel.TripleService.InsertTriples(triple_pb.InsertTriplesRequest(**fields)))
    return Answer()


def _graph(request: Request) -> tuple[str, Any]:
    path, _, graph = request.path.rpartition("/")
    if graph not in _GRAPHS:
        if "/" in request.path:
            raise NotOffered(f"there is no graph {graph!r}")
        raise ResourceNotFound.of("database", graph)
    return path, _GRAPHS[graph]


def _parsed(turtle: str) -> list[str]:
    """The triples in a form in which equal graphs are equal; names made at random are none."""
    graph = rdflib.Graph()
    # Values stay as they are written: rdflib would make 007 of 7, and of a bad date a warning.
    rdflib.NORMALIZE_LITERALS = False
    graph.parse(data=_PLACEHOLDER.sub("0123456789abcdef", turtle), format="turtle")
    nameless = rdflib.Graph()
    for triple in graph:
        nameless.add(tuple(map(_without_name, triple)))
    return sorted(" ".join(term.n3() for term in triple) for triple in to_canonical_graph(nameless))


def _without_name(term: Any) -> Any:
    is_random = isinstance(term, rdflib.URIRef) and _RANDOM.search(str(term))
    return rdflib.BNode(str(term)) if is_random else term
