"""Calls of `oms.event.v1.EventService`. Generated from its proto."""

from __future__ import annotations

from collections.abc import AsyncIterable, Iterable, Mapping
from typing import Any, Final

from google.api import httpbody_pb2
from google.protobuf import timestamp_pb2
from io_cloudevents.v1 import cloudevents_pb2
from oms.event.v1 import event_service_pb2 as event_event_service_pb2
import datetime
from oms_client.aio_calls import AsyncCalls, AsyncStream
from oms_client.calls import Calls, Stream
from oms_client.methods import Method
from oms_client.paging import AsyncPaged, Paged

__all__ = ["AsyncEvents", "Events"]

_PUBLISH: Final = Method(
    "/oms.event.v1.EventService/Publish",
    event_event_service_pb2.PublishRequest,
    event_event_service_pb2.PublishResponse,
)
_PUBLISH_BATCH: Final = Method(
    "/oms.event.v1.EventService/PublishBatch",
    event_event_service_pb2.PublishBatchRequest,
    event_event_service_pb2.PublishBatchResponse,
)
_PUBLISH_STREAM: Final = Method(
    "/oms.event.v1.EventService/PublishStream",
    event_event_service_pb2.PublishStreamRequest,
    event_event_service_pb2.PublishStreamResponse,
)
_RECEIVE: Final = Method(
    "/oms.event.v1.EventService/ReceiveEvents",
    event_event_service_pb2.ReceiveEventsRequest,
    event_event_service_pb2.ReceiveEventsResponse,
)
_GET: Final = Method(
    "/oms.event.v1.EventService/GetEvent",
    event_event_service_pb2.GetEventRequest,
    event_event_service_pb2.GetEventResponse,
    is_read_only=True,
)
_READ: Final = Method(
    "/oms.event.v1.EventService/ReadEvent",
    event_event_service_pb2.ReadEventRequest,
    event_event_service_pb2.ReadEventResponse,
    is_read_only=True,
)
_LIST: Final = Method(
    "/oms.event.v1.EventService/ListEvents",
    event_event_service_pb2.ListEventsRequest,
    event_event_service_pb2.ListEventsResponse,
    is_read_only=True,
    items="events",
)
_STREAM: Final = Method(
    "/oms.event.v1.EventService/StreamEvents",
    event_event_service_pb2.StreamEventsRequest,
    event_event_service_pb2.StreamEventsResponse,
    is_read_only=True,
    is_endless=True,
)


