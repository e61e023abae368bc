"""NATS, PostgreSQL and a server of the event service for a module; sinks for each test."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import grpc
import pytest
from oms.event.v1 import webhook_service_pb2 as pb
from oms.event.v1 import webhook_service_pb2_grpc as pb_grpc
from oms_core.errors import TokenInvalid
from oms_core.identity import Identity
from oms_devstack import running_stack
from oms_nats import NatsConnection, NatsSettings
from oms_outbound import OutboundSettings
from oms_postgres import PostgresSettings
from oms_rpc import Process, RunningServer, ServerSettings, Topology, serving
from pydantic import SecretStr
from svc_events.adapters.jetstream.outgoing import outgoing
from svc_events.adapters.jetstream.publishing import EventPublisher
from svc_events.adapters.jetstream.streams import EventStreams
from svc_events.domain.events import CloudEvent, EventData
from svc_events.domain.streams import StreamOptions
from svc_events.domain.subjects import ORIGIN_PUBLISHED
from svc_events.settings import EventSettings
from svc_events.setup import service
from svc_events.webhook_settings import WebhookSettings

from .sink import Decide, Sink

_NUMBERS = itertools.count(1)


class Background:
    """An event loop in a thread, for what outlives a test."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self._thread.start()
        self.stack = AsyncExitStack()

    def run(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(60)

    def enter(self, manager: Any) -> Any:
        return self.run(self.stack.enter_async_context(manager))

    def close(self) -> None:
        self.run(self.stack.aclose())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join()
        self.loop.close()


class Tokens:
    """Knows the tokens `operator`, who may everything, and `viewer`."""

    async def authenticate(self, token: str) -> Identity:
        permissions = {"operator": frozenset({"*"}), "viewer": frozenset({"events.webhooks.read"})}
        if token not in permissions:
            raise TokenInvalid("the token is not one of ours")
        return Identity(token, token, (), permissions[token], token=token)


@dataclass
class Deployment:
    """Addresses, and servers of the event service that stand on them."""

    background: Background
    urls: dict[str, str]
    servers: list[RunningServer] = field(default_factory=list)

    def start(self, **settings: Any) -> RunningServer:
        process = Process(
            services=[event_service(self.urls, **settings)],
            server=ServerSettings(port=0, grace_s=2.0),
            topology=Topology(),
            authenticator=Tokens(),
        )
        server = self.background.enter(serving(process))
        self.servers.append(server)
        return server


def event_service(urls: dict[str, str], **settings: Any) -> Any:
    """The service with loopback allowed."""
    webhooks = {"key": SecretStr("k" * 40), "ack_wait_s": 2.0, "origin": "oms.example"} | settings
    return service(
        EventSettings(),
        NatsSettings(url=SecretStr(urls["NATS_URL"])),
        PostgresSettings(url=SecretStr(urls["DATABASE_URL"])),
        webhooks=WebhookSettings(**webhooks),
        outbound=OutboundSettings(allow_http=True, private_networks="127.0.0.0/8"),
    )


@pytest.fixture(scope="module")
def deployment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    background = Background()
    folder: Path = tmp_path_factory.mktemp("webhooks")
    only = {"nats", "postgresql"}
    stack = background.enter(running_stack(folder, only=only, is_durable=False))
    yield Deployment(background, dict(stack.urls))
    background.close()


@pytest.fixture(scope="module")
def server(deployment: Deployment) -> RunningServer:
    return deployment.start()


@pytest.fixture
async def connect(server: RunningServer) -> AsyncIterator[Callable[..., Any]]:
    """Opens stubs; `token` says as whom."""
    async with AsyncExitStack() as stack:

        async def connect(to: RunningServer = server, token: str = "operator") -> Any:
            channel = grpc.aio.insecure_channel(f"127.0.0.1:{to.port}")
            await stack.enter_async_context(channel)
            return Client(pb_grpc.WebhookServiceStub(channel), token)

        yield connect


class Client:
    """A stub that sends a token."""

    def __init__(self, stub: Any, token: str) -> None:
        self._stub = stub
        self._metadata = (("authorization", f"Bearer {token}"),)

    def __getattr__(self, method: str) -> Any:
        call = getattr(self._stub, method)
        return lambda request: call(request, metadata=self._metadata, timeout=30)


@pytest.fixture
async def client(connect: Callable[..., Any]) -> Client:
    return await connect()


@pytest.fixture
async def open_sink() -> AsyncIterator[Callable[..., Any]]:
    async with AsyncExitStack() as stack:

        async def open_sink(decide: Decide | None = None) -> Sink:
            sink = Sink(decide)
            await sink.start()
            stack.push_async_callback(sink.stop)
            return sink

        yield open_sink


@pytest.fixture
async def sink(open_sink: Callable[..., Any]) -> Sink:
    return await open_sink()


@pytest.fixture
async def nats(deployment: Deployment) -> AsyncIterator[NatsConnection]:
    connection = NatsConnection(NatsSettings(url=SecretStr(deployment.urls["NATS_URL"])), "test")
    yield connection
    await connection.close()


@pytest.fixture
async def publish(nats: NatsConnection) -> Callable[..., Any]:
    """Publishes events into the built-in stream; answers their places."""
    streams = EventStreams(nats, StreamOptions())
    publisher = EventPublisher(nats, streams)

    async def publish(*events: CloudEvent) -> list[int]:
        await streams.ensure()
        ready = [outgoing(event, origin=ORIGIN_PUBLISHED) for event in events]
        return [place.sequence for place in await publisher.publish("events", ready)]

    return publish


@pytest.fixture
def unique() -> str:
    """A name that no other test uses, for a webhook and the type of its events."""
    return f"t{next(_NUMBERS)}"


@pytest.fixture
async def create(client: Client, unique: str) -> AsyncIterator[Callable[..., Any]]:
    """Creates webhooks that get the events whose type begins with `unique`; deletes them."""
    created: list[str] = []

    async def create(
        sink: Sink, webhook_id: str = "", *, secret: str = "", **fields: Any
    ) -> pb.CreateWebhookResponse:
        webhook_id = webhook_id or f"{unique}-{len(created)}"
        filters = [{"prefix": {"values": {"type": f"{unique}."}}}]
        webhook = pb.Webhook(**({"url": sink.url, "filters": filters} | fields))
        request = pb.CreateWebhookRequest(webhook_id=webhook_id, webhook=webhook, secret=secret)
        response = await client.CreateWebhook(request)
        created.append(response.webhook.name)
        return response

    yield create
    for name in created:
        # One that a test deleted is not there any more.
        with contextlib.suppress(grpc.aio.AioRpcError):
            await client.DeleteWebhook(pb.DeleteWebhookRequest(name=name))


@pytest.fixture
def event(unique: str) -> Callable[..., CloudEvent]:
    """Makes events that the webhooks of the test get."""
    numbers = itertools.count(1)

    def event(subject: str | None = None, *, data: bytes = b'{"n":1}', **more: Any) -> CloudEvent:
        return CloudEvent(
            id=f"{unique}-{next(numbers)}",
            source="/tests",
            type=f"{unique}.happened",
            subject=subject,
            datacontenttype="application/json",
            data=EventData.text(data.decode()),
            **more,
        )

    return event


@pytest.fixture
def retry() -> Callable[..., Any]:
    """Delays in seconds, as a field of a webhook."""

    def retry(*delays: float) -> dict[str, Any]:
        spans = [{"seconds": int(each), "nanos": int(each % 1 * 1e9)} for each in delays]
        return {"delays": spans}

    return retry


@pytest.fixture
def until() -> Callable[..., Any]:
    """Asks until an answer is right; gives it back."""

    async def until(ask: Callable[[], Any], is_right: Callable[[Any], bool]) -> Any:
        async with asyncio.timeout(60):
            while True:
                answer = await ask()
                if is_right(answer):
                    return answer
                await asyncio.sleep(0.02)

    return until
