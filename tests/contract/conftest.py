"""A server whose handlers each test writes itself, reached over both kinds of channel."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from typing import Any, ClassVar

import grpc
import pytest
from google.protobuf.wrappers_pb2 import BytesValue
from oms_core.errors import TokenInvalid
from oms_core.identity import Identity
from oms_core.settings import Settings
from oms_rpc import (
    Process,
    RunningServer,
    ServerSettings,
    Service,
    ServiceContext,
    Topology,
    serving,
)
from oms_rpc.policy import AuditClass, MethodPolicy

SERVICE = "contract.v1.Shapes"
TOKENS = {
    "reader": frozenset({"shapes.read"}),
    "writer": frozenset({"shapes.*", "kernel.*", "ontology.*"}),
    "operator": frozenset({"*"}),
    "nobody": frozenset[str](),
}


class Shapes:
    """One method of each shape, over `BytesValue`. A test sets what they do."""

    POLICIES: ClassVar[dict[str, MethodPolicy]] = {
        f"/{SERVICE}/Unary": MethodPolicy("shapes.read"),
        f"/{SERVICE}/Out": MethodPolicy("shapes.read"),
        f"/{SERVICE}/In": MethodPolicy("shapes.write", audit_class=AuditClass.WRITE),
        f"/{SERVICE}/Both": MethodPolicy("shapes.write", audit_class=AuditClass.WRITE),
    }

    def __init__(self) -> None:
        self.unary: Callable[..., Awaitable[BytesValue]] = self._echo
        self.out: Callable[..., AsyncIterator[BytesValue]] = self._twice
        self.collect: Callable[..., Awaitable[BytesValue]] = self._join
        self.both: Callable[..., AsyncIterator[BytesValue]] = self._echo_all

    async def Unary(self, request, context):
        return await self.unary(request, context)

    async def Out(self, request, context):
        async for response in self.out(request, context):
            yield response

    async def In(self, requests, context):
        return await self.collect(requests, context)

    async def Both(self, requests, context):
        async for response in self.both(requests, context):
            yield response

    async def _echo(self, request, context):
        return request

    async def _twice(self, request, context):
        yield request
        yield request

    async def _join(self, requests, context):
        return BytesValue(value=b"".join([r.value async for r in requests]))

    async def _echo_all(self, requests, context):
        async for request in requests:
            yield request

    def add_to(self, servicer: object, server: Any) -> None:
        messages = {
            "request_deserializer": BytesValue.FromString,
            "response_serializer": BytesValue.SerializeToString,
        }
        handlers = {
            "Unary": grpc.unary_unary_rpc_method_handler(self.Unary, **messages),
            "Out": grpc.unary_stream_rpc_method_handler(self.Out, **messages),
            "In": grpc.stream_unary_rpc_method_handler(self.In, **messages),
            "Both": grpc.stream_stream_rpc_method_handler(self.Both, **messages),
        }
        server.add_registered_method_handlers(SERVICE, handlers)


class ShapesStub:
    """What generated code would make for `Shapes`."""

    def __init__(self, channel: grpc.aio.Channel) -> None:
        messages = {
            "request_serializer": BytesValue.SerializeToString,
            "response_deserializer": BytesValue.FromString,
            "_registered_method": True,
        }
        self.Unary = channel.unary_unary(f"/{SERVICE}/Unary", **messages)
        self.Out = channel.unary_stream(f"/{SERVICE}/Out", **messages)
        self.In = channel.stream_unary(f"/{SERVICE}/In", **messages)
        self.Both = channel.stream_stream(f"/{SERVICE}/Both", **messages)


class Tokens:
    """Knows the tokens of `TOKENS` and counts how often it is asked."""

    def __init__(self) -> None:
        self.asked = 0

    async def authenticate(self, token: str) -> Identity:
        self.asked += 1
        if token not in TOKENS:
            raise TokenInvalid("the token is not one of ours")
        return Identity(token, token, (), TOKENS[token], token=token)


@pytest.fixture
def shapes() -> Shapes:
    return Shapes()


@pytest.fixture
def tokens() -> Tokens:
    return Tokens()


@pytest.fixture
def shapes_stub() -> type[ShapesStub]:
    return ShapesStub


Start = Callable[..., Awaitable[RunningServer]]


@pytest.fixture
async def start(shapes: Shapes, tokens: Tokens) -> AsyncIterator[Start]:
    """Starts servers on free ports; they stop at the end of the test.

    Keywords go to `Process`; `settings` to `ServerSettings`; `logged` are further settings
    to log; `setup` runs after the shapes are registered; `services` replaces the single
    service `datakernel`.
    """

    async with AsyncExitStack() as stack:

        async def start(
            *,
            settings: dict[str, Any] | None = None,
            logged: Sequence[Settings] = (),
            setup: Callable[[ServiceContext], Awaitable[None]] | None = None,
            **process: Any,
        ) -> RunningServer:
            async def compose(ctx: ServiceContext) -> None:
                ctx.add_servicer(shapes.add_to, shapes, policies=Shapes.POLICIES)
                if setup is not None:
                    await setup(ctx)

            arguments: dict[str, Any] = {
                "services": [Service("datakernel", compose)],
                "server": ServerSettings(**{"port": 0, "grace_s": 2.0, **(settings or {})}),
                "topology": Topology(),
                "authenticator": tokens,
                "settings": logged,
            }
            return await stack.enter_async_context(serving(Process(**{**arguments, **process})))

        yield start


@pytest.fixture(params=["network", "local"])
def kind(request: pytest.FixtureRequest) -> str:
    return request.param


Connect = Callable[..., grpc.aio.Channel]


@pytest.fixture
def connect(kind: str) -> Connect:
    """Opens the channel of this run's kind to a server."""

    def connect(server: RunningServer, token: str | None = "writer") -> grpc.aio.Channel:
        if kind == "network":
            return server.channel(token=token)
        return server.local_channel(token=token)

    return connect


@pytest.fixture
async def stub(start: Start, connect: Connect) -> ShapesStub:
    """A stub on a fresh server, over this run's kind of channel, that may call everything."""
    return ShapesStub(connect(await start()))


@pytest.fixture
def until() -> Callable[[Callable[[], bool]], Awaitable[None]]:
    """Polls a condition until it holds, for at most a minute."""

    async def until(condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(60):
            while not condition():  # noqa: ASYNC110 - the state belongs to other code
                await asyncio.sleep(0.005)

    return until