class Events:
    """Events: CloudEvents 1.0.2 that are published into streams, kept there in order, and read
    again.

    An event is durable once its publication is answered. An event whose `source` and `id` were
    published into the same stream within its duplicate window is kept once; the second
    publication answers the first one's place.

    INVALID_ARGUMENT with INVALID_EVENT names the attribute that breaks the specification and its
    value. Limits: 256 KiB of attributes, 64 attributes, and the whole event within the stream's
    `max_event_bytes`. Types that begin with `oms.` are published by OMS alone.
    """

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def publish(
        self,
        given: event_event_service_pb2.PublishRequest | None = None,
        /,
        *,
        parent: str = "",
        event: cloudevents_pb2.CloudEvent | Mapping[str, Any] | None = None,
        timeout_s: float | None = None,
    ) -> event_event_service_pb2.PublishResponse:
        """Publishes one event.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `streams/{stream}`. Empty: `streams/events`.
            event: The event.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
            "event": event,
        }
        return self._calls.unary(_PUBLISH, given, timeout_s, fields)

    def publish_batch(
        self,
        given: event_event_service_pb2.PublishBatchRequest | None = None,
        /,
        *,
        parent: str = "",
        events: Iterable[cloudevents_pb2.CloudEvent | Mapping[str, Any]] = (),
        timeout_s: float | None = None,
    ) -> event_event_service_pb2.PublishBatchResponse:
        """Publishes up to 1,000 events in order. All are checked before the first is published; one
        that breaks a rule refuses the whole batch. A failure of the store midway is answered as
        an error; publishing the batch again is safe.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `streams/{stream}`. Empty: `streams/events`.
            events: The events, in the order they are to have.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
            "events": events,
        }
        return self._calls.unary(_PUBLISH_BATCH, given, timeout_s, fields)

    def publish_stream(
        self,
        requests: Iterable[event_event_service_pb2.PublishStreamRequest],
        *,
        timeout_s: float | None = None,
    ) -> Stream[event_event_service_pb2.PublishStreamResponse]:
        """Publishes any number of events, many under way at once, and acknowledges them in order.
        The stream ends with the first event that breaks a rule; what was acknowledged before
        stays published.

        Args:
            requests: The messages to send.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        return self._calls.exchange(_PUBLISH_STREAM, requests, timeout_s)

    def receive(
        self,
        given: event_event_service_pb2.ReceiveEventsRequest | None = None,
        /,
        *,
        parent: str = "",
        body: httpbody_pb2.HttpBody | Mapping[str, Any] | None = None,
        timeout_s: float | None = None,
    ) -> event_event_service_pb2.ReceiveEventsResponse:
        """Publishes what an HTTP request carries, by the CloudEvents HTTP binding: one event in
        structured mode (`application/cloudevents+json`), several in batched mode
        (`application/cloudevents-batch+json`), or one in binary mode (headers `ce-*`, the body
        being the data). Answers the places as JSON.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `streams/{stream}`. Empty: `streams/events`.
            body: The HTTP body with its content type.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
            "body": body,
        }
        return self._calls.unary(_RECEIVE, given, timeout_s, fields)

    def get(
        self,
        given: event_event_service_pb2.GetEventRequest | None = None,
        /,
        *,
        name: str = "",
        timeout_s: float | None = None,
    ) -> event_event_service_pb2.GetEventResponse:
        """Gets an event by its place. NOT_FOUND when it is not there, or no longer.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `streams/{stream}/events/{sequence}`.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "name": name,
        }
        return self._calls.unary(_GET, given, timeout_s, fields)

    def read(
        self,
        given: event_event_service_pb2.ReadEventRequest | None = None,
        /,
        *,
        name: str = "",
        timeout_s: float | None = None,
    ) -> event_event_service_pb2.ReadEventResponse:
        """Gets an event by its place in the JSON format of CloudEvents,
        `application/cloudevents+json`.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `streams/{stream}/events/{sequence}`.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "name": name,
        }
        return self._calls.unary(_READ, given, timeout_s, fields)

    def list(
        self,
        given: event_event_service_pb2.ListEventsRequest | None = None,
        /,
        *,
        parent: str = "",
        type: str = "",
        source: str = "",
        subject: str = "",
        event_id: str = "",
        start_time: timestamp_pb2.Timestamp | datetime.datetime | Mapping[str, Any] | None = None,
        end_time: timestamp_pb2.Timestamp | datetime.datetime | Mapping[str, Any] | None = None,
        filter: str = "",
        page_size: int = 0,
        timeout_s: float | None = None,
    ) -> Paged[event_event_service_pb2.StoredEvent, event_event_service_pb2.ListEventsResponse]:
        """Lists the events of a stream in order, by type, source, subject, time or filter.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `streams/{stream}`. Empty: `streams/events`.
            type: The type, or with a final `*` the beginning of it, such as `oms.ontology.*`.
            source: The source, exactly.
            subject: The subject, exactly.
            event_id: The id, exactly.
            start_time: Published at this time or later.
            end_time: Published before this time.
            filter: A CloudEvents SQL expression that has to be true. See `Filter.sql`.
            page_size: Most entries in one answer, up to 1,000. 0 means 100. An answer holds
                fewer when they would pass 1 MiB or when the events that match lie far apart;
                only an empty token means the end.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
            "type": type,
            "source": source,
            "subject": subject,
            "event_id": event_id,
            "start_time": start_time,
            "end_time": end_time,
            "filter": filter,
            "page_size": page_size,
        }
        return self._calls.paged(_LIST, given, timeout_s, fields)

    def stream(
        self,
        given: event_event_service_pb2.StreamEventsRequest | None = None,
        /,
        *,
        parent: str = "",
        type: str = "",
        source: str = "",
        subject: str = "",
        filter: str = "",
        start: event_event_service_pb2.StartPosition | Mapping[str, Any] | None = None,
        timeout_s: float | None = None,
    ) -> Stream[event_event_service_pb2.StreamEventsResponse]:
        """Streams events to a browser as server-sent events: `id` is the place to resume after,
        `event` the type, `data` the event in the JSON format of CloudEvents. A reconnecting
        `EventSource` resumes by its `Last-Event-ID`. A comment is sent every 15 s while there is
        nothing to send.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `streams/{stream}`. Empty: `streams/events`.
            type: The type, or with a final `*` the beginning of it.
            source: The source, exactly.
            subject: The subject, exactly.
            filter: A CloudEvents SQL expression that has to be true. See `Filter.sql`.
            start: Where to start, when the request has no `Last-Event-ID`.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
            "type": type,
            "source": source,
            "subject": subject,
            "filter": filter,
            "start": start,
        }
        return self._calls.stream(_STREAM, given, timeout_s, fields)


