"""Where traces go."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

_OTLP_PORT: Final = 4317
# UDP and Thrift of Jaeger's agent and collector, its own gRPC, its page, and Zipkin's.
_JAEGERS: Final = frozenset({5775, 5778, 6831, 6832, 9411, 14250, 14268, 16686})


def otlp_endpoint(told: str) -> str:
    """The OTLP endpoint that a setting means: `http://host:port`.

    `JAEGER_ENDPOINT` named Jaeger's own protocols once, such as `http://jaeger:14268/api/traces`.
    Its host takes OTLP over gRPC on 4317 since Jaeger 1.35, so that is where traces go.

    Raises:
        ValueError: there is no host in it.
    """
    parts = urlsplit(told if "://" in told else f"http://{told}")
    if not parts.hostname:
        raise ValueError("has to name a host, as http://host:4317")
    scheme = "https" if parts.scheme == "https" else "http"
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    is_jaegers = parts.port is None or parts.port in _JAEGERS
    return f"{scheme}://{host}:{_OTLP_PORT if is_jaegers else parts.port}"


def host_and_port(endpoint: str) -> tuple[str, int]:
    """The parts of what `otlp_endpoint` answered."""
    parts = urlsplit(endpoint)
    return parts.hostname or "", parts.port or _OTLP_PORT
