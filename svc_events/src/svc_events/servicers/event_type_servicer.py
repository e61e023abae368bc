"""`oms.event.v1.EventTypeService`."""

from __future__ import annotations

import json
from bisect import bisect_right
from functools import cached_property
from importlib.metadata import version
from typing import Any, Final

from google.api.httpbody_pb2 import HttpBody
from oms.event.v1 import event_type_service_pb2 as pb
from oms.event.v1 import event_type_service_pb2_grpc as pb_grpc
from oms_core.errors import ResourceNotFound
from oms_core.paging import decode_page_token, encode_page_token, page_size

from svc_events.domain.catalogue.asyncapi import asyncapi
from svc_events.domain.catalogue.entries import catalogue
from svc_events.domain.catalogue.model import EventTypeEntry
from svc_events.domain.events import to_json

_COLLECTION: Final = "eventTypes/"


class EventTypeServicer(pb_grpc.EventTypeServiceServicer):
    """The catalogue, which is the same for as long as the server runs."""

    def __init__(self, base_url: str) -> None:
        """Builds nothing yet.

        Args:
            base_url: Where the API is reached, without a slash at the end.
        """
        self._base_url = base_url

    async def GetEventType(
        self, request: pb.GetEventTypeRequest, context: Any
    ) -> pb.GetEventTypeResponse:
        return pb.GetEventTypeResponse(event_type=_message(self._find(request.name)))

    async def ListEventTypes(
        self, request: pb.ListEventTypesRequest, context: Any
    ) -> pb.ListEventTypesResponse:
        query = ("event types", request.prefix)
        cursor = decode_page_token(query, request.page_token, length=1)
        names = [name for name in self._entries if name.startswith(request.prefix)]
        start = bisect_right(names, cursor[0]) if cursor else 0
        end = start + page_size(request.page_size)
        is_last = end >= len(names)
        return pb.ListEventTypesResponse(
            event_types=[_message(self._entries[name]) for name in names[start:end]],
            next_page_token="" if is_last else encode_page_token(query, [names[end - 1]]),
        )

    async def GetEventSchema(
        self, request: pb.GetEventSchemaRequest, context: Any
    ) -> pb.GetEventSchemaResponse:
        schema = json.dumps(self._find(request.name).data_schema).encode()
        body = HttpBody(content_type="application/schema+json", data=schema)
        return pb.GetEventSchemaResponse(body=body)

    async def GetAsyncApi(
        self, request: pb.GetAsyncApiRequest, context: Any
    ) -> pb.GetAsyncApiResponse:
        body = HttpBody(content_type="application/json", data=self._asyncapi)
        return pb.GetAsyncApiResponse(body=body)

    @cached_property
    def _entries(self) -> dict[str, EventTypeEntry]:
        return dict(catalogue(self._base_url))

    @cached_property
    def _asyncapi(self) -> bytes:
        described = asyncapi(
            self._entries, base_url=self._base_url, version=version("oms-svc-events")
        )
        return json.dumps(described).encode()

    def _find(self, name: str) -> EventTypeEntry:
        entry = self._entries.get(name.removeprefix(_COLLECTION))
        if entry is None:
            raise ResourceNotFound.of("event_type", name)
        return entry


def _message(entry: EventTypeEntry) -> pb.EventType:
    return pb.EventType(
        name=f"{_COLLECTION}{entry.type}",
        type=entry.type,
        summary=entry.summary,
        description=entry.description,
        producer=entry.producer,
        source_template=entry.source_template,
        subject_template=entry.subject_template,
        extensions=entry.extensions,
        data_schema=json.dumps(entry.data_schema),
        example=to_json(entry.example).decode(),
    )
