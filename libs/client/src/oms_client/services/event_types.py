"""Calls of `oms.event.v1.EventTypeService`. Generated from its proto."""

from __future__ import annotations

from typing import Any, Final

from oms.event.v1 import event_type_service_pb2 as event_event_type_service_pb2
from oms_client.aio_calls import AsyncCalls
from oms_client.calls import Calls
from oms_client.methods import Method
from oms_client.paging import AsyncPaged, Paged

__all__ = ["AsyncEventTypes", "EventTypes"]

_GET: Final = Method(
    "/oms.event.v1.EventTypeService/GetEventType",
    event_event_type_service_pb2.GetEventTypeRequest,
    event_event_type_service_pb2.GetEventTypeResponse,
    is_read_only=True,
)
_LIST: Final = Method(
    "/oms.event.v1.EventTypeService/ListEventTypes",
    event_event_type_service_pb2.ListEventTypesRequest,
    event_event_type_service_pb2.ListEventTypesResponse,
    is_read_only=True,
    items="event_types",
)
_GET_EVENT_SCHEMA: Final = Method(
    "/oms.event.v1.EventTypeService/GetEventSchema",
    event_event_type_service_pb2.GetEventSchemaRequest,
    event_event_type_service_pb2.GetEventSchemaResponse,
    is_read_only=True,
)
_GET_ASYNC_API: Final = Method(
    "/oms.event.v1.EventTypeService/GetAsyncApi",
    event_event_type_service_pb2.GetAsyncApiRequest,
    event_event_type_service_pb2.GetAsyncApiResponse,
    is_read_only=True,
)


class EventTypes:
    """The catalogue of event types: every type that OMS publishes, what it tells, and the JSON
    Schema of its data.
    """

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def get(
        self,
        given: event_event_type_service_pb2.GetEventTypeRequest | None = None,
        /,
        *,
        name: str = "",
        timeout_s: float | None = None,
    ) -> event_event_type_service_pb2.GetEventTypeResponse:
        """Gets an event type. NOT_FOUND when OMS publishes none of that name.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `eventTypes/{type}`.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "name": name,
        }
        return self._calls.unary(_GET, given, timeout_s, fields)

    def list(
        self,
        given: event_event_type_service_pb2.ListEventTypesRequest | None = None,
        /,
        *,
        prefix: str = "",
        page_size: int = 0,
        timeout_s: float | None = None,
    ) -> Paged[event_event_type_service_pb2.EventType, event_event_type_service_pb2.ListEventTypesResponse]:
        """Lists event types, ordered by name.

        Args:
            given: The request as a message; what the others set is put on top.
            prefix: Only types that begin so. Empty: all.
            page_size: Most entries in one answer, up to 1,000. 0 means 100.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "prefix": prefix,
            "page_size": page_size,
        }
        return self._calls.paged(_LIST, given, timeout_s, fields)

    def get_event_schema(
        self,
        given: event_event_type_service_pb2.GetEventSchemaRequest | None = None,
        /,
        *,
        name: str = "",
        timeout_s: float | None = None,
    ) -> event_event_type_service_pb2.GetEventSchemaResponse:
        """Gets the JSON Schema of a type's data, as `application/schema+json`. `dataschema` of an
        event points here.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `eventTypes/{type}`.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "name": name,
        }
        return self._calls.unary(_GET_EVENT_SCHEMA, given, timeout_s, fields)

    def get_async_api(
        self,
        given: event_event_type_service_pb2.GetAsyncApiRequest | None = None,
        /,
        *,
        timeout_s: float | None = None,
    ) -> event_event_type_service_pb2.GetAsyncApiResponse:
        """Gets the description of everything that OMS publishes and takes, in AsyncAPI 3.

        Args:
            given: The request as a message; what the others set is put on top.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
        }
        return self._calls.unary(_GET_ASYNC_API, given, timeout_s, fields)


class AsyncEventTypes:
    """The catalogue of event types: every type that OMS publishes, what it tells, and the JSON
    Schema of its data.
    """

    def __init__(self, calls: AsyncCalls) -> None:
        self._calls = calls

    async def get(
        self,
        given: event_event_type_service_pb2.GetEventTypeRequest | None = None,
        /,
        *,
        name: str = "",
        timeout_s: float | None = None,
    ) -> event_event_type_service_pb2.GetEventTypeResponse:
        """Gets an event type. NOT_FOUND when OMS publishes none of that name.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `eventTypes/{type}`.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "name": name,
        }
        return await self._calls.unary(_GET, given, timeout_s, fields)

    def list(
        self,
        given: event_event_type_service_pb2.ListEventTypesRequest | None = None,
        /,
        *,
        prefix: str = "",
        page_size: int = 0,
        timeout_s: float | None = None,
    ) -> AsyncPaged[event_event_type_service_pb2.EventType, event_event_type_service_pb2.ListEventTypesResponse]:
        """Lists event types, ordered by name.

        Args:
            given: The request as a message; what the others set is put on top.
            prefix: Only types that begin so. Empty: all.
            page_size: Most entries in one answer, up to 1,000. 0 means 100.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "prefix": prefix,
            "page_size": page_size,
        }
        return self._calls.paged(_LIST, given, timeout_s, fields)

    async def get_event_schema(
        self,
        given: event_event_type_service_pb2.GetEventSchemaRequest | None = None,
        /,
        *,
        name: str = "",
        timeout_s: float | None = None,
    ) -> event_event_type_service_pb2.GetEventSchemaResponse:
        """Gets the JSON Schema of a type's data, as `application/schema+json`. `dataschema` of an
        event points here.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `eventTypes/{type}`.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "name": name,
        }
        return await self._calls.unary(_GET_EVENT_SCHEMA, given, timeout_s, fields)

    async def get_async_api(
        self,
        given: event_event_type_service_pb2.GetAsyncApiRequest | None = None,
        /,
        *,
        timeout_s: float | None = None,
    ) -> event_event_type_service_pb2.GetAsyncApiResponse:
        """Gets the description of everything that OMS publishes and takes, in AsyncAPI 3.

        Args:
            given: The request as a message; what the others set is put on top.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
        }
        return await self._calls.unary(_GET_ASYNC_API, given, timeout_s, fields)
