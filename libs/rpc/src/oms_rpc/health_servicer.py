"""Serves `oms.health.v1.HealthService`."""

from __future__ import annotations

from typing import Any

from oms.health.v1 import health_service_pb2 as pb
from oms.health.v1 import health_service_pb2_grpc as pb_grpc
from oms_core import __version__
from oms_core.clock import Clock
from oms_core.errors import ServiceUnavailable

from oms_rpc.health import CheckResult, HealthBoard, State

_STATUSES = {
    State.SERVING: pb.HEALTH_STATUS_SERVING,
    State.NOT_SERVING: pb.HEALTH_STATUS_NOT_SERVING,
    State.DEGRADED: pb.HEALTH_STATUS_DEGRADED,
}


class OmsHealthServicer(pb_grpc.HealthServiceServicer):
    """Answers people and HTTP probes from the health board."""

    def __init__(self, board: HealthBoard, clock: Clock) -> None:
        self._board = board
        self._clock = clock
        self._started = clock.monotonic()

    async def GetHealth(self, request: pb.GetHealthRequest, context: Any) -> pb.GetHealthResponse:
        return pb.GetHealthResponse(status=await self._ready(), version=__version__)

    async def CheckLiveness(
        self, request: pb.CheckLivenessRequest, context: Any
    ) -> pb.CheckLivenessResponse:
        return pb.CheckLivenessResponse(status=pb.HEALTH_STATUS_SERVING)

    async def CheckReadiness(
        self, request: pb.CheckReadinessRequest, context: Any
    ) -> pb.CheckReadinessResponse:
        return pb.CheckReadinessResponse(status=await self._ready())

    async def GetDetailedHealth(
        self, request: pb.GetDetailedHealthRequest, context: Any
    ) -> pb.GetDetailedHealthResponse:
        board = self._board
        results = await board.results()
        response = pb.GetDetailedHealthResponse(
            status=_status(board.state()),
            version=__version__,
            components=[
                *(
                    pb.ComponentHealth(name=name, status=_status(board.state(name)), required=True)
                    for name in board.services
                ),
                *map(_component, results),
            ],
        )
        if board.ready_time is not None:
            response.ready_time.FromDatetime(board.ready_time)
        response.uptime.FromNanoseconds(int((self._clock.monotonic() - self._started) * 1e9))
        return response

    async def _ready(self) -> pb.HealthStatus:
        results = await self._board.results()
        state = self._board.state()
        if state is State.NOT_SERVING:
            down = [r.name for r in results if r.is_required and r.state is not State.SERVING]
            raise ServiceUnavailable(
                f"not ready: {', '.join(down)} down" if down else "not ready: starting or stopping",
                metadata={"service": down[0] if down else "server"},
                retry_after_s=1.0,
            )
        return _status(state)


def _status(state: State) -> pb.HealthStatus:
    return _STATUSES[state]


def _component(result: CheckResult) -> pb.ComponentHealth:
    component = pb.ComponentHealth(
        name=result.name,
        status=_status(result.state),
        required=result.is_required,
        message=result.message,
    )
    if result.state is not State.UNSPECIFIED:
        component.latency.FromNanoseconds(int(result.latency_s * 1e9))
    return component
