"""Metrics of operations.

Names are a client's choice: the first ones get labels of their own, the others share one.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from typing import Final

from prometheus_client import Counter, Gauge, Histogram

from svc_graphql.transport.engine import Operation

_MAX_NAMES: Final = 200
_OTHER: Final = "(other)"
_LABELS: Final = ("endpoint", "type", "operation")

_handled = Counter("graphql_operations", "Operations that ended.", (*_LABELS, "outcome"))
_seconds = Histogram(
    "graphql_operation_seconds",
    "Time of a query or a mutation, in seconds.",
    ("endpoint", "type"),
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0),
)
_subscriptions = Gauge("graphql_subscriptions", "Subscriptions that are open.", ("endpoint",))
_refused = Counter("graphql_refused", "Requests that failed as a whole.", ("endpoint", "code"))
_sessions = Gauge("graphql_sessions", "WebSocket sessions that are open.")


class OperationMetrics:
    """Counts operations with labels whose number is bounded."""

    def __init__(self) -> None:
        self._names: set[str] = set()

    def count(self, path: str, operation: Operation, outcome: str, seconds: float) -> None:
        """Counts an operation that ended."""
        endpoint, kind = endpoint_label(path), operation.kind.value
        _handled.labels(endpoint, kind, self._label(operation.name), outcome).inc()
        _seconds.labels(endpoint, kind).observe(seconds)

    def refused(self, path: str, code: str) -> None:
        """Counts a request that failed as a whole."""
        _refused.labels(endpoint_label(path), code).inc()

    @contextmanager
    def subscription(self, path: str, operation: Operation) -> Generator[None]:
        """Counts a subscription while it is open."""
        endpoint = endpoint_label(path)
        gauge = _subscriptions.labels(endpoint)
        gauge.inc()
        try:
            yield
        finally:
            gauge.dec()
            _handled.labels(
                endpoint, operation.kind.value, self._label(operation.name), "ended"
            ).inc()

    @contextmanager
    def session(self) -> Generator[None]:
        """Counts a WebSocket session while it is open."""
        _sessions.inc()
        try:
            yield
        finally:
            _sessions.dec()

    def _label(self, name: str) -> str:
        if name in self._names:
            return name
        if len(self._names) >= _MAX_NAMES:
            return _OTHER
        self._names.add(name)
        return name


def endpoint_label(path: str) -> str:
    """`metamodel`, or `ontology` for all the generated ones together."""
    return "metamodel" if path == "/graphql" else "ontology"
