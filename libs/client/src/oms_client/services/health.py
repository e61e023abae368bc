"""Calls of `oms.health.v1.HealthService`. Generated from its proto."""

from __future__ import annotations

from typing import Any, Final

from oms.health.v1 import health_service_pb2 as health_health_service_pb2
from oms_client.aio_calls import AsyncCalls
from oms_client.calls import Calls
from oms_client.methods import Method

__all__ = ["AsyncHealth", "Health"]

_GET: Final = Method(
    "/oms.health.v1.HealthService/GetHealth",
    health_health_service_pb2.GetHealthRequest,
    health_health_service_pb2.GetHealthResponse,
    is_read_only=True,
)
_CHECK_LIVENESS: Final = Method(
    "/oms.health.v1.HealthService/CheckLiveness",
    health_health_service_pb2.CheckLivenessRequest,
    health_health_service_pb2.CheckLivenessResponse,
    is_read_only=True,
)
_CHECK_READINESS: Final = Method(
    "/oms.health.v1.HealthService/CheckReadiness",
    health_health_service_pb2.CheckReadinessRequest,
    health_health_service_pb2.CheckReadinessResponse,
    is_read_only=True,
)
_GET_DETAILED_HEALTH: Final = Method(
    "/oms.health.v1.HealthService/GetDetailedHealth",
    health_health_service_pb2.GetDetailedHealthRequest,
    health_health_service_pb2.GetDetailedHealthResponse,
    is_read_only=True,
)


class Health:
    """Health of a server for people and for HTTP probes. Probes that speak gRPC use the standard
    `grpc.health.v1.Health`, which every server offers too.
    """

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def get(
        self,
        given: health_health_service_pb2.GetHealthRequest | None = None,
        /,
        *,
        timeout_s: float | None = None,
    ) -> health_health_service_pb2.GetHealthResponse:
        """Answers whether the server is serving. The short form of `CheckReadiness`: UNAVAILABLE
        (HTTP 503) when it is not.

        Args:
            given: The request as a message; what the others set is put on top.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
        }
        return self._calls.unary(_GET, given, timeout_s, fields)

    def check_liveness(
        self,
        given: health_health_service_pb2.CheckLivenessRequest | None = None,
        /,
        *,
        timeout_s: float | None = None,
    ) -> health_health_service_pb2.CheckLivenessResponse:
        """Answers as long as the process can answer at all. Restart it when it does not.

        Args:
            given: The request as a message; what the others set is put on top.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
        }
        return self._calls.unary(_CHECK_LIVENESS, given, timeout_s, fields)

    def check_readiness(
        self,
        given: health_health_service_pb2.CheckReadinessRequest | None = None,
        /,
        *,
        timeout_s: float | None = None,
    ) -> health_health_service_pb2.CheckReadinessResponse:
        """Answers OK when calls should be sent here, UNAVAILABLE (HTTP 503) with reason
        SERVICE_UNAVAILABLE otherwise: while starting, while draining, or while a required part
        is down.

        Args:
            given: The request as a message; what the others set is put on top.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
        }
        return self._calls.unary(_CHECK_READINESS, given, timeout_s, fields)

    def get_detailed_health(
        self,
        given: health_health_service_pb2.GetDetailedHealthRequest | None = None,
        /,
        *,
        timeout_s: float | None = None,
    ) -> health_health_service_pb2.GetDetailedHealthResponse:
        """Reports every hosted service and every dependency, each with its state and the time its
        check took. Answers OK also when parts are down: the report is the answer.

        Args:
            given: The request as a message; what the others set is put on top.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
        }
        return self._calls.unary(_GET_DETAILED_HEALTH, given, timeout_s, fields)


class AsyncHealth:
    """Health of a server for people and for HTTP probes. Probes that speak gRPC use the standard
    `grpc.health.v1.Health`, which every server offers too.
    """

    def __init__(self, calls: AsyncCalls) -> None:
        self._calls = calls

    async def get(
        self,
        given: health_health_service_pb2.GetHealthRequest | None = None,
        /,
        *,
        timeout_s: float | None = None,
    ) -> health_health_service_pb2.GetHealthResponse:
        """Answers whether the server is serving. The short form of `CheckReadiness`: UNAVAILABLE
        (HTTP 503) when it is not.

        Args:
            given: The request as a message; what the others set is put on top.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
        }
        return await self._calls.unary(_GET, given, timeout_s, fields)

    async def check_liveness(
        self,
        given: health_health_service_pb2.CheckLivenessRequest | None = None,
        /,
        *,
        timeout_s: float | None = None,
    ) -> health_health_service_pb2.CheckLivenessResponse:
        """Answers as long as the process can answer at all. Restart it when it does not.

        Args:
            given: The request as a message; what the others set is put on top.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
        }
        return await self._calls.unary(_CHECK_LIVENESS, given, timeout_s, fields)

    async def check_readiness(
        self,
        given: health_health_service_pb2.CheckReadinessRequest | None = None,
        /,
        *,
        timeout_s: float | None = None,
    ) -> health_health_service_pb2.CheckReadinessResponse:
        """Answers OK when calls should be sent here, UNAVAILABLE (HTTP 503) with reason
        SERVICE_UNAVAILABLE otherwise: while starting, while draining, or while a required part
        is down.

        Args:
            given: The request as a message; what the others set is put on top.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
        }
        return await self._calls.unary(_CHECK_READINESS, given, timeout_s, fields)

    async def get_detailed_health(
        self,
        given: health_health_service_pb2.GetDetailedHealthRequest | None = None,
        /,
        *,
        timeout_s: float | None = None,
    ) -> health_health_service_pb2.GetDetailedHealthResponse:
        """Reports every hosted service and every dependency, each with its state and the time its
        check took. Answers OK also when parts are down: the report is the answer.

        Args:
            given: The request as a message; what the others set is put on top.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
        }
        return await self._calls.unary(_GET_DETAILED_HEALTH, given, timeout_s, fields)
