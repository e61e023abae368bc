"""Calls of `oms.scheduler.v1.RunService`. Generated from its proto."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from google.protobuf import timestamp_pb2
from oms.scheduler.v1 import run_pb2 as scheduler_run_pb2
from oms.scheduler.v1 import run_service_pb2 as scheduler_run_service_pb2
import datetime
from oms_client.aio_calls import AsyncCalls, AsyncStream
from oms_client.calls import Calls, Stream
from oms_client.methods import Method
from oms_client.paging import AsyncPaged, Paged

__all__ = ["AsyncRuns", "Runs"]

_GET: Final = Method(
    "/oms.scheduler.v1.RunService/GetRun",
    scheduler_run_service_pb2.GetRunRequest,
    scheduler_run_service_pb2.GetRunResponse,
    is_read_only=True,
)
_LIST: Final = Method(
    "/oms.scheduler.v1.RunService/ListRuns",
    scheduler_run_service_pb2.ListRunsRequest,
    scheduler_run_service_pb2.ListRunsResponse,
    is_read_only=True,
    items="runs",
)
_WATCH: Final = Method(
    "/oms.scheduler.v1.RunService/WatchRuns",
    scheduler_run_service_pb2.WatchRunsRequest,
    scheduler_run_service_pb2.WatchRunsResponse,
    is_read_only=True,
    is_endless=True,
)
_CANCEL: Final = Method(
    "/oms.scheduler.v1.RunService/CancelRun",
    scheduler_run_service_pb2.CancelRunRequest,
    scheduler_run_service_pb2.CancelRunResponse,
)


class Runs:
    """Runs of jobs. Those that ended are kept for a time that the deployment sets."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def get(
        self,
        given: scheduler_run_service_pb2.GetRunRequest | None = None,
        /,
        *,
        name: str = "",
        timeout_s: float | None = None,
    ) -> scheduler_run_service_pb2.GetRunResponse:
        """Gets a run with its attempts and what they told. NOT_FOUND when there is none.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `jobs/{job}/runs/{run}`.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "name": name,
        }
        return self._calls.unary(_GET, given, timeout_s, fields)

    def list(
        self,
        given: scheduler_run_service_pb2.ListRunsRequest | None = None,
        /,
        *,
        parent: str = "",
        page_size: int = 0,
        states: Iterable[scheduler_run_pb2.RunState | str] = (),
        start_time: timestamp_pb2.Timestamp | datetime.datetime | Mapping[str, Any] | None = None,
        end_time: timestamp_pb2.Timestamp | datetime.datetime | Mapping[str, Any] | None = None,
        timeout_s: float | None = None,
    ) -> Paged[scheduler_run_pb2.Run, scheduler_run_service_pb2.ListRunsResponse]:
        """Lists runs, newest first by when they were recorded.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `jobs/{job}`, or `jobs/-` for those of all jobs.
            page_size: Most entries in one answer, up to 1,000. 0 means 100.
            states: Only runs in one of these states. Empty: any.
            start_time: Only runs that were recorded at this instant or later.
            end_time: Only runs that were recorded before this instant.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
            "page_size": page_size,
            "states": states,
            "start_time": start_time,
            "end_time": end_time,
        }
        return self._calls.paged(_LIST, given, timeout_s, fields)

    def watch(
        self,
        given: scheduler_run_service_pb2.WatchRunsRequest | None = None,
        /,
        *,
        parent: str = "",
        timeout_s: float | None = None,
    ) -> Stream[scheduler_run_service_pb2.WatchRunsResponse]:
        """Streams runs as they change, each as it is now: those that change from now on, and first
        those that are not done or changed within the last seconds. Changes in quick succession
        come as one. The last message of a run has its final state.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `jobs/{job}`, or `jobs/-` for those of all jobs.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
        }
        return self._calls.stream(_WATCH, given, timeout_s, fields)

    def cancel(
        self,
        given: scheduler_run_service_pb2.CancelRunRequest | None = None,
        /,
        *,
        name: str = "",
        timeout_s: float | None = None,
    ) -> scheduler_run_service_pb2.CancelRunResponse:
        """Cancels a run. One that has not begun ends at once; one that a worker has ends when the
        worker has noticed, within a few seconds. FAILED_PRECONDITION never: a run that has ended
        is answered as it is.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `jobs/{job}/runs/{run}`.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "name": name,
        }
        return self._calls.unary(_CANCEL, given, timeout_s, fields)


class AsyncRuns:
    """Runs of jobs. Those that ended are kept for a time that the deployment sets."""

    def __init__(self, calls: AsyncCalls) -> None:
        self._calls = calls

    async def get(
        self,
        given: scheduler_run_service_pb2.GetRunRequest | None = None,
        /,
        *,
        name: str = "",
        timeout_s: float | None = None,
    ) -> scheduler_run_service_pb2.GetRunResponse:
        """Gets a run with its attempts and what they told. NOT_FOUND when there is none.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `jobs/{job}/runs/{run}`.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "name": name,
        }
        return await self._calls.unary(_GET, given, timeout_s, fields)

    def list(
        self,
        given: scheduler_run_service_pb2.ListRunsRequest | None = None,
        /,
        *,
        parent: str = "",
        page_size: int = 0,
        states: Iterable[scheduler_run_pb2.RunState | str] = (),
        start_time: timestamp_pb2.Timestamp | datetime.datetime | Mapping[str, Any] | None = None,
        end_time: timestamp_pb2.Timestamp | datetime.datetime | Mapping[str, Any] | None = None,
        timeout_s: float | None = None,
    ) -> AsyncPaged[scheduler_run_pb2.Run, scheduler_run_service_pb2.ListRunsResponse]:
        """Lists runs, newest first by when they were recorded.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `jobs/{job}`, or `jobs/-` for those of all jobs.
            page_size: Most entries in one answer, up to 1,000. 0 means 100.
            states: Only runs in one of these states. Empty: any.
            start_time: Only runs that were recorded at this instant or later.
            end_time: Only runs that were recorded before this instant.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
            "page_size": page_size,
            "states": states,
            "start_time": start_time,
            "end_time": end_time,
        }
        return self._calls.paged(_LIST, given, timeout_s, fields)

    def watch(
        self,
        given: scheduler_run_service_pb2.WatchRunsRequest | None = None,
        /,
        *,
        parent: str = "",
        timeout_s: float | None = None,
    ) -> AsyncStream[scheduler_run_service_pb2.WatchRunsResponse]:
        """Streams runs as they change, each as it is now: those that change from now on, and first
        those that are not done or changed within the last seconds. Changes in quick succession
        come as one. The last message of a run has its final state.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `jobs/{job}`, or `jobs/-` for those of all jobs.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
        }
        return self._calls.stream(_WATCH, given, timeout_s, fields)

    async def cancel(
        self,
        given: scheduler_run_service_pb2.CancelRunRequest | None = None,
        /,
        *,
        name: str = "",
        timeout_s: float | None = None,
    ) -> scheduler_run_service_pb2.CancelRunResponse:
        """Cancels a run. One that has not begun ends at once; one that a worker has ends when the
        worker has noticed, within a few seconds. FAILED_PRECONDITION never: a run that has ended
        is answered as it is.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `jobs/{job}/runs/{run}`.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "name": name,
        }
        return await self._calls.unary(_CANCEL, given, timeout_s, fields)
