"""Metrics of served calls, under the names that gRPC dashboards know.

Labels hold method names that the server registered, never what a caller sent.
Source: https://github.com/grpc-ecosystem/go-grpc-middleware/tree/main/providers/prometheus
"""

from __future__ import annotations

from collections.abc import Callable

from prometheus_client import Counter, Gauge, Histogram, start_http_server

_METHOD = ("grpc_type", "grpc_service", "grpc_method")

STARTED = Counter("grpc_server_started_total", "Calls that came in.", _METHOD)
HANDLED = Counter("grpc_server_handled_total", "Calls that ended.", (*_METHOD, "grpc_code"))
SECONDS = Histogram(
    "grpc_server_handling_seconds",
    "Time from a call's arrival to its end, in seconds.",
    _METHOD,
    buckets=(0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)
IN_FLIGHT = Gauge("grpc_server_in_flight", "Calls being served.", _METHOD)


def expose(host: str, port: int, worker_index: int) -> Callable[[], None]:
    """Serves the Prometheus page in a thread of its own.

    Args:
        host: Address to listen on.
        port: Port of the first worker; worker n listens on `port + n`.
        worker_index: Which of several workers this process is.
    Returns:
        A function that stops it.
    """
    server, thread = start_http_server(port + worker_index if port else 0, host)

    def stop() -> None:
        server.shutdown()
        server.server_close()
        thread.join()

    return stop
