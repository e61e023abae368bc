"""Calls of `oms.event.v1.StreamService`. Generated from its proto."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from google.protobuf import field_mask_pb2
from oms.event.v1 import stream_service_pb2 as event_stream_service_pb2
from oms_client.aio_calls import AsyncCalls
from oms_client.calls import Calls
from oms_client.methods import Method
from oms_client.paging import AsyncPaged, Paged

__all__ = ["AsyncStreams", "Streams"]

_CREATE: Final = Method(
    "/oms.event.v1.StreamService/CreateStream",
    event_stream_service_pb2.CreateStreamRequest,
    event_stream_service_pb2.CreateStreamResponse,
)
_GET: Final = Method(
    "/oms.event.v1.StreamService/GetStream",
    event_stream_service_pb2.GetStreamRequest,
    event_stream_service_pb2.GetStreamResponse,
    is_read_only=True,
)
_LIST: Final = Method(
    "/oms.event.v1.StreamService/ListStreams",
    event_stream_service_pb2.ListStreamsRequest,
    event_stream_service_pb2.ListStreamsResponse,
    is_read_only=True,
    items="streams",
)
_UPDATE: Final = Method(
    "/oms.event.v1.StreamService/UpdateStream",
    event_stream_service_pb2.UpdateStreamRequest,
    event_stream_service_pb2.UpdateStreamResponse,
)
_DELETE: Final = Method(
    "/oms.event.v1.StreamService/DeleteStream",
    event_stream_service_pb2.DeleteStreamRequest,
    event_stream_service_pb2.DeleteStreamResponse,
)
_PURGE: Final = Method(
    "/oms.event.v1.StreamService/PurgeStream",
    event_stream_service_pb2.PurgeStreamRequest,
    event_stream_service_pb2.PurgeStreamResponse,
)


class Streams:
    """Streams: where events are kept, in order, for as long as the stream's limits say.

    `streams/events` is there from the start. It holds what OMS publishes itself and what is
    published without naming a stream; it can be changed and purged, not deleted.
    """

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def create(
        self,
        given: event_stream_service_pb2.CreateStreamRequest | None = None,
        /,
        *,
        stream_id: str = "",
        stream: event_stream_service_pb2.Stream | Mapping[str, Any] | None = None,
        timeout_s: float | None = None,
    ) -> event_stream_service_pb2.CreateStreamResponse:
        """Creates a stream. ALREADY_EXISTS when there is one of that id.

        Args:
            given: The request as a message; what the others set is put on top.
            stream_id: Last segment of the new name: a letter, then letters, digits and `-`, in
                lower case; at most 63.
            stream: The stream. Its `name` is ignored.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "stream_id": stream_id,
            "stream": stream,
        }
        return self._calls.unary(_CREATE, given, timeout_s, fields)

    def get(
        self,
        given: event_stream_service_pb2.GetStreamRequest | None = None,
        /,
        *,
        name: str = "",
        timeout_s: float | None = None,
    ) -> event_stream_service_pb2.GetStreamResponse:
        """Gets a stream with its counts. NOT_FOUND when there is none.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `streams/{stream}`.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "name": name,
        }
        return self._calls.unary(_GET, given, timeout_s, fields)

    def list(
        self,
        given: event_stream_service_pb2.ListStreamsRequest | None = None,
        /,
        *,
        page_size: int = 0,
        timeout_s: float | None = None,
    ) -> Paged[event_stream_service_pb2.Stream, event_stream_service_pb2.ListStreamsResponse]:
        """Lists streams, ordered by id.

        Args:
            given: The request as a message; what the others set is put on top.
            page_size: Most entries in one answer, up to 1,000. 0 means 100.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "page_size": page_size,
        }
        return self._calls.paged(_LIST, given, timeout_s, fields)

    def update(
        self,
        given: event_stream_service_pb2.UpdateStreamRequest | None = None,
        /,
        *,
        stream: event_stream_service_pb2.Stream | Mapping[str, Any] | None = None,
        update_mask: field_mask_pb2.FieldMask | Mapping[str, Any] | None = None,
        timeout_s: float | None = None,
    ) -> event_stream_service_pb2.UpdateStreamResponse:
        """Changes the fields of a stream that the mask names. Smaller limits discard the oldest
        events at once. INVALID_ARGUMENT for a change that can't be made, such as that of the
        storage.

        Args:
            given: The request as a message; what the others set is put on top.
            stream: The stream with its new values. With an `etag`, it is changed only while it
                has that.
            update_mask: Fields to change. Left out: every field that is set.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "stream": stream,
            "update_mask": update_mask,
        }
        return self._calls.unary(_UPDATE, given, timeout_s, fields)

    def delete(
        self,
        given: event_stream_service_pb2.DeleteStreamRequest | None = None,
        /,
        *,
        name: str = "",
        etag: str = "",
        timeout_s: float | None = None,
    ) -> event_stream_service_pb2.DeleteStreamResponse:
        """Deletes a stream with its events. FAILED_PRECONDITION with RESOURCE_IN_USE while
        subscriptions, webhooks or routing rules name it.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `streams/{stream}`.
            etag: When set, it is deleted only while it has this etag.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "name": name,
            "etag": etag,
        }
        return self._calls.unary(_DELETE, given, timeout_s, fields)

    def purge(
        self,
        given: event_stream_service_pb2.PurgeStreamRequest | None = None,
        /,
        *,
        name: str = "",
        before_sequence: int = 0,
        type: str = "",
        keep: int = 0,
        timeout_s: float | None = None,
    ) -> event_stream_service_pb2.PurgeStreamResponse:
        """Removes events of a stream for good, the oldest first. Positions are never used again.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `streams/{stream}`.
            before_sequence: Only events below this position. 0: all.
            type: Only events of this type, or with a final `*` of types that begin so.
            keep: Leave the newest so many. 0: none. Excludes `before_sequence`.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "name": name,
            "before_sequence": before_sequence,
            "type": type,
            "keep": keep,
        }
        return self._calls.unary(_PURGE, given, timeout_s, fields)


class AsyncStreams:
    """Streams: where events are kept, in order, for as long as the stream's limits say.

    `streams/events` is there from the start. It holds what OMS publishes itself and what is
    published without naming a stream; it can be changed and purged, not deleted.
    """

    def __init__(self, calls: AsyncCalls) -> None:
        self._calls = calls

    async def create(
        self,
        given: event_stream_service_pb2.CreateStreamRequest | None = None,
        /,
        *,
        stream_id: str = "",
        stream: event_stream_service_pb2.Stream | Mapping[str, Any] | None = None,
        timeout_s: float | None = None,
    ) -> event_stream_service_pb2.CreateStreamResponse:
        """Creates a stream. ALREADY_EXISTS when there is one of that id.

        Args:
            given: The request as a message; what the others set is put on top.
            stream_id: Last segment of the new name: a letter, then letters, digits and `-`, in
                lower case; at most 63.
            stream: The stream. Its `name` is ignored.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "stream_id": stream_id,
            "stream": stream,
        }
        return await self._calls.unary(_CREATE, given, timeout_s, fields)

    async def get(
        self,
        given: event_stream_service_pb2.GetStreamRequest | None = None,
        /,
        *,
        name: str = "",
        timeout_s: float | None = None,
    ) -> event_stream_service_pb2.GetStreamResponse:
        """Gets a stream with its counts. NOT_FOUND when there is none.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `streams/{stream}`.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "name": name,
        }
        return await self._calls.unary(_GET, given, timeout_s, fields)

    def list(
        self,
        given: event_stream_service_pb2.ListStreamsRequest | None = None,
        /,
        *,
        page_size: int = 0,
        timeout_s: float | None = None,
    ) -> AsyncPaged[event_stream_service_pb2.Stream, event_stream_service_pb2.ListStreamsResponse]:
        """Lists streams, ordered by id.

        Args:
            given: The request as a message; what the others set is put on top.
            page_size: Most entries in one answer, up to 1,000. 0 means 100.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "page_size": page_size,
        }
        return self._calls.paged(_LIST, given, timeout_s, fields)

    async def update(
        self,
        given: event_stream_service_pb2.UpdateStreamRequest | None = None,
        /,
        *,
        stream: event_stream_service_pb2.Stream | Mapping[str, Any] | None = None,
        update_mask: field_mask_pb2.FieldMask | Mapping[str, Any] | None = None,
        timeout_s: float | None = None,
    ) -> event_stream_service_pb2.UpdateStreamResponse:
        """Changes the fields of a stream that the mask names. Smaller limits discard the oldest
        events at once. INVALID_ARGUMENT for a change that can't be made, such as that of the
        storage.

        Args:
            given: The request as a message; what the others set is put on top.
            stream: The stream with its new values. With an `etag`, it is changed only while it
                has that.
            update_mask: Fields to change. Left out: every field that is set.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "stream": stream,
            "update_mask": update_mask,
        }
        return await self._calls.unary(_UPDATE, given, timeout_s, fields)

    async def delete(
        self,
        given: event_stream_service_pb2.DeleteStreamRequest | None = None,
        /,
        *,
        name: str = "",
        etag: str = "",
        timeout_s: float | None = None,
    ) -> event_stream_service_pb2.DeleteStreamResponse:
        """Deletes a stream with its events. FAILED_PRECONDITION with RESOURCE_IN_USE while
        subscriptions, webhooks or routing rules name it.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `streams/{stream}`.
            etag: When set, it is deleted only while it has this etag.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "name": name,
            "etag": etag,
        }
        return await self._calls.unary(_DELETE, given, timeout_s, fields)

    async def purge(
        self,
        given: event_stream_service_pb2.PurgeStreamRequest | None = None,
        /,
        *,
        name: str = "",
        before_sequence: int = 0,
        type: str = "",
        keep: int = 0,
        timeout_s: float | None = None,
    ) -> event_stream_service_pb2.PurgeStreamResponse:
        """Removes events of a stream for good, the oldest first. Positions are never used again.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `streams/{stream}`.
            before_sequence: Only events below this position. 0: all.
            type: Only events of this type, or with a final `*` of types that begin so.
            keep: Leave the newest so many. 0: none. Excludes `before_sequence`.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "name": name,
            "before_sequence": before_sequence,
            "type": type,
            "keep": keep,
        }
        return await self._calls.unary(_PURGE, given, timeout_s, fields)
