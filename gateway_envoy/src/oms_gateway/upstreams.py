"""Which service answers at which address, and which port of the gateway shows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

from oms_rpc.topology import SERVICES, Topology

# Every service shows itself on a listener of its own; that of `api` shows everything.
HTTP_SERVICES = tuple(row.name for row in SERVICES)
# Shows GraphQL to WebSockets alone, beside the listener of `graphql`.
GRAPHQL_WS = "graphql_ws"
# Every listener there is.
HTTP_LISTENERS = (*HTTP_SERVICES, GRAPHQL_WS)
# Implemented by every service: a listener shows the health of its own one.
EVERY_SERVICE_PACKAGES = ("oms.health.v1",)


@dataclass(frozen=True, slots=True)
class Upstreams:
    """Addresses of the gRPC servers behind the gateway.

    A service that is left out is not offered: its listener stays closed and its paths answer 404.

    Args:
        addresses: `host:port` or `unix:/path` of gRPC by service. `api` is required. Services
            hosted by the same process may share an address or name their own port of it.
        http: The same of HTTP, for the services that serve it themselves.
    """

    addresses: Mapping[str, str]
    http: Mapping[str, str] = field(default_factory=dict[str, str])

    def __post_init__(self) -> None:
        """Refuses what Envoy would fail on later, with less to go by."""
        unknown = sorted({*self.addresses, *self.http} - set(HTTP_SERVICES))
        if unknown:
            raise ValueError(f"unknown services {unknown}; known are {list(HTTP_SERVICES)}")
        if "api" not in self.addresses:
            raise ValueError("no address for the service 'api', which the gateway can't do without")
        for service, address in [*self.addresses.items(), *self.http.items()]:
            split_address(address, service=service)

    @classmethod
    def of(cls, topology: Topology, *, monolith_host: str = "127.0.0.1") -> Self:
        """The addresses of a deployment.

        Args:
            topology: Says which services are moved out, and where to.
            monolith_host: Where the monolith runs. It listens on the port of every service that
                it hosts.
        """
        return cls(
            {
                row.name: f"{monolith_host}:{row.port}"
                if topology.is_hosted(row.name)
                else topology.address(row.name)
                for row in SERVICES
            },
            {row.name: f"{monolith_host}:{row.http_port}" for row in SERVICES if row.http_port},
        )


def http_cluster_name(service: str) -> str:
    """Name of the cluster of a service's own HTTP server."""
    return f"{service}_http"


def split_address(address: str, *, service: str) -> tuple[str, int] | str:
    """The host and port of an address, or the path of a Unix socket.

    Raises:
        ValueError: neither; the message names the service and the address.
    """
    if address.startswith("unix:"):
        return address.removeprefix("unix:")
    host, _, port = address.rpartition(":")
    if not host or not port.isdecimal() or not 0 < int(port) < 65536:
        raise ValueError(f"address {address!r} of {service} is neither host:port nor unix:/path")
    return host.strip("[]"), int(port)
