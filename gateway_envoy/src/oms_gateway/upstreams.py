"""Which service answers at which address, and which port of the gateway shows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

# Services that a listener of their own can show. `api` has the listener that shows everything.
HTTP_SERVICES = ("api", "embedding", "scheduler", "events", "datakernel")

# Packages of the contract, and the service that implements each. `oms.health.v1` is
# implemented by all of them: a listener shows the health of its own service.
PACKAGE_OWNERS: Mapping[str, str] = {
    "oms.ontology.v1": "api",
    "oms.identity.v1": "api",
    "oms.datakernel.v1": "datakernel",
    "oms.embedding.v1": "embedding",
    "oms.scheduler.v1": "scheduler",
    "oms.events.v1": "events",
}
EVERY_SERVICE_PACKAGES = ("oms.health.v1",)


def owner_of(package: str) -> str:
    """The service that implements a package of the contract.

    Raises:
        ValueError: the package is not assigned to a service.
    """
    if package not in PACKAGE_OWNERS:
        raise ValueError(f"package {package!r} has no service; add it to PACKAGE_OWNERS")
    return PACKAGE_OWNERS[package]


@dataclass(frozen=True, slots=True)
class Upstreams:
    """Addresses of the gRPC servers behind the gateway.

    A service that is left out is not offered: its listener stays closed and its paths answer 404.

    Args:
        addresses: `host:port` or `unix:/path` by service. `api` is required. Services hosted by
            the same process may share an address or name their own port of it.
    """

    addresses: Mapping[str, str]

    def __post_init__(self) -> None:
        """Refuses what Envoy would fail on later, with less to go by."""
        unknown = sorted(set(self.addresses) - set(HTTP_SERVICES))
        if unknown:
            raise ValueError(f"unknown services {unknown}; known are {list(HTTP_SERVICES)}")
        if "api" not in self.addresses:
            raise ValueError("no address for the service 'api', which the gateway can't do without")
        for service, address in self.addresses.items():
            split_address(address, service=service)


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
