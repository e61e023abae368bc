"""Spans of the gateway: one for each request, which the services' spans continue."""

from __future__ import annotations

from typing import Any, Final

from oms_rpc.otlp import host_and_port, otlp_endpoint

from oms_gateway.settings import GatewaySettings

CLUSTER: Final = "otlp"
_TYPE: Final = "type.googleapis.com/"
_REQUEST_IDS: Final = "envoy.extensions.request_id.uuid.v3.UuidRequestIdConfig"


def render_tracing(settings: GatewaySettings) -> dict[str, Any]:
    """What a connection manager needs to send spans; nothing when telemetry is off."""
    if not settings.telemetry:
        return {}
    return {
        "tracing": {
            "provider": {
                "name": "envoy.tracers.opentelemetry",
                "typed_config": {
                    "@type": _TYPE + "envoy.config.trace.v3.OpenTelemetryConfig",
                    "grpc_service": {"envoy_grpc": {"cluster_name": CLUSTER}, "timeout": "5s"},
                    "service_name": "oms-gateway",
                },
            },
            # Of requests that bring no trace; what a caller decided for its own counts.
            "random_sampling": {"value": round(settings.trace_sample_ratio * 100, 4)},
        },
        # A caller's request id stays as it is, and says nothing about sampling.
        "request_id_extension": {
            "typed_config": {
                "@type": _TYPE + _REQUEST_IDS,
                "pack_trace_reason": False,
                "use_request_id_for_trace_sampling": False,
            }
        },
    }


def otlp_address(settings: GatewaySettings) -> tuple[str, int]:
    """Host and port of what takes the spans."""
    return host_and_port(otlp_endpoint(settings.trace_endpoint))


def is_otlp_over_tls(settings: GatewaySettings) -> bool:
    """Whether spans are sent over TLS."""
    return otlp_endpoint(settings.trace_endpoint).startswith("https")
