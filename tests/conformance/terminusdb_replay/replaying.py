"""Replays cases: sets up a database, sends the requests, compares the answers."""

from __future__ import annotations

import asyncio
import itertools
import urllib.parse
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

import grpc.aio
from oms.datakernel.v1 import database_service_pb2 as database_pb
from oms.datakernel.v1 import model_document_service_pb2 as document_pb
from oms_core.errors import OmsError

from . import exact_json, failures
from .kernel import NO_BODY, Answer, Kernel, NotOffered, call
from .matching import Matcher
from .places import ORGANISATION
from .requests import HANDLERS
from .requests.databases import create_database
from .requests.request import Request, json_body
from .vectors import Case

_GONE: Final = "Status: 404"
_LONGEST_S: Final = 60.0
_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Result:
    """How a case went; `why` is empty when it passed."""

    case: Case
    why: str

    @property
    def is_passed(self) -> bool:
        """Whether every answer was the recorded one."""
        return not self.why


class _Differs(Exception):
    """An answer is not the recorded one."""


class _WentOn(Exception):
    """OMS did what the recorded server broke off with a 500, so from here on both differ."""


async def replay_all(
    channel: grpc.aio.Channel, cases: Sequence[Case], *, at_once: int = 8
) -> AsyncIterator[Result]:
    """Replays cases side by side, each in a database of its own; results as they come."""
    limit = asyncio.Semaphore(at_once)

    async def one(case: Case) -> Result:
        async with limit:
            return await replay(channel, case)

    for finished in asyncio.as_completed([one(case) for case in cases]):
        yield await finished


async def replay(channel: grpc.aio.Channel, case: Case) -> Result:
    """Replays one case."""
    kernel = Kernel(channel, f"v{next(_numbers)}")
    matcher = Matcher({"$ORG": ORGANISATION, "$DB": kernel.database})
    try:
        async with asyncio.timeout(_LONGEST_S):
            await _replay(kernel, matcher, case)
    except _Differs as exc:
        return Result(case, str(exc))
    except OmsError as exc:
        shown = f"{exc.code.name} {exc.reason} {exc.metadata.get('api_error', '')}"
        return Result(case, f"refused: {shown}: {exc.message[:500]}")
    except NotOffered as exc:
        return Result(case, f"not offered: {exc}")
    except Exception as exc:  # a case must not end the others
        return Result(case, f"{type(exc).__name__}: {exc}")
    finally:
        with suppress(OmsError):
            gone = database_pb.DeleteDatabaseRequest(name=kernel.name)
            await call(kernel.DatabaseService.DeleteDatabase(gone))
    return Result(case, "")


async def _replay(kernel: Kernel, matcher: Matcher, case: Case) -> None:
    await _set_up(kernel, matcher, case.data)
    for number, step in enumerate(case.steps, start=1):
        try:
            await _step(kernel, matcher, step)
        except _WentOn:
            return
        except _Differs as exc:
            raise _Differs(f"step {number}, {step['method']} {step['path']}: {exc}") from exc
    if "query" in case.data:
        await _query(kernel, matcher, case.data)


async def _set_up(kernel: Kernel, matcher: Matcher, data: Mapping[str, Any]) -> None:
    if "db" in data and data["db"] is None:
        return
    body = {"label": "conformance", "comment": "", **(data.get("db") or {})}
    await create_database(kernel, kernel.database, matcher.fill(body))
    number = itertools.count(1)
    for graph, documents in (
        (document_pb.GRAPH_SCHEMA, data.get("schema")),
        (document_pb.GRAPH_INSTANCE, data.get("documents")),
    ):
        if not documents:
            continue
        is_context = any(
            isinstance(each, dict) and each.get("@type") == "@context" for each in documents
        )
        response = await call(
            kernel.ModelDocumentService.InsertDocuments(
                document_pb.InsertDocumentsRequest(
                    parent=f"{kernel.name}/branches/main",
                    body=json_body(documents),
                    graph=graph,
                    full_replace=is_context and graph == document_pb.GRAPH_SCHEMA,
                    message="schema" if graph == document_pb.GRAPH_SCHEMA else "documents",
                )
            )
        )
        matcher.bind(f"$COMMIT{next(number)}", response.commit.commit_id)


