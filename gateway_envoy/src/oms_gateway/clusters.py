"""Clusters: the gRPC servers behind the gateway."""

from __future__ import annotations

import ipaddress
from typing import Any

from oms_gateway.retries import render_health_checks
from oms_gateway.routes import NOWHERE
from oms_gateway.settings import GatewaySettings
from oms_gateway.tracing import CLUSTER as OTLP
from oms_gateway.tracing import is_otlp_over_tls, otlp_address
from oms_gateway.upstreams import Upstreams, http_cluster_name, split_address

_HTTP_OPTIONS = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions"
_TYPE = "type.googleapis.com/"
# Of Debian, whose image the gateway's is built on.
_SYSTEM_CAS = "/etc/ssl/certs/ca-certificates.crt"


def render_clusters(upstreams: Upstreams, settings: GatewaySettings) -> list[dict[str, Any]]:
    """One cluster for each service, of the service's name, ordered by name; and an empty one."""
    return [
        {"name": NOWHERE, "type": "STATIC", "connect_timeout": "1s"},
        *(
            _cluster(service, address, settings)
            for service, address in sorted(upstreams.addresses.items())
        ),
        *(
            _http_cluster(service, address, settings)
            for service, address in sorted(upstreams.http.items())
        ),
        *([_otlp_cluster(settings)] if settings.telemetry else ()),
    ]


def _otlp_cluster(settings: GatewaySettings) -> dict[str, Any]:
    host, port = otlp_address(settings)
    cluster: dict[str, Any] = {
        "name": OTLP,
        "type": "STATIC" if _is_static((host, port)) else "STRICT_DNS",
        "connect_timeout": "2s",
        "dns_lookup_family": "V4_PREFERRED",
        "load_assignment": {
            "cluster_name": OTLP,
            "endpoints": [{"lb_endpoints": [{"endpoint": {"address": _address((host, port))}}]}],
        },
        "typed_extension_protocol_options": {
            _HTTP_OPTIONS: {
                "@type": _TYPE + _HTTP_OPTIONS,
                "explicit_http_config": {"http2_protocol_options": {}},
            }
        },
    }
    if is_otlp_over_tls(settings):
        tls = "envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext"
        cluster["transport_socket"] = {
            "name": "envoy.transport_sockets.tls",
            "typed_config": {
                "@type": _TYPE + tls,
                "sni": host,
                "common_tls_context": {
                    "validation_context": {
                        "trusted_ca": {"filename": _SYSTEM_CAS},
                        "match_typed_subject_alt_names": [
                            {"san_type": "DNS", "matcher": {"exact": host}}
                        ],
                    }
                },
            },
        }
    return cluster


def _http_cluster(service: str, address: str, settings: GatewaySettings) -> dict[str, Any]:
    cluster = _cluster(service, address, settings)
    name = http_cluster_name(service)
    thresholds = cluster["circuit_breakers"]["thresholds"][0]
    return {
        **cluster,
        "name": name,
        "health_checks": render_health_checks(settings, has_grpc=False),
        "load_assignment": {**cluster["load_assignment"], "cluster_name": name},
        # HTTP/1.1, where every WebSocket and every stream of events has a connection of its own.
        "circuit_breakers": {
            "thresholds": [{**thresholds, "max_connections": settings.max_connections}]
        },
        "typed_extension_protocol_options": {
            _HTTP_OPTIONS: {
                "@type": _TYPE + _HTTP_OPTIONS,
                "explicit_http_config": {"http_protocol_options": {}},
            }
        },
    }


def _cluster(service: str, address: str, settings: GatewaySettings) -> dict[str, Any]:
    location = split_address(address, service=service)
    return {
        "name": service,
        "type": "STATIC" if _is_static(location) else "STRICT_DNS",
        "connect_timeout": "2s",
        "health_checks": render_health_checks(settings, has_grpc=True),
        # With no server left a call is refused, rather than sent to one that is gone.
        "common_lb_config": {"healthy_panic_threshold": {"value": 0}},
        "lb_policy": "ROUND_ROBIN",
        "dns_lookup_family": "V4_PREFERRED",
        "load_assignment": {
            "cluster_name": service,
            "endpoints": [{"lb_endpoints": [{"endpoint": {"address": _address(location)}}]}],
        },
        # TCP keepalive rather than HTTP/2 pings: a gRPC server answers pings on an idle
        # connection with GOAWAY `too_many_pings`.
        "upstream_connection_options": {
            "tcp_keepalive": {"keepalive_time": 60, "keepalive_interval": 15, "keepalive_probes": 4}
        },
        "circuit_breakers": {
            "thresholds": [
                {
                    "max_connections": 1024,
                    "max_pending_requests": settings.max_requests,
                    "max_requests": settings.max_requests,
                    # All of them may be held.
                    "max_retries": settings.max_requests,
                }
            ]
        },
        "typed_extension_protocol_options": {
            _HTTP_OPTIONS: {
                "@type": _TYPE + _HTTP_OPTIONS,
                "explicit_http_config": {
                    "http2_protocol_options": {
                        "initial_stream_window_size": 2**20,
                        "initial_connection_window_size": 8 * 2**20,
                    }
                },
            }
        },
    }


def _is_static(location: tuple[str, int] | str) -> bool:
    if isinstance(location, str):
        return True
    try:
        ipaddress.ip_address(location[0])
    except ValueError:
        return False
    return True


def _address(location: tuple[str, int] | str) -> dict[str, Any]:
    if isinstance(location, str):
        return {"pipe": {"path": location}}
    host, port = location
    return {"socket_address": {"address": host, "port_value": port}}
