from __future__ import annotations

import asyncio
import json
import logging
import threading
from collections.abc import AsyncIterator, Iterator
from concurrent import futures
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc
import pytest
import structlog
from google.protobuf.message import Message
from google.rpc import status_pb2
from oms_client import AsyncClient, Client
from oms_rpc import Process, ServerSettings, Topology, serving
from oms_security import (
    Delegation,
    SecuritySettings,
    TokenAuthenticator,
    TokenIssuer,
    ensure_administrator,
)
from svc_api.settings import ApiSettings
from svc_api.setup import service as api_service
from svc_datakernel.settings import KernelSettings
from svc_datakernel.setup import service as kernel_service


@dataclass(frozen=True)
class Server:
    """A real server of ontologies in a thread, and an administrator's token and key for it."""

    target: str
    token: str
    api_key: str
    issuer: TokenIssuer


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nothing of whoever runs the tests is found."""
    for name in ("TARGET", "ADDRESS", "TOKEN", "API_KEY_FILE", "TLS", "CA"):
        monkeypatch.delenv(f"OMS_{name}", raising=False)
    for name in ("XDG_CONFIG_HOME", "OMS_DATA_DIR"):
        monkeypatch.setenv(name, str(tmp_path / name))


def _silence_logs() -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))


@pytest.fixture(autouse=True)
def silenced_logs() -> Iterator[None]:
    """For one test at a time: others of the same process look at their logs."""
    _silence_logs()
    yield
    structlog.reset_defaults()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    _silence_logs()
    data_dir = tmp_path_factory.mktemp("client")
    api_key = json.loads(ensure_administrator(data_dir).read_text())["api_key"]
    settings = SecuritySettings(jwt_secret=(data_dir / "jwt_secret").read_text())
    issuer = TokenIssuer(settings)
    process = Process(
        services=[
            kernel_service(KernelSettings(data_dir=data_dir)),
            api_service(ApiSettings(data_dir=data_dir), settings),
        ],
        server=ServerSettings(port=0),
        topology=Topology(),
        authenticator=TokenAuthenticator(settings),
        credentials=Delegation(issuer),
    )
    token = issuer.issue("tester", roles=["administrator"]).token
    started, stop = threading.Event(), asyncio.Event()
    known: dict[str, Any] = {}

    async def serve() -> None:
        known["loop"] = asyncio.get_running_loop()
        async with serving(process) as running:
            known["port"] = running.port
            started.set()
            await stop.wait()

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    assert started.wait(60)
    yield Server(f"127.0.0.1:{known['port']}", token, api_key, issuer)
    known["loop"].call_soon_threadsafe(stop.set)
    thread.join(60)


@pytest.fixture
def client(server: Server) -> Iterator[Client]:
    with Client(server.target, token=server.token) as opened:
        yield opened


@pytest.fixture
async def aio(server: Server) -> AsyncIterator[AsyncClient]:
    async with AsyncClient(server.target, token=server.token) as opened:
        yield opened


class Scripted:
    """A server that answers the calls it gets as it was told, one answer after the other.

    An answer is a message, a list of messages for a stream, or a status that ends the call; in a
    list a status ends the stream.
    """

    def __init__(self, target: str) -> None:
        self.target = target
        self.answers: list[Any] = []
        self.requests: list[bytes] = []
        self.tokens: list[str] = []

    def unary(self, request: bytes, context: grpc.ServicerContext) -> bytes:
        answer = self._next(request, context)
        _end_with(answer, context)
        return answer.SerializeToString()

    def stream(self, request: bytes, context: grpc.ServicerContext) -> Iterator[bytes]:
        for answer in self._next(request, context):
            _end_with(answer, context)
            yield answer.SerializeToString()

    def _next(self, request: bytes, context: grpc.ServicerContext) -> Any:
        self.requests.append(request)
        metadata = dict(context.invocation_metadata())
        self.tokens.append(metadata.get("authorization", "").removeprefix("Bearer "))
        return self.answers.pop(0)


def _end_with(answer: Message, context: grpc.ServicerContext) -> None:
    if isinstance(answer, status_pb2.Status):
        code = next(c for c in grpc.StatusCode if c.value[0] == answer.code)
        details = ("grpc-status-details-bin", answer.SerializeToString())
        context.set_trailing_metadata([details] if answer.details else [])
        context.abort(code, answer.message)


_STREAMS = frozenset({"WatchCommits", "WatchRuns", "Subscribe", "ExportOntology"})


class _Anything(grpc.GenericRpcHandler):
    def __init__(self, scripted: Scripted) -> None:
        self._scripted = scripted

    def service(self, handler_call_details: Any) -> Any:
        method = handler_call_details.method.rpartition("/")[2]
        if method in _STREAMS:
            return grpc.unary_stream_rpc_method_handler(self._scripted.stream)
        return grpc.unary_unary_rpc_method_handler(self._scripted.unary)


@pytest.fixture(scope="module")
def _scripted_server() -> Iterator[Scripted]:
    with ExitStack() as stack:
        pool = stack.enter_context(futures.ThreadPoolExecutor(4))
        server = grpc.server(pool)
        scripted = Scripted(f"127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}")
        server.add_generic_rpc_handlers([_Anything(scripted)])
        server.start()
        stack.callback(lambda: server.stop(None).wait(30))
        yield scripted


@pytest.fixture
def scripted(_scripted_server: Scripted) -> Iterator[Scripted]:
    _scripted_server.requests.clear()
    _scripted_server.tokens.clear()
    yield _scripted_server
    left, _scripted_server.answers = _scripted_server.answers, []
    assert left == []
