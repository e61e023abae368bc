"""Events on their whole way: published, copied by a rule, consumed through an inbox, delivered by
a webhook; and the checker of what became of them."""

from __future__ import annotations

import asyncio
import json
import re
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import grpc
import grpc.aio
import psycopg
from io_cloudevents.v1 import cloudevents_pb2
from oms.event.v1 import event_service_pb2 as event_pb
from oms.event.v1 import (
    event_service_pb2_grpc,
    routing_rule_service_pb2_grpc,
    stream_service_pb2_grpc,
    subscription_service_pb2_grpc,
    webhook_service_pb2_grpc,
)
from oms.event.v1 import routing_rule_service_pb2 as rule_pb
from oms.event.v1 import stream_service_pb2 as stream_pb
from oms.event.v1 import subscription_service_pb2 as subscription_pb
from oms.event.v1 import webhook_service_pb2 as webhook_pb
from oms_events import Consumer, Inbox
from oms_nats import NatsSettings
from oms_outbound import OutboundSettings
from oms_postgres import PostgresSettings
from oms_testing.suite import Suite, running_suite, security_settings
from pydantic import SecretStr
from svc_events.settings import EventSettings
from svc_events.setup import service
from svc_events.webhook_settings import WebhookSettings

PATIENCE_S = 90
KEYS = 6
TABLE = "CREATE TABLE ledger (place bigserial, key text, n int, PRIMARY KEY (place))"
_BY_KEY = subscription_pb.DELIVERY_ORDERING_BY_KEY
# What a call says that may be repeated.
_AGAIN = {
    grpc.StatusCode.UNAVAILABLE,
    grpc.StatusCode.INTERNAL,
    grpc.StatusCode.DEADLINE_EXCEEDED,
    grpc.StatusCode.RESOURCE_EXHAUSTED,
}


class JumpingClock:
    """Wall time that may be set; elapsed time goes on."""

    def __init__(self) -> None:
        self._off = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self._off

    def monotonic(self) -> float:
        return asyncio.get_running_loop().time()

    def jump(self, by: timedelta) -> None:
        self._off += by


async def patiently(call: Callable[[], Awaitable[Any]]) -> Any:
    """Calls until there is an answer."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            try:
                return await call()
            except grpc.aio.AioRpcError as error:
                if error.code() not in _AGAIN:
                    raise
                await asyncio.sleep(0.05)


async def until(is_true: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not await is_true():  # noqa: ASYNC110 - others' doing
            await asyncio.sleep(0.05)


def event_of(key: str, n: int) -> cloudevents_pb2.CloudEvent:
    event = cloudevents_pb2.CloudEvent(
        id=f"{key}-{n}",
        source="/chain",
        spec_version="1.0",
        type="tests.happened",
        text_data=json.dumps({"n": n}),
    )
    event.attributes["subject"].ce_string = key
    event.attributes["datacontenttype"].ce_string = "application/json"
    return event


def place_of(event: Any) -> tuple[str, int]:
    return event.attributes["subject"].ce_string, json.loads(event.text_data)["n"]


@asynccontextmanager
async def serving(nats: str, database: str, clock: JumpingClock) -> AsyncIterator[Suite]:
    """The event service in this process, on NATS and PostgreSQL at these addresses."""
    events = service(
        EventSettings(),
        NatsSettings(url=SecretStr(nats), timeout_s=2),
        PostgresSettings(url=SecretStr(database)),
        webhooks=WebhookSettings(key=SecretStr("k" * 40), ack_wait_s=2),
        outbound=OutboundSettings(allow_http=True, private_networks="127.0.0.0/8"),
    )
    async with running_suite([events], security=security_settings(), clock=clock) as suite:
        yield suite


class Endpoint:
    """A webhook's endpoint: takes every request, and notes what was in it."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, int]] = []
        self._server: asyncio.Server | None = None

    @property
    def url(self) -> str:
        assert self._server is not None
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}/"

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Endpoint]:
        tasks: set[asyncio.Task[None]] = set()

        def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            tasks.add(asyncio.create_task(self._serve(reader, writer)))

        self._server = await asyncio.start_server(accept, "127.0.0.1", 0)
        try:
            yield self
        finally:
            self._server.close()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = re.search(rb"content-length: (\d+)", head)
                body = json.loads(await reader.readexactly(int(length[1]) if length else 0))
                self.taken.append((body["subject"], body["data"]["n"]))
                writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")
        except (asyncio.IncompleteReadError, ConnectionError):
            return
        finally:
            writer.transport.abort()


