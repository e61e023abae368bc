"""Metrics of served calls, under the names that gRPC and HTTP dashboards know.

grpc_server_{started,handled}_total, grpc_server_in_flight, grpc_server_handling_seconds
    every call, by method
http_requests_total{method,handler,status}, http_request_duration_seconds{method,handler}
    those of them that the gateway made out of HTTP requests

Labels hold method names that the server registered, never what a caller sent.
Source: https://github.com/grpc-ecosystem/go-grpc-middleware/tree/main/providers/prometheus
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from prometheus_client import REGISTRY, start_http_server
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from oms_rpc.counts import Timings

_LABELS = ("grpc_type", "grpc_service", "grpc_method")
_HTTP_METHODS: Final = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"})
# As Envoy's transcoder answers them.
# Source: https://github.com/googleapis/googleapis/blob/master/google/rpc/code.proto
_HTTP_STATUS: Final = {
    "OK": "200",
    "INVALID_ARGUMENT": "400",
    "FAILED_PRECONDITION": "400",
    "OUT_OF_RANGE": "400",
    "UNAUTHENTICATED": "401",
    "PERMISSION_DENIED": "403",
    "NOT_FOUND": "404",
    "ABORTED": "409",
    "ALREADY_EXISTS": "409",
    "RESOURCE_EXHAUSTED": "429",
    "CANCELLED": "499",
    "UNIMPLEMENTED": "501",
    "UNAVAILABLE": "503",
    "DEADLINE_EXCEEDED": "504",
}


class HttpStats:
    """Counts of one method as it was called by HTTP requests of one kind."""

    __slots__ = ("statuses", "timings")

    def __init__(self) -> None:
        self.statuses: dict[str, int] = {}
        self.timings = Timings()


class MethodStats:
    """Counts of one method."""

    __slots__ = ("handled", "http", "in_flight", "labels", "started", "timings")

    def __init__(self, labels: tuple[str, str, str]) -> None:
        self.labels = labels
        self.started = 0
        self.in_flight = 0
        self.handled: dict[str, int] = {}
        self.timings = Timings()
        self.http: dict[str, HttpStats] = {}

    def enter(self) -> None:
        """Counts a call that came in."""
        self.started += 1
        self.in_flight += 1

    def leave(self, code: str, seconds: float, trace_id: str = "") -> None:
        """Counts a call that ended with a status code after so many seconds."""
        self.in_flight -= 1
        self.handled[code] = self.handled.get(code, 0) + 1
        self.timings.add(seconds, trace_id)

    def leave_http(self, verb: str, code: str, seconds: float, trace_id: str = "") -> None:
        """Counts the HTTP request that such a call was made out of."""
        verb = verb if verb in _HTTP_METHODS else "other"
        stats = self.http.get(verb) or self.http.setdefault(verb, HttpStats())
        status = _HTTP_STATUS.get(code, "500")
        stats.statuses[status] = stats.statuses.get(status, 0) + 1
        stats.timings.add(seconds, trace_id)


class _CallCollector(Collector):
    """Turns the counts of every method into metrics."""

    def __init__(self) -> None:
        self._methods: dict[tuple[str, str, str], MethodStats] = {}

    def stats(self, labels: tuple[str, str, str]) -> MethodStats:
        if labels not in self._methods:
            self._methods[labels] = MethodStats(labels)
        return self._methods[labels]

    def collect(self) -> Iterator[Metric]:
        methods = list(self._methods.values())
        yield from _grpc_families(methods)
        yield from _http_families(methods)


def _grpc_families(methods: list[MethodStats]) -> Iterator[Metric]:
    started = CounterMetricFamily("grpc_server_started", "Calls that came in.", labels=_LABELS)
    handled = CounterMetricFamily(
        "grpc_server_handled", "Calls that ended.", labels=(*_LABELS, "grpc_code")
    )
    in_flight = GaugeMetricFamily("grpc_server_in_flight", "Calls being served.", labels=_LABELS)
    seconds = HistogramMetricFamily(
        "grpc_server_handling_seconds",
        "Time from a call's arrival to its end, in seconds.",
        labels=_LABELS,
    )
    for stats in methods:
        started.add_metric(stats.labels, stats.started)
        in_flight.add_metric(stats.labels, stats.in_flight)
        for code, count in list(stats.handled.items()):
            handled.add_metric((*stats.labels, code), count)
        seconds.add_metric(stats.labels, stats.timings.buckets(), stats.timings.seconds)
    yield from (started, handled, in_flight, seconds)


def _http_families(methods: list[MethodStats]) -> Iterator[Metric]:
    labels = ("method", "handler")
    requests = CounterMetricFamily(
        "http_requests", "HTTP requests that the gateway handed on.", labels=(*labels, "status")
    )
    seconds = HistogramMetricFamily(
        "http_request_duration_seconds", "Time their calls took, in seconds.", labels=labels
    )
    for stats in methods:
        handler = f"{stats.labels[1]}/{stats.labels[2]}"
        for verb, http in list(stats.http.items()):
            for status, count in list(http.statuses.items()):
                requests.add_metric((verb, handler, status), count)
            seconds.add_metric((verb, handler), http.timings.buckets(), http.timings.seconds)
    yield from (requests, seconds)


_collector = _CallCollector()
REGISTRY.register(_collector)


def method_stats(shape: str, service: str, method: str) -> MethodStats:
    """The counts of a method, shared by all servers of the process."""
    return _collector.stats((shape, service, method))


def expose(host: str, port: int, worker_index: int) -> Callable[[], None]:
    """Serves the Prometheus page in a thread of its own.

    Args:
        host: Address to listen on.
        port: Port of the first worker; worker n listens on `port + n`.
        worker_index: Which of several workers this process is.
    Returns:
        A function that stops it.
    Raises:
        OSError: the port is taken; it is named.
    """
    own = port + worker_index if port else 0
    try:
        server, thread = start_http_server(own, host)
    except OSError as exc:
        message = f"metrics can't be served on {host}:{own}; set OMS_METRICS_PORT to a free port"
        raise OSError(exc.errno, message) from exc

    def stop() -> None:
        server.shutdown()
        server.server_close()
        thread.join()

    return stop
