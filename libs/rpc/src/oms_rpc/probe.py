"""`python -m oms_rpc.probe PORT`: exits with 0 if the server of this container is serving.

For container health checks. Asks `grpc.health.v1`; behind TLS, whose certificate names another host
than this one, it only opens a connection.
"""

from __future__ import annotations

import socket
import sys
from typing import Any

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc

from oms_rpc.settings import ServerSettings

_TIMEOUT_S = 4.0


def main(port: int) -> int:
    """Probes a port of this machine."""
    address = f"127.0.0.1:{port}"
    try:
        if ServerSettings().tls_cert_file is not None:
            socket.create_connection(("127.0.0.1", port), timeout=_TIMEOUT_S).close()
            return 0
        return 0 if _is_serving(address) else 1
    except (OSError, grpc.RpcError) as exc:
        reason = exc.code().name if isinstance(exc, grpc.Call) else exc
        sys.stderr.write(f"{address} is not serving: {reason}\n")
        return 1


def _is_serving(address: str) -> bool:
    messages: Any = health_pb2
    with grpc.insecure_channel(address) as channel:
        stub: Any = health_pb2_grpc.HealthStub(channel)
        answer = stub.Check(messages.HealthCheckRequest(), timeout=_TIMEOUT_S)
    return answer.status == messages.HealthCheckResponse.SERVING


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
