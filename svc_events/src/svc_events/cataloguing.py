"""Composition of the event type catalogue."""

from __future__ import annotations

from oms.event.v1 import event_type_service_pb2_grpc as pb_grpc
from oms_rpc import ServiceContext

from svc_events.resources import Resources
from svc_events.servicers.event_type_servicer import EventTypeServicer


def add_catalogue(ctx: ServiceContext, resources: Resources) -> None:
    """Serves the catalogue, which needs neither NATS nor PostgreSQL."""
    ctx.add_servicer(
        pb_grpc.add_EventTypeServiceServicer_to_server,
        EventTypeServicer(resources.settings.public_url),
    )
