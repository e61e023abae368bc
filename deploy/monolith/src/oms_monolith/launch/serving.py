"""Whether a service of this machine takes calls."""

from __future__ import annotations

from typing import Any

import grpc.aio
from grpc_health.v1 import health_pb2, health_pb2_grpc

_TIMEOUT_S = 2.0


async def check_serving(address: str) -> None:
    """Asks `grpc.health.v1` of a server without TLS.

    Raises:
        ConnectionError: it does not answer, or says that it is not serving.
    """
    messages: Any = health_pb2
    async with grpc.aio.insecure_channel(address) as channel:
        stub: Any = health_pb2_grpc.HealthStub(channel)
        try:
            answer = await stub.Check(messages.HealthCheckRequest(), timeout=_TIMEOUT_S)
        except grpc.aio.AioRpcError as exc:
            raise ConnectionError(f"{address} answers {exc.code().name}") from exc
    if answer.status != messages.HealthCheckResponse.SERVING:
        raise ConnectionError(f"{address} is not serving yet")
