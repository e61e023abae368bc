"""Listeners: one HTTP port each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from oms_gateway.artifacts import Artifacts
from oms_gateway.contract import ProtoService
from oms_gateway.filters import CORS, cors_policy, render_filters
from oms_gateway.graphql import graphql_routes
from oms_gateway.local_replies import render_local_replies
from oms_gateway.routes import render_routes
from oms_gateway.settings import GatewaySettings
from oms_gateway.tracing import render_tracing
from oms_gateway.upstreams import GRAPHQL_WS

_TYPE = "type.googleapis.com/"
# Room for /openapi.json, which Envoy keeps in memory.
_MAX_STATIC_BYTES = 8 * 2**20


def render_listener(
    name: str,
    services: Sequence[ProtoService],
    *,
    settings: GatewaySettings,
    artifacts: Artifacts,
    has_graphql: bool,
) -> dict[str, Any]:
    """The listener of an OMS service: it shows `services`, and the service's health."""
    own = "graphql" if name == GRAPHQL_WS else name
    chain: dict[str, Any] = {
        "filters": [
            {
                "name": "envoy.filters.network.http_connection_manager",
                "typed_config": {
                    "@type": _TYPE + "envoy.extensions.filters.network.http_connection_manager.v3."
                    "HttpConnectionManager",
                    "stat_prefix": name,
                    **_limits(),
                    **_hygiene(settings),
                    **render_tracing(settings),
                    "local_reply_config": render_local_replies(),
                    "access_log": _access_log(settings),
                    "http_filters": render_filters(
                        services, settings=settings, artifacts=artifacts
                    ),
                    "route_config": {
                        "name": name,
                        "max_direct_response_body_size_bytes": _MAX_STATIC_BYTES,
                        "virtual_hosts": [
                            {
                                "name": name,
                                "domains": ["*"],
                                "typed_per_filter_config": {CORS: cors_policy(settings)},
                                "routes": [
                                    *(graphql_routes(name, settings) if has_graphql else ()),
                                    *render_routes(
                                        services, own=own, settings=settings, artifacts=artifacts
                                    ),
                                ],
                            }
                        ],
                    },
                },
            }
        ]
    }
    if settings.tls_certificate_file:
        chain["transport_socket"] = _tls(settings)
    return {
        "name": name,
        "address": {
            "socket_address": {"address": settings.bind_address, "port_value": settings.port(name)}
        },
        "tcp_backlog_size": 1024,
        # Backpressure: an upload is read as fast as the service takes it.
        "per_connection_buffer_limit_bytes": 2**20,
        "socket_options": _keepalive(),
        "filter_chains": [chain],
    }


def _limits() -> dict[str, Any]:
    return {
        # As much metadata as a service accepts.
        "max_request_headers_kb": 16,
        "request_headers_timeout": "10s",
        # For requests that no route of `routes.py` has a limit for.
        "stream_idle_timeout": "60s",
        "common_http_protocol_options": {
            "idle_timeout": "3600s",
            "max_headers_count": 100,
            # `a_b` and `a-b` would be one header to some servers and two to others.
            "headers_with_underscores_action": "REJECT_REQUEST",
        },
        "http2_protocol_options": {
            "max_concurrent_streams": 256,
            "initial_stream_window_size": 2**20,
            "initial_connection_window_size": 8 * 2**20,
        },
    }


def _hygiene(settings: GatewaySettings) -> dict[str, Any]:
    return {
        "use_remote_address": True,
        "xff_num_trusted_hops": settings.trusted_hops,
        # A caller may name its request; the services log that name and answer it.
        "generate_request_id": True,
        "preserve_external_request_id": True,
        "always_set_request_id_in_response": True,
        "server_header_transformation": "PASS_THROUGH",
        "normalize_path": True,
        "merge_slashes": True,
        "path_with_escaped_slashes_action": "KEEP_UNCHANGED",
        "strip_any_host_port": True,
    }


def _access_log(settings: GatewaySettings) -> list[dict[str, Any]]:
    if not settings.access_log:
        return []
    return [
        {
            "name": "stdout",
            "typed_config": {
                "@type": _TYPE + "envoy.extensions.access_loggers.stream.v3.StdoutAccessLog",
                "log_format": {
                    "json_format": {
                        "event": "http request",
                        "time": "%START_TIME%",
                        "method": "%REQ(X-ENVOY-ORIGINAL-METHOD?:METHOD)%",
                        # Without the query, which may hold what a caller looked for.
                        "path": "%PATH(NQ)%",
                        "status": "%RESPONSE_CODE%",
                        "flags": "%RESPONSE_FLAGS%",
                        "details": "%RESPONSE_CODE_DETAILS%",
                        "duration_ms": "%DURATION%",
                        "request_bytes": "%BYTES_RECEIVED%",
                        "response_bytes": "%BYTES_SENT%",
                        "upstream": "%UPSTREAM_CLUSTER%",
                        "request_id": "%REQ(X-REQUEST-ID)%",
                    }
                },
            },
        }
    ]


def _keepalive() -> list[dict[str, Any]]:
    # SO_KEEPALIVE = 9 of SOL_SOCKET = 1; TCP_KEEPIDLE = 4, _KEEPINTVL = 5, _KEEPCNT = 6 of
    # IPPROTO_TCP = 6, on Linux. A watch whose client is gone ends after two minutes.
    options = ((1, 9, 1), (6, 4, 60), (6, 5, 15), (6, 6, 4))
    return [
        {"level": level, "name": name, "int_value": value, "state": "STATE_PREBIND"}
        for level, name, value in options
    ]


def _tls(settings: GatewaySettings) -> dict[str, Any]:
    return {
        "name": "envoy.transport_sockets.tls",
        "typed_config": {
            "@type": _TYPE + "envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext",
            "common_tls_context": {
                "alpn_protocols": ["h2", "http/1.1"],
                "tls_params": {"tls_minimum_protocol_version": "TLSv1_2"},
                "tls_certificates": [
                    {
                        "certificate_chain": {"filename": settings.tls_certificate_file},
                        "private_key": {"filename": settings.tls_key_file},
                    }
                ],
            },
        },
    }
