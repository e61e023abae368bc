"""Composition of webhooks."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from oms.event.v1 import webhook_service_pb2_grpc as pb_grpc
from oms_core.errors import LimitExceeded, ServiceUnavailable
from oms_outbound import OutboundClient, OutboundPolicy, OutboundSettings
from oms_rpc import ServiceContext
from oms_security.sealing import Sealer

from svc_events.adapters.jetstream.outgoing import outgoing
from svc_events.adapters.webhooks.administration import Administration
from svc_events.adapters.webhooks.care import Caretaker
from svc_events.adapters.webhooks.changes import Changes
from svc_events.adapters.webhooks.dead_letters import DeadLetterStore
from svc_events.adapters.webhooks.directory import Directory
from svc_events.adapters.webhooks.dispatcher import Dispatcher, Sources
from svc_events.adapters.webhooks.engine import Engine
from svc_events.adapters.webhooks.following_up import FollowUp
from svc_events.adapters.webhooks.handshaking import Handshaker
from svc_events.adapters.webhooks.limiter import (
    LocalLimiter,
    RateLimiter,
    RedisLimiter,
    redis_client,
)
from svc_events.adapters.webhooks.log import AttemptLog
from svc_events.adapters.webhooks.log_writer import LogWriter
from svc_events.adapters.webhooks.own_events import OwnEvents, Publish
from svc_events.adapters.webhooks.queue import DeliveryQueue
from svc_events.adapters.webhooks.reading import StreamReader
from svc_events.adapters.webhooks.replaying import Replayer
from svc_events.adapters.webhooks.runner import Tools
from svc_events.adapters.webhooks.sending import Sender
from svc_events.adapters.webhooks.store import WebhookStore
from svc_events.domain.events import CloudEvent
from svc_events.domain.subjects import DEFAULT_STREAM
from svc_events.resources import Resources
from svc_events.servicers.webhook_servicer import WebhookServicer, WebhookStores
from svc_events.webhook_settings import WebhookSettings

_MAX_REQUEST_BYTES: Final = 32 * 1024 * 1024
_LONGEST_CALL_S: Final = 60.0
_MAX_CONNECTIONS: Final = 10_000
_MAX_CONNECTIONS_PER_HOST: Final = 1000


def add_webhooks(
    ctx: ServiceContext,
    resources: Resources,
    settings: WebhookSettings,
    outbound: OutboundSettings,
) -> None:
    """Registers the service and what delivers in the background."""
    client = OutboundClient(webhook_policy(outbound), clock=ctx.clock)
    limiter = _limiter(ctx, settings)
    ctx.stack.push_async_callback(limiter.close)
    ctx.stack.push_async_callback(client.close)
    sealer = Sealer(
        settings.key.get_secret_value() or None,
        purpose="oms events webhooks 1",
        variable="OMS_EVENTS_KEY",
    )
    store = WebhookStore(resources.schema, sealer)
    changes, directory = Changes(resources.nats), Directory(sealer)
    queue = DeliveryQueue(
        resources.nats,
        replicas=resources.settings.stream_replicas,
        ack_wait_s=settings.ack_wait_s,
    )
    reader, log = StreamReader(resources.nats), AttemptLog(resources.schema)
    caretaker = Caretaker(
        schema=resources.schema,
        store=store,
        log=log,
        queue=queue,
        streams=reader,
        directory=directory,
        handshaker=Handshaker(client, settings.origin),
        changes=changes,
        clock=ctx.clock,
        keep_log_s=settings.keep_attempts_s,
    )
    sender = Sender(client, ctx.clock)
    events = OwnEvents(resources.settings.public_url)
    follow_up = FollowUp(
        store,
        changes,
        events,
        _publisher(resources),
        clock=ctx.clock,
        suspend_after_s=settings.suspend_after_s,
    )
    tools = Tools(queue, sender, limiter, LogWriter(resources.schema), follow_up, ctx.clock)
    sources = Sources(resources.schema, reader, queue, changes, directory, ctx.clock)
    engine = Engine(
        schema=resources.schema,
        directory=directory,
        changes=changes,
        dispatcher=Dispatcher(sources),
        caretaker=caretaker,
        tools=tools,
    )
    administration = Administration(
        store, resources.streams, reader, client, sender, caretaker, changes, events, ctx.clock
    )
    dead_letters = DeadLetterStore(resources.schema)
    servicer = WebhookServicer(
        administration,
        WebhookStores(store, log, dead_letters, queue),
        Replayer(dead_letters, queue, reader),
        ctx.clock,
    )
    resources.stream_users.append(store.using)
    ctx.add_servicer(pb_grpc.add_WebhookServiceServicer_to_server, servicer)
    if resources.nats.is_configured and resources.schema.is_configured:
        ctx.add_worker("webhooks", engine.run)


def webhook_policy(outbound: OutboundSettings) -> OutboundPolicy:
    """What webhooks may reach and take.

    How many requests are under way says each webhook, so that none waits for a connection behind
    those of a slow endpoint; how long, too. Batches and large events are longer than other calls.
    """
    return replace(
        outbound.policy(allow_credentials=True),
        max_request_bytes=_MAX_REQUEST_BYTES,
        total_timeout_s=_LONGEST_CALL_S,
        max_connections=_MAX_CONNECTIONS,
        max_connections_per_host=_MAX_CONNECTIONS_PER_HOST,
    )


def _limiter(ctx: ServiceContext, settings: WebhookSettings) -> RateLimiter:
    url = settings.redis_url.get_secret_value()
    if not url:
        return LocalLimiter(ctx.clock)
    return RedisLimiter(lambda: redis_client(url, settings.redis_pool_size), ctx.clock)


def _publisher(resources: Resources) -> Publish:
    async def publish(event: CloudEvent) -> None:
        try:
            await resources.streams.ensure()
            await resources.publisher.publish(DEFAULT_STREAM, [outgoing(event)])
        except LimitExceeded as exc:
            raise ServiceUnavailable(exc.message) from exc

    return publish
