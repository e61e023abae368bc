"""Calls of `oms.scheduler.v1.SchedulerService`. Generated from its proto."""

from __future__ import annotations

from typing import Any, Final

from oms.scheduler.v1 import scheduler_service_pb2 as scheduler_scheduler_service_pb2
from oms_client.aio_calls import AsyncCalls
from oms_client.calls import Calls
from oms_client.methods import Method

__all__ = ["AsyncScheduler", "Scheduler"]

_GET_SCHEDULER_STATUS: Final = Method(
    "/oms.scheduler.v1.SchedulerService/GetSchedulerStatus",
    scheduler_scheduler_service_pb2.GetSchedulerStatusRequest,
    scheduler_scheduler_service_pb2.GetSchedulerStatusResponse,
    is_read_only=True,
)
_DRAIN_WORKER: Final = Method(
    "/oms.scheduler.v1.SchedulerService/DrainWorker",
    scheduler_scheduler_service_pb2.DrainWorkerRequest,
    scheduler_scheduler_service_pb2.DrainWorkerResponse,
)


class Scheduler:
    """The scheduler itself: who leads, who works, what waits."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def get_scheduler_status(
        self,
        given: scheduler_scheduler_service_pb2.GetSchedulerStatusRequest | None = None,
        /,
        *,
        timeout_s: float | None = None,
    ) -> scheduler_scheduler_service_pb2.GetSchedulerStatusResponse:
        """Tells who leads, how far behind it is, and what waits.

        Args:
            given: The request as a message; what the others set is put on top.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
        }
        return self._calls.unary(_GET_SCHEDULER_STATUS, given, timeout_s, fields)

    def drain_worker(
        self,
        given: scheduler_scheduler_service_pb2.DrainWorkerRequest | None = None,
        /,
        *,
        name: str = "",
        resume: bool = False,
        timeout_s: float | None = None,
    ) -> scheduler_scheduler_service_pb2.DrainWorkerResponse:
        """Lets a worker take no more runs, or take them again. Its runs go on; it is drained when
        it has none. It notices within a few seconds. NOT_FOUND when no worker of that id lives.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `workers/{worker}`.
            resume: Take runs again.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "name": name,
            "resume": resume,
        }
        return self._calls.unary(_DRAIN_WORKER, given, timeout_s, fields)


class AsyncScheduler:
    """The scheduler itself: who leads, who works, what waits."""

    def __init__(self, calls: AsyncCalls) -> None:
        self._calls = calls

    async def get_scheduler_status(
        self,
        given: scheduler_scheduler_service_pb2.GetSchedulerStatusRequest | None = None,
        /,
        *,
        timeout_s: float | None = None,
    ) -> scheduler_scheduler_service_pb2.GetSchedulerStatusResponse:
        """Tells who leads, how far behind it is, and what waits.

        Args:
            given: The request as a message; what the others set is put on top.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
        }
        return await self._calls.unary(_GET_SCHEDULER_STATUS, given, timeout_s, fields)

    async def drain_worker(
        self,
        given: scheduler_scheduler_service_pb2.DrainWorkerRequest | None = None,
        /,
        *,
        name: str = "",
        resume: bool = False,
        timeout_s: float | None = None,
    ) -> scheduler_scheduler_service_pb2.DrainWorkerResponse:
        """Lets a worker take no more runs, or take them again. Its runs go on; it is drained when
        it has none. It notices within a few seconds. NOT_FOUND when no worker of that id lives.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `workers/{worker}`.
            resume: Take runs again.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "name": name,
            "resume": resume,
        }
        return await self._calls.unary(_DRAIN_WORKER, given, timeout_s, fields)
