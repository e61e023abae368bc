"""Where the suite listens on this machine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from oms_devstack import PortInUse, free_port, is_free
from oms_gateway import HTTP_SERVICES, GatewaySettings
from oms_rpc import SERVICES, ServerSettings


@dataclass(frozen=True, slots=True)
class LaunchPorts:
    """A gRPC port and a port on the gateway for each service, by its name."""

    grpc: Mapping[str, int]
    http: Mapping[str, int]

    @classmethod
    def published(cls) -> LaunchPorts:
        """The ports of the documentation, or those that the environment sets instead."""
        gateway = GatewaySettings()
        moved = ServerSettings().ports
        return cls(
            grpc={entry.name: moved.get(entry.name, entry.port) for entry in SERVICES},
            http={name: gateway.port(name) for name in HTTP_SERVICES if gateway.port(name)},
        )

    @classmethod
    def free(cls) -> LaunchPorts:
        """Ports that nothing listens on, for suites that run side by side."""
        return cls(
            grpc={entry.name: free_port() for entry in SERVICES},
            http={name: free_port() for name in HTTP_SERVICES},
        )

    def check(self) -> None:
        """Makes sure that every port can be listened on.

        Raises:
            PortInUse: names the first that is taken, and the variable that changes it.
        """
        for name, port in self.grpc.items():
            if not is_free(port):
                remedy = f"move it: OMS_PORTS='{{\"{name}\": {port + 1000}}}'"
                raise PortInUse(f"gRPC of {name}", port, remedy)
        for name, port in self.http.items():
            if not is_free(port):
                variable = (
                    "OMS_GATEWAY_PORT" if name == "api" else f"OMS_GATEWAY_{name.upper()}_PORT"
                )
                raise PortInUse(f"HTTP of {name}", port, f"set {variable} to another one")
