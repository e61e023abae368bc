"""Publishing, reading, and streams."""

from __future__ import annotations

from oms.event.v1 import event_service_pb2_grpc as event_grpc
from oms.event.v1 import stream_service_pb2_grpc as stream_grpc
from oms_rpc import ServiceContext

from svc_events.resources import Resources
from svc_events.servicers.event_servicer import EventServicer, StreamEvents
from svc_events.servicers.stream_servicer import StreamServicer


def add_events(
    ctx: ServiceContext, resources: Resources, *, stream_events: StreamEvents | None = None
) -> None:
    """Registers EventService and StreamService.

    Args:
        stream_events: The method `StreamEvents`; left out: it is unimplemented.
    """
    events = EventServicer(resources.publisher, resources.reader, stream_events=stream_events)
    ctx.add_servicer(event_grpc.add_EventServiceServicer_to_server, events)
    streams = StreamServicer(
        resources.streams,
        replicas=resources.settings.stream_replicas,
        users=resources.stream_users,
    )
    ctx.add_servicer(stream_grpc.add_StreamServiceServicer_to_server, streams)