class AsyncEvents:
    """Events: CloudEvents 1.0.2 that are published into streams, kept there in order, and read
    again.

    An event is durable once its publication is answered. An event whose `source` and `id` were
    published into the same stream within its duplicate window is kept once; the second
    publication answers the first one's place.

    INVALID_ARGUMENT with INVALID_EVENT names the attribute that breaks the specification and its
    value. Limits: 256 KiB of attributes, 64 attributes, and the whole event within the stream's
    `max_event_bytes`. Types that begin with `oms.` are published by OMS alone.
    """

    def __init__(self, calls: AsyncCalls) -> None:
        self._calls = calls

    async def publish(
        self,
        given: event_event_service_pb2.PublishRequest | None = None,
        /,
        *,
        parent: str = "",
        event: cloudevents_pb2.CloudEvent | Mapping[str, Any] | None = None,
        timeout_s: float | None = None,
    ) -> event_event_service_pb2.PublishResponse:
        """Publishes one event.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `streams/{stream}`. Empty: `streams/events`.
            event: The event.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
            "event": event,
        }
        return await self._calls.unary(_PUBLISH, given, timeout_s, fields)

    async def publish_batch(
        self,
        given: event_event_service_pb2.PublishBatchRequest | None = None,
        /,
        *,
        parent: str = "",
        events: Iterable[cloudevents_pb2.CloudEvent | Mapping[str, Any]] = (),
        timeout_s: float | None = None,
    ) -> event_event_service_pb2.PublishBatchResponse:
        """Publishes up to 1,000 events in order. All are checked before the first is published; one
        that breaks a rule refuses the whole batch. A failure of the store midway is answered as
        an error; publishing the batch again is safe.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `streams/{stream}`. Empty: `streams/events`.
            events: The events, in the order they are to have.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
            "events": events,
        }
        return await self._calls.unary(_PUBLISH_BATCH, given, timeout_s, fields)

    def publish_stream(
        self,
        requests: AsyncIterable[event_event_service_pb2.PublishStreamRequest] | Iterable[event_event_service_pb2.PublishStreamRequest],
        *,
        timeout_s: float | None = None,
    ) -> AsyncStream[event_event_service_pb2.PublishStreamResponse]:
        """Publishes any number of events, many under way at once, and acknowledges them in order.
        The stream ends with the first event that breaks a rule; what was acknowledged before
        stays published.

        Args:
            requests: The messages to send.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        return self._calls.exchange(_PUBLISH_STREAM, requests, timeout_s)

    async def receive(
        self,
        given: event_event_service_pb2.ReceiveEventsRequest | None = None,
        /,
        *,
        parent: str = "",
        body: httpbody_pb2.HttpBody | Mapping[str, Any] | None = None,
        timeout_s: float | None = None,
    ) -> event_event_service_pb2.ReceiveEventsResponse:
        """Publishes what an HTTP request carries, by the CloudEvents HTTP binding: one event in
        structured mode (`application/cloudevents+json`), several in batched mode
        (`application/cloudevents-batch+json`), or one in binary mode (headers `ce-*`, the body
        being the data). Answers the places as JSON.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `streams/{stream}`. Empty: `streams/events`.
            body: The HTTP body with its content type.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
            "body": body,
        }
        return await self._calls.unary(_RECEIVE, given, timeout_s, fields)

    async def get(
        self,
        given: event_event_service_pb2.GetEventRequest | None = None,
        /,
        *,
        name: str = "",
        timeout_s: float | None = None,
    ) -> event_event_service_pb2.GetEventResponse:
        """Gets an event by its place. NOT_FOUND when it is not there, or no longer.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `streams/{stream}/events/{sequence}`.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "name": name,
        }
        return await self._calls.unary(_GET, given, timeout_s, fields)

    async def read(
        self,
        given: event_event_service_pb2.ReadEventRequest | None = None,
        /,
        *,
        name: str = "",
        timeout_s: float | None = None,
    ) -> event_event_service_pb2.ReadEventResponse:
        """Gets an event by its place in the JSON format of CloudEvents,
        `application/cloudevents+json`.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `streams/{stream}/events/{sequence}`.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "name": name,
        }
        return await self._calls.unary(_READ, given, timeout_s, fields)

    def list(
        self,
        given: event_event_service_pb2.ListEventsRequest | None = None,
        /,
        *,
        parent: str = "",
        type: str = "",
        source: str = "",
        subject: str = "",
        event_id: str = "",
        start_time: timestamp_pb2.Timestamp | datetime.datetime | Mapping[str, Any] | None = None,
        end_time: timestamp_pb2.Timestamp | datetime.datetime | Mapping[str, Any] | None = None,
        filter: str = "",
        page_size: int = 0,
        timeout_s: float | None = None,
    ) -> AsyncPaged[event_event_service_pb2.StoredEvent, event_event_service_pb2.ListEventsResponse]:
        """Lists the events of a stream in order, by type, source, subject, time or filter.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `streams/{stream}`. Empty: `streams/events`.
            type: The type, or with a final `*` the beginning of it, such as `oms.ontology.*`.
            source: The source, exactly.
            subject: The subject, exactly.
            event_id: The id, exactly.
            start_time: Published at this time or later.
            end_time: Published before this time.
            filter: A CloudEvents SQL expression that has to be true. See `Filter.sql`.
            page_size: Most entries in one answer, up to 1,000. 0 means 100. An answer holds
                fewer when they would pass 1 MiB or when the events that match lie far apart;
                only an empty token means the end.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
            "type": type,
            "source": source,
            "subject": subject,
            "event_id": event_id,
            "start_time": start_time,
            "end_time": end_time,
            "filter": filter,
            "page_size": page_size,
        }
        return self._calls.paged(_LIST, given, timeout_s, fields)

    def stream(
        self,
        given: event_event_service_pb2.StreamEventsRequest | None = None,
        /,
        *,
        parent: str = "",
        type: str = "",
        source: str = "",
        subject: str = "",
        filter: str = "",
        start: event_event_service_pb2.StartPosition | Mapping[str, Any] | None = None,
        timeout_s: float | None = None,
    ) -> AsyncStream[event_event_service_pb2.StreamEventsResponse]:
        """Streams events to a browser as server-sent events: `id` is the place to resume after,
        `event` the type, `data` the event in the JSON format of CloudEvents. A reconnecting
        `EventSource` resumes by its `Last-Event-ID`. A comment is sent every 15 s while there is
        nothing to send.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `streams/{stream}`. Empty: `streams/events`.
            type: The type, or with a final `*` the beginning of it.
            source: The source, exactly.
            subject: The subject, exactly.
            filter: A CloudEvents SQL expression that has to be true. See `Filter.sql`.
            start: Where to start, when the request has no `Last-Event-ID`.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
            "type": type,
            "source": source,
            "subject": subject,
            "filter": filter,
            "start": start,
        }
        return self._calls.stream(_STREAM, given, timeout_s, fields)
