"""`/api/document`."""

from __future__ import annotations

from typing import Any, Final

from oms.datakernel.v1 import model_document_service_pb2 as pb
from oms_core.errors import InvalidField

from .. import exact_json
from ..kernel import Answer, Kernel, NotOffered, Received, call, receive, receive_one
from .request import Request, json_body

_GRAPHS: Final = {"instance": pb.GRAPH_INSTANCE, "schema": pb.GRAPH_SCHEMA}


async def insert(kernel: Kernel, request: Request) -> Answer:
    """Inserts, or reads where the method is overridden."""
    method = request.headers.get("X-HTTP-Method-Override")
    if method == "GET":
        return await read(kernel, request)
    if method is not None:
        raise NotOffered(f"the method {method!r} does not exist")
    _check_commit_info(request)
    response = await call(
        kernel.ModelDocumentService.InsertDocuments(
            pb.InsertDocumentsRequest(
                parent=request.place.parent,
                body=request.http_body,
                graph=_graph(request),
                full_replace=request.flag("full_replace"),
                raw_json=request.flag("raw_json"),
                merge_repeats=request.flag("merge_repeats"),
                overwrite=request.flag("overwrite"),
                **_migration(request),
                **_conditions(request),
            )
        )
    )
    return _written(response, request)


async def replace(kernel: Kernel, request: Request) -> Answer:
    """Replaces."""
    _check_commit_info(request)
    response = await call(
        kernel.ModelDocumentService.ReplaceDocuments(
            pb.ReplaceDocumentsRequest(
                parent=request.place.parent,
                body=request.http_body,
                graph=_graph(request),
                create=request.flag("create"),
                raw_json=request.flag("raw_json"),
                merge_repeats=request.flag("merge_repeats"),
                **_migration(request),
                **_conditions(request),
            )
        )
    )
    return _written(response, request)


async def delete(kernel: Kernel, request: Request) -> Answer:
    """Deletes for good, as TerminusDB does."""
    _check_commit_info(request)
    given = request.body if isinstance(request.body, list) else []
    ids = [str(each.get("@id", "")) if isinstance(each, dict) else str(each) for each in given]
    if "id" in request.params:
        ids.append(request.text("id"))
    response = await call(
        kernel.ModelDocumentService.DeleteDocuments(
            pb.DeleteDocumentsRequest(
                parent=request.place.parent,
                document_ids=ids,
                graph=_graph(request),
                type=request.text("type"),
                nuke=request.flag("nuke"),
                hard=True,
                **_conditions(request),
            )
        )
    )
    return Answer(data_version=response.data_version, commit=response.commit.commit_id)


async def read(kernel: Kernel, request: Request) -> Answer:
    """Reads one, some, all, or those that match a template; parameters may be in the body."""
    body = request.body if isinstance(request.body, dict) else {}
    request = _with_params(request, body)
    received = await _read(kernel, request, body)
    answered = exact_json.loads_stream(received.data)
    if request.flag("as_list"):
        (answered,) = answered
    expected = request.expected
    if expected is not None and not isinstance(expected, list):
        expected = [expected]
    return Answer(answered, received.metadata.get("oms-data-version", ""), expected=expected)


async def _read(kernel: Kernel, request: Request, body: dict[str, Any]) -> Received:
    common: dict[str, Any] = {
        "parent": request.place.name,
        "revision": request.place.revision,
        "graph": _graph(request),
        "form": _form(request),
    }
    id_ = request.text("id")
    if id_ and "query" not in body and not request.flag("as_list"):
        asked = pb.ReadDocumentRequest(document_id=id_, data_version=request.data_version, **common)
        return await receive_one(kernel.ModelDocumentService.ReadDocument(asked))
    common |= {
        "skip": _whole(request, "skip") or 0,
        "count": _whole(request, "count"),
        "as_list": request.flag("as_list"),
        "type": request.text("type"),
    }
    if "query" in body:
        matching = pb.MatchDocumentsRequest(body=json_body(body["query"]), **common)
        return await receive(kernel.ModelDocumentService.MatchDocuments(matching))
    ids = [id_] if id_ else [str(each) for each in body.get("ids", ())]
    listing = pb.ReadDocumentsRequest(document_ids=ids, data_version=request.data_version, **common)
    return await receive(kernel.ModelDocumentService.ReadDocuments(listing))


def _with_params(request: Request, body: dict[str, Any]) -> Request:
    params = {**request.params, **{key: each for key, each in body.items() if key != "query"}}
    return Request(
        request.method,
        request.path,
        params,
        request.headers,
        request.body,
        request.raw,
        request.has_body,
        request.expected,
    )


def _written(response: Any, request: Request) -> Answer:
    return Answer(
        list(response.document_ids),
        response.data_version,
        response.commit.commit_id,
        expected=request.expected,
    )


def _graph(request: Request) -> Any:
    name = request.text("graph_type", "instance")
    if name not in _GRAPHS:
        raise InvalidField.of("graph", f"there is no graph {name!r}")
    return _GRAPHS[name]


def _form(request: Request) -> pb.DocumentForm:
    # What TerminusDB calls prefixed is to compress by the prefixes.
    is_compressed = request.flag("compress_ids", default=True)
    return pb.DocumentForm(
        unfold=request.flag("unfold", default=True),
        minimized=request.flag("minimized", default=True),
        compress_ids=is_compressed and request.flag("prefixed", default=True),
    )


def _whole(request: Request, name: str) -> int | None:
    try:
        return request.number(name)
    except ValueError as exc:
        # A gRPC client can't send it, and over REST the gateway refuses it with INVALID_FIELD.
        raise InvalidField.of(name, str(exc)) from exc


def _migration(request: Request) -> dict[str, bool]:
    return {
        "require_migration": request.flag("require_migration"),
        "allow_destructive_migration": request.flag("allow_destructive_migration"),
    }


def _conditions(request: Request) -> dict[str, str]:
    return {"message": request.text("message"), "data_version": request.data_version}


def _check_commit_info(request: Request) -> None:
    """An author is who calls, and a message may be left out: neither can be missing in OMS."""
    if not request.has_body and request.method != "DELETE":
        raise NotOffered("a request without a body: gRPC has none")
    if request.headers.get("Content-Type", "application/json") != "application/json":
        raise NotOffered("content types are HTTP's; over gRPC there is one")
    for name in ("author", "message"):
        if not request.text(name):
            raise NotOffered(f"{name} is no parameter that could be missing")
