"""What the transport does with an engine: times, errors, rights, batches, documents, the end."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from oms_core.clock import SystemClock
from oms_core.errors import DeadlineExceeded, InternalError, InvalidField, LimitExceeded, OmsError
from oms_core.identity import Identity
from oms_core.settings import SettingsError
from oms_rpc.authentication import CachingAuthenticator
from oms_security import TokenAuthenticator
from oms_testing.suite import running_suite, security_settings
from svc_graphql.execution.engine import MetamodelEngine
from svc_graphql.execution.limits import Limits
from svc_graphql.schema.loading import load
from svc_graphql.settings import GraphqlSettings
from svc_graphql.setup import service
from svc_graphql.transport.documents import Documents
from svc_graphql.transport.engine import (
    Answer,
    Caller,
    Endpoints,
    OperationKind,
    OperationRequest,
    RequestRefused,
)
from svc_graphql.transport.parameters import from_json
from svc_graphql.transport.running import Running
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

NOBODY = Caller(None, "r")


class Fake:
    """An engine whose only operation does what it is told."""

    kind = OperationKind.QUERY
    name = "Fake"

    def __init__(self, work: Callable[[], Any]) -> None:
        self._work = work

    async def prepare(self, request: OperationRequest, caller: Caller) -> Fake:
        return self

    async def execute(self) -> Answer:
        await self._work()
        return Answer(b"{}")

    async def subscribe(self, send_now: object) -> AsyncIterator[bytes]:
        yield b"{}"


def running(engine: Any, *, timeout_s: float = 60) -> Running:
    clock = SystemClock()
    tokens = CachingAuthenticator(TokenAuthenticator(security_settings()), clock)
    return Running(Endpoints(engine), tokens, timeout_s=timeout_s)


async def execute(work: Callable[[], Any], *, timeout_s: float = 60) -> Answer:
    runs = running(Fake(work), timeout_s=timeout_s)
    operation = await runs.prepare("/graphql", OperationRequest("{a}"), NOBODY)
    return await runs.execute(operation, "/graphql")


async def test_an_operation_that_takes_too_long_is_ended():
    with pytest.raises(DeadlineExceeded, match=r"within 0\.01 s"):
        await execute(asyncio.Event().wait, timeout_s=0.01)


async def test_what_nobody_foresaw_is_told_by_a_reference_alone():
    async def fail() -> None:
        raise ValueError("a secret")

    with pytest.raises(InternalError) as caught:
        await execute(fail)
    assert "secret" not in caught.value.message
    assert caught.value.metadata["reference"] in caught.value.message


@pytest.mark.parametrize(
    ("permissions", "expected"),
    [(None, "TOKEN_MISSING"), ((), "PERMISSION_DENIED"), (("graphql.schema.read",), None)],
)
async def test_introspection_needs_a_permission_unless_it_is_public(
    permissions: tuple[str, ...] | None, expected: str | None
):
    limits = Limits(max_tokens=1000, max_depth=10, max_aliases=10, max_cost=1000)

    def context(_caller: Caller) -> Any:
        return None

    engine = MetamodelEngine(lambda: load(limits), context, is_introspection_public=False)
    identity = None
    if permissions is not None:
        identity = Identity("a", "a", (), frozenset(permissions))
    caller = Caller(identity, "r")
    await engine.prepare(OperationRequest("{ __typename }"), caller)
    request = OperationRequest("{ ...F } fragment F on Query { __schema { types { name } } }")
    try:
        await engine.prepare(request, caller)
        reason = None
    except OmsError as exc:
        reason = exc.reason
    assert reason == expected


def test_a_batch_is_taken_where_it_is_allowed():
    documents = Documents({})
    body = json.dumps([{"query": "{a}"}, {"query": "{b}"}]).encode()
    requests = from_json(body, documents, max_batch=2)
    assert isinstance(requests, list)
    assert [each.document for each in requests] == ["{a}", "{b}"]
    with pytest.raises(LimitExceeded):
        from_json(body, documents, max_batch=1)
    with pytest.raises(InvalidField):
        from_json(b"[]", documents, max_batch=2)


def test_only_trusted_documents_are_found_where_others_are_refused(tmp_path: Path):
    file = tmp_path / "documents.json"
    file.write_text('{"one": "{ one }"}')
    documents = Documents.load(file, is_exclusive=True)
    assert documents.find(None, "one", {}) == "{ one }"
    assert documents.find("{ one }", None, {}) == "{ one }"
    digest = hashlib.sha256(b"{ two }").hexdigest()
    for text, key, extensions in (
        ("{ two }", None, {}),
        (None, "two", {}),
        ("{ two }", None, {"persistedQuery": {"sha256Hash": digest}}),
    ):
        with pytest.raises(RequestRefused):
            documents.find(text, key, extensions)
    file.write_text("[]")
    with pytest.raises(SettingsError, match="no object of texts"):
        Documents.load(file, is_exclusive=True)


async def test_a_server_that_stops_says_so():
    settings = GraphqlSettings(port=0, grace_s=2)
    protocol: Any = ["graphql-transport-ws"]
    async with running_suite([service(settings)], security=security_settings()) as suite:
        url = f"ws://127.0.0.1:{suite.server.http_ports['graphql']}/graphql"
        socket = await connect(url, subprotocols=protocol, proxy=None)
        init = {"authorization": f"Bearer {suite.token()}"}
        await socket.send(json.dumps({"type": "connection_init", "payload": init}))
        assert json.loads(await socket.recv())["type"] == "connection_ack"
    with pytest.raises(ConnectionClosed) as caught:
        await socket.recv()
    assert caught.value.rcvd is not None
    assert caught.value.rcvd.code == 1001