async def _query(kernel: Kernel, matcher: Matcher, data: Mapping[str, Any]) -> None:
    for before in data.get("before") or ():
        await HANDLERS["POST", "woql"](kernel, _woql_request(matcher, before, "before", {}, None))
    query = {
        "method": "POST",
        "path": data.get("path") or "/woql/$ORG/$DB",
        "body": _woql_body(data["query"], "woql", data.get("options") or {}),
        "status": data["status"],
        "data_version": data.get("data_version"),
        "unordered": not data.get("order_matters"),
        "response": data.get("response", _expected_answer(data)),
    }
    try:
        await _step(kernel, matcher, query)
    except _WentOn:
        return
    if "after" in data:
        expected = {"bindings": data["after_bindings"]}
        request = _woql_request(matcher, data["after"], "after", {}, None)
        answer = await HANDLERS["POST", "woql"](kernel, request)
        found = {"bindings": answer.body["bindings"]}
        if not matcher.matches(expected, found, is_unordered=True):
            raise _Differs(f"after: expected {_shown(expected)}, got {_shown(found)}")


def _woql_body(query: Any, message: str, options: Mapping[str, Any]) -> dict[str, Any]:
    return {"query": query, "commit_info": {"author": "admin", "message": message}, **options}


def _woql_request(
    matcher: Matcher, query: Any, message: str, options: Mapping[str, Any], expected: Any
) -> Request:
    body = _woql_body(query, message, options)
    step = {"method": "POST", "path": "/woql/$ORG/$DB", "body": body}
    return _request(matcher, step, expected)


def _expected_answer(data: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "api:variable_names": data.get("variable_names"),
        "bindings": data.get("bindings"),
        "inserts": data.get("inserts"),
        "deletes": data.get("deletes"),
    }


async def _step(kernel: Kernel, matcher: Matcher, step: Mapping[str, Any]) -> None:
    status = int(str(step["status"]))
    expected = step.get("response", step.get("response_stream", step.get("response_text")))
    if isinstance(expected, str) and expected.startswith(_GONE):
        # TerminusDB answers 200 and writes into the body that the document is not there.
        status, expected = 404, exact_json.loads(expected.partition("\n\n")[2])
    _check_caller(step)
    request = _request(matcher, step, expected)
    method = (request.method, str(step["path"]).strip("/").partition("/")[0])
    if method not in HANDLERS:
        raise NotOffered(" ".join(method))
    try:
        answer = await HANDLERS[method](kernel, request)
    except OmsError as exc:
        if status < 400:
            raise
        why = failures.difference(status, expected, exc)
        if why:
            raise _Differs(why) from exc
        return
    if status >= 500 and request.method != "GET" and answer.commit:
        raise _WentOn
    if 400 <= status < 500:
        raise _Differs(f"expected {status} {failures.api_error(expected)}, got an answer")
    if status < 400:
        _compare(matcher, step, answer)


def _check_caller(step: Mapping[str, Any]) -> None:
    if "auth" in step or "Authorization" in (step.get("headers") or {}):
        raise NotOffered("basic authentication: OMS knows callers by their tokens")


def _compare(matcher: Matcher, step: Mapping[str, Any], answer: Answer) -> None:
    version = step.get("data_version")
    if version and answer.data_version and not matcher.matches(version, answer.data_version):
        meant = matcher.fill(version)
        raise _Differs(f"expected data version {version} ({meant}), got {answer.data_version}")
    if answer.body is NO_BODY or answer.expected is None:
        return
    # In the order of ids, those that are random come in any order.
    unordered = bool(step.get("unordered")) or "$RANDOM" in exact_json.dumps(answer.expected)
    if not matcher.matches(answer.expected, answer.body, is_unordered=unordered):
        shown = _shown(matcher.fill(answer.expected))
        raise _Differs(f"expected {shown}, got {_shown(answer.body)}")


def _request(matcher: Matcher, step: Mapping[str, Any], expected: Any) -> Request:
    body = matcher.fill(step.get("body"))
    raw = exact_json.dumps(body).encode() if "body" in step else b""
    if "raw_body" in step:
        raw = str(matcher.fill(step["raw_body"])).encode()
    path = str(matcher.fill(step["path"])).strip("/").partition("/")[2]
    return Request(
        method=str(step["method"]),
        path=urllib.parse.unquote(path),
        params=matcher.fill(step.get("params") or {}),
        headers=matcher.fill(step.get("headers") or {}),
        body=body,
        raw=raw,
        has_body="body" in step or "raw_body" in step,
        expected=expected,
    )


def _shown(value: Any) -> str:
    written = exact_json.dumps(value)
    return written if len(written) <= 1500 else written[:1500] + "…"
