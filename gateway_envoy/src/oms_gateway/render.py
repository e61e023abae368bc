"""Envoy's bootstrap configuration."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from oms_rpc.topology import owner_of

from oms_gateway.artifacts import Artifacts
from oms_gateway.clusters import render_clusters
from oms_gateway.contract import ProtoService, read_services
from oms_gateway.listeners import render_listener
from oms_gateway.settings import GatewaySettings
from oms_gateway.upstreams import EVERY_SERVICE_PACKAGES, GRAPHQL_WS, HTTP_LISTENERS, Upstreams

_CONNECTIONS = "envoy.extensions.resource_monitors.downstream_connections.v3."


def render(upstreams: Upstreams, settings: GatewaySettings, artifacts: Artifacts) -> dict[str, Any]:
    """Renders the configuration of one Envoy in front of all services.

    The listener of `api` shows every service that has an upstream, each other one its own;
    all show health, reflection, `/openapi.json` and `/docs`.

    Args:
        upstreams: Where the services are.
        settings: Ports and limits.
        artifacts: Files that Envoy reads when it starts; they have to stay where they are.
    Returns:
        The bootstrap, of plain dicts and lists. The same arguments give the same result.
    Raises:
        OSError: a file of `artifacts` can't be read.
    """
    contract = read_services(artifacts.descriptors)
    config: dict[str, Any] = {
        "static_resources": {
            "listeners": [
                render_listener(
                    listener,
                    _shown(listener, contract, upstreams),
                    settings=settings,
                    artifacts=artifacts,
                    has_graphql="graphql" in upstreams.http,
                )
                for listener in HTTP_LISTENERS
                if _service_of(listener) in upstreams.addresses and settings.port(listener)
            ],
            "clusters": render_clusters(upstreams, settings),
        },
        "overload_manager": {
            "resource_monitors": [
                {
                    "name": "envoy.resource_monitors.global_downstream_max_connections",
                    "typed_config": {
                        "@type": f"type.googleapis.com/{_CONNECTIONS}DownstreamConnectionsConfig",
                        "max_active_downstream_connections": settings.max_connections,
                    },
                }
            ]
        },
    }
    if settings.admin_port:
        config["admin"] = _admin(settings.admin_port)
    return config


def to_json(config: Mapping[str, Any]) -> str:
    """The configuration as the JSON that `envoy -c` reads."""
    return json.dumps(config, indent=2) + "\n"


def _service_of(listener: str) -> str:
    return "graphql" if listener == GRAPHQL_WS else listener


def _shown(
    own: str, contract: Sequence[ProtoService], upstreams: Upstreams
) -> Sequence[ProtoService]:
    owners = set(upstreams.addresses) if own == "api" else {own}
    return [
        service
        for service in contract
        if service.package in EVERY_SERVICE_PACKAGES or owner_of(service.package).name in owners
    ]


def _admin(port: int) -> dict[str, Any]:
    # Loopback whatever the listeners are bound to: it can stop Envoy.
    return {"address": {"socket_address": {"address": "127.0.0.1", "port_value": port}}}
