"""JSON-LD, through rdflib's parser; contexts are read from the file itself only."""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterator
from typing import Any

import orjson
from rdflib.graph import Dataset
from rdflib.plugins.parsers.jsonld import to_rdf

from svc_api.adapters.rdf.failures import FileUnreadable
from svc_api.adapters.rdf.text_reading import BASE, Parsed

_NAMESPACE_ENDS = ("#", "/", ":", "?", "=", "&")


def read_json_ld(text: str) -> Parsed:
    """Reads JSON-LD.

    Raises:
        FileUnreadable: it is no JSON, no JSON-LD, or names a remote context.
    """
    data = _load(text)
    if not isinstance(data, dict | list):
        raise FileUnreadable("JSON-LD is an object or an array", line=1)
    _refuse_remote_contexts(data)
    dataset = Dataset(default_union=False)
    try:
        with warnings.catch_warnings():
            # rdflib's JSON-LD parser uses what its Dataset has deprecated.
            warnings.simplefilter("ignore", DeprecationWarning)
            to_rdf(data, dataset, BASE)
    except (
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        IndexError,
        AssertionError,
        NotImplementedError,
    ) as exc:
        raise FileUnreadable(f"it is no valid JSON-LD: {exc}") from exc
    default = dataset.default_graph
    named = [
        str(graph.identifier)
        for graph in dataset.graphs()
        if graph.identifier != default.identifier
        for _ in graph
    ]
    return Parsed(default, list(_prefixes(data)), named)


def _load(text: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        pass
    try:
        # Slower, but it accepts what orjson does not and knows the position of a mistake.
        return json.loads(text)
    except json.JSONDecodeError as exc:
        raise FileUnreadable(exc.msg, line=exc.lineno, column=exc.colno) from exc


def _refuse_remote_contexts(data: Any) -> None:
    # An explicit stack: the depth of the file is not ours to choose.
    stack: list[Any] = [data]
    while stack:
        node = stack.pop()
        if isinstance(node, list):
            stack.extend(node)
        elif isinstance(node, dict):
            for context in _contexts(node.get("@context")):
                if isinstance(context, str) or (isinstance(context, dict) and "@import" in context):
                    name = context if isinstance(context, str) else context["@import"]
                    raise FileUnreadable(
                        f"context {str(name)[:200]!r} is not read from outside the file;"
                        " write it into the file"
                    )
            stack.extend(node.values())


def _contexts(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _prefixes(data: Any) -> Iterator[tuple[str, str]]:
    for node in data if isinstance(data, list) else [data]:
        if not isinstance(node, dict):
            continue
        for context in _contexts(node.get("@context")):
            if isinstance(context, dict):
                for name, term in context.items():
                    iri = term.get("@id") if isinstance(term, dict) else term
                    if isinstance(iri, str) and iri.endswith(_NAMESPACE_ENDS) and name[:1] != "@":
                        yield name, iri
