"""Calls of `oms.object.v1.LoadService`. Generated from its proto."""

from __future__ import annotations

from collections.abc import AsyncIterable, Iterable
from typing import Final

from oms.object.v1 import load_service_pb2 as object_load_service_pb2
from oms_client.aio_calls import AsyncCalls
from oms_client.calls import Calls
from oms_client.methods import Method

__all__ = ["AsyncLoad", "Load"]

_LOAD_OBJECTS: Final = Method(
    "/oms.object.v1.LoadService/LoadObjects",
    object_load_service_pb2.LoadObjectsRequest,
    object_load_service_pb2.LoadObjectsResponse,
)


class Load:
    """Loads objects and links in bulk, from CSV or JSON Lines."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def load_objects(
        self,
        requests: Iterable[object_load_service_pb2.LoadObjectsRequest],
        *,
        timeout_s: float | None = None,
    ) -> object_load_service_pb2.LoadObjectsResponse:
        """Loads a file, and reports on every row. What can't be read or does not fit is in the
        report, with its row, and is no error of the call. INVALID_ARGUMENT with UPLOAD_TOO_LARGE
        for a file that is too large; ABORTED with STALE_HEAD when the branch is elsewhere.

        The first message has all fields, later ones the next part of the file in `body` alone.
        Over REST the request body is the file itself.

        Args:
            requests: The messages to send.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        return self._calls.upload(_LOAD_OBJECTS, requests, timeout_s)


class AsyncLoad:
    """Loads objects and links in bulk, from CSV or JSON Lines."""

    def __init__(self, calls: AsyncCalls) -> None:
        self._calls = calls

    async def load_objects(
        self,
        requests: AsyncIterable[object_load_service_pb2.LoadObjectsRequest] | Iterable[object_load_service_pb2.LoadObjectsRequest],
        *,
        timeout_s: float | None = None,
    ) -> object_load_service_pb2.LoadObjectsResponse:
        """Loads a file, and reports on every row. What can't be read or does not fit is in the
        report, with its row, and is no error of the call. INVALID_ARGUMENT with UPLOAD_TOO_LARGE
        for a file that is too large; ABORTED with STALE_HEAD when the branch is elsewhere.

        The first message has all fields, later ones the next part of the file in `body` alone.
        Over REST the request body is the file itself.

        Args:
            requests: The messages to send.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        return await self._calls.upload(_LOAD_OBJECTS, requests, timeout_s)
