"""Composition of what is subscribed to: subscriptions, and streams for browsers."""

from __future__ import annotations

from oms.event.v1 import subscription_service_pb2_grpc as pb_grpc
from oms_rpc import ServiceContext

from svc_events.adapters.subscriptions.abandoning import AbandonedEvents
from svc_events.adapters.subscriptions.consumers import SubscriptionConsumers
from svc_events.adapters.subscriptions.store import SubscriptionStore
from svc_events.resources import Resources
from svc_events.servicers.event_servicer import StreamEvents
from svc_events.servicers.event_streaming import EventStreaming
from svc_events.servicers.subscription_servicer import SubscriptionServicer
from svc_events.subscription_convert import CommitFinder


def add_subscriptions(
    ctx: ServiceContext, resources: Resources, find_commit: CommitFinder
) -> StreamEvents:
    """Registers SubscriptionService; what is returned serves `EventService.StreamEvents`."""
    store = SubscriptionStore(resources.schema)
    resources.stream_users.append(store.users_of_stream)
    consumers = SubscriptionConsumers(resources.nats, resources.streams)
    ctx.add_servicer(
        pb_grpc.add_SubscriptionServiceServicer_to_server,
        SubscriptionServicer(resources.nats, consumers, store, ctx.clock, find_commit),
    )
    abandoned = AbandonedEvents(
        resources.nats,
        resources.reader,
        resources.publisher,
        ctx.clock,
        base_url=resources.settings.public_url,
        replicas=resources.settings.stream_replicas,
    )
    ctx.add_worker("abandoned events", abandoned.run)
    return EventStreaming(resources.nats, consumers, find_commit).stream
