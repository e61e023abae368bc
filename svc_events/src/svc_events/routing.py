"""Composition of routing rules."""

from __future__ import annotations

from typing import Final

from oms.event.v1 import routing_rule_service_pb2_grpc as pb_grpc
from oms_rpc import ServiceContext

from svc_events.adapters.routing.book import RuleBook
from svc_events.adapters.routing.copies import CopyMaker
from svc_events.adapters.routing.router import Router, Sources
from svc_events.adapters.routing.sending import CopySender
from svc_events.adapters.routing.store import RuleStore
from svc_events.adapters.webhooks.changes import Changes
from svc_events.adapters.webhooks.queue import DeliveryQueue
from svc_events.adapters.webhooks.reading import StreamReader
from svc_events.resources import Resources
from svc_events.servicers.routing_rule_servicer import RoutingRuleServicer

_CHANGED: Final = "oms.routing.changed"
# Only for deliveries that are taken out of the queue, which nobody does here.
_ACK_WAIT_S: Final = 30.0


def add_routing(ctx: ServiceContext, resources: Resources) -> None:
    """Registers the service and what copies events in the background."""
    store = RuleStore(resources.schema)
    reader, changes = StreamReader(resources.nats), Changes(resources.nats, _CHANGED)
    queue = DeliveryQueue(
        resources.nats, replicas=resources.settings.stream_replicas, ack_wait_s=_ACK_WAIT_S
    )
    book = RuleBook()
    router = Router(
        Sources(
            schema=resources.schema,
            streams=reader,
            changes=changes,
            book=book,
            maker=CopyMaker(book, resources.settings.public_url, ctx.clock),
            sender=CopySender(resources.nats, resources.publisher, queue),
        )
    )
    resources.stream_users.append(store.using)
    servicer = RoutingRuleServicer(store, resources.streams, reader, changes, ctx.clock)
    ctx.add_servicer(pb_grpc.add_RoutingRuleServiceServicer_to_server, servicer)
    if resources.nats.is_configured and resources.schema.is_configured:
        ctx.add_worker("routing", router.run)