@dataclass
class Chain:
    """Everything an event passes, and what was acknowledged to its publisher."""

    channel: grpc.aio.Channel
    database: str
    endpoint: Endpoint
    name: str
    published: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    async def open(self) -> None:
        """Makes streams, the rule, the subscription, the webhook and the consumer's table."""
        streams = stream_service_pb2_grpc.StreamServiceStub(self.channel)
        for stream in (self.name, self.copies):
            request = stream_pb.CreateStreamRequest(stream_id=stream)
            await patiently(lambda r=request: streams.CreateStream(r))
        rule = rule_pb.RoutingRule(
            stream=f"streams/{self.name}", target_stream=f"streams/{self.copies}"
        )
        rules = routing_rule_service_pb2_grpc.RoutingRuleServiceStub(self.channel)
        await rules.CreateRoutingRule(
            rule_pb.CreateRoutingRuleRequest(routing_rule_id=self.name, routing_rule=rule)
        )
        await self._subscribe()
        webhook = webhook_pb.Webhook(
            url=self.endpoint.url,
            stream=f"streams/{self.copies}",
            ordering=_BY_KEY,
            retry={"delays": [{"nanos": 50_000_000}] * 30},
        )
        webhooks = webhook_service_pb2_grpc.WebhookServiceStub(self.channel)
        await webhooks.CreateWebhook(
            webhook_pb.CreateWebhookRequest(webhook_id=self.name, webhook=webhook)
        )
        async with await self._connect() as connection:
            await Inbox(self.name).create(connection)
            await connection.execute(TABLE.encode())

    @property
    def copies(self) -> str:
        return f"{self.name}-copies"

    @property
    def subscription(self) -> str:
        return f"subscriptions/{self.name}"

    @property
    def subscriptions(self) -> Any:
        return subscription_service_pb2_grpc.SubscriptionServiceStub(self.channel)

    @property
    def _events(self) -> Any:
        return event_service_pb2_grpc.EventServiceStub(self.channel)

    async def _subscribe(self) -> None:
        selection = event_pb.Selection(
            stream=f"streams/{self.copies}", start=event_pb.StartPosition(beginning=True)
        )
        subscription = subscription_pb.Subscription(
            selection=selection, ordering=_BY_KEY, ack_deadline={"seconds": 2}, max_attempts=1000
        )
        request = subscription_pb.CreateSubscriptionRequest(
            subscription_id=self.name, subscription=subscription
        )
        await self.subscriptions.CreateSubscription(request)

    async def publish(self, rounds: int) -> None:
        """Publishes events of every key, in their order, until each is acknowledged."""
        for _ in range(rounds):
            numbers = {f"key-{each}": self.published[f"key-{each}"] for each in range(KEYS)}
            ready = [event_of(key, n) for key, n in numbers.items()]
            request = event_pb.PublishBatchRequest(parent=f"streams/{self.name}", events=ready)
            await patiently(lambda r=request: self._events.PublishBatch(r, timeout=20))
            for key in numbers:
                self.published[key] += 1

    @asynccontextmanager
    async def consuming(self) -> AsyncIterator[None]:
        """Consumes the copies through an inbox meanwhile."""
        inbox = Inbox(self.name)

        async def apply(event: cloudevents_pb2.CloudEvent) -> None:
            async with await self._connect() as connection, connection.transaction():
                if await inbox.is_new(connection, event):
                    key, n = place_of(event)
                    await connection.execute(
                        b"INSERT INTO ledger (key, n) VALUES (%s, %s)", [key, n]
                    )

        task = asyncio.create_task(
            Consumer(self.channel, self.subscription, apply).run(concurrency=4)
        )
        try:
            yield
            assert not task.done(), task
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def applied(self) -> list[tuple[str, int]]:
        """What the consumer did, in its order."""
        async with await self._connect() as connection:
            cursor = await connection.execute(b"SELECT key, n FROM ledger ORDER BY place")
            return [(key, n) for key, n in await cursor.fetchall()]

    async def has_applied(self) -> bool:
        """Whether the consumer did anything yet."""
        return bool(await self.applied())

    async def stored(self, stream: str) -> list[tuple[str, int]]:
        """What is in a stream, in its order."""
        found: list[tuple[str, int]] = []
        token = ""
        while True:
            request = event_pb.ListEventsRequest(
                parent=f"streams/{stream}", page_size=1000, page_token=token
            )
            page = await patiently(lambda r=request: self._events.ListEvents(r))
            found += [place_of(each.event) for each in page.events]
            token = page.next_page_token
            if not token:
                return found

    async def check(self) -> None:
        """Waits until everything that was acknowledged has arrived everywhere; then nothing may be
        there twice or out of order, but what a webhook may repeat."""
        wanted = {(key, n) for key, count in self.published.items() for n in range(count)}

        async def is_done() -> bool:
            return wanted <= set(await self.applied()) and wanted <= set(self.endpoint.taken)

        await until(is_done)
        for places in (
            await self.stored(self.name),
            await self.stored(self.copies),
            await self.applied(),
        ):
            assert len(places) == len(set(places)) == len(wanted)
            assert_in_order(places)
        # Deliveries are at least once: a repetition is no fault, an event before its time is.
        assert set(self.endpoint.taken) == wanted
        assert_in_order(list(dict.fromkeys(self.endpoint.taken)))

    async def _connect(self) -> psycopg.AsyncConnection[Any]:
        return await psycopg.AsyncConnection.connect(self.database, autocommit=True)


def assert_in_order(places: Sequence[tuple[str, int]]) -> None:
    """Of each key 0, 1, 2 and so on."""
    by_key: dict[str, list[int]] = defaultdict(list)
    for key, n in places:
        by_key[key].append(n)
    for key, numbers in by_key.items():
        assert numbers == list(range(len(numbers))), key


class WithToken:
    """Sends the caller's token with each call, over interceptors of their two kinds."""

    def __init__(self, token: str) -> None:
        self._metadata = grpc.aio.Metadata(("authorization", f"Bearer {token}"))

    @classmethod
    def both(cls, token: str) -> list[Any]:
        """Interceptors for calls with one answer, and with a stream of them."""
        return [_UnaryToken(token), _StreamToken(token)]

    def details(self, details: Any) -> Any:
        """What a call is made with."""
        return details._replace(metadata=self._metadata)


class _UnaryToken(WithToken, grpc.aio.UnaryUnaryClientInterceptor):
    async def intercept_unary_unary(self, continuation: Any, details: Any, request: Any) -> Any:
        return await continuation(self.details(details), request)


class _StreamToken(WithToken, grpc.aio.UnaryStreamClientInterceptor):
    async def intercept_unary_stream(self, continuation: Any, details: Any, request: Any) -> Any:
        return await continuation(self.details(details), request)
