"""Where the suite listens on this machine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from oms_devstack import PortInUse, free_port, is_free
from oms_gateway import HTTP_LISTENERS, GatewaySettings
from oms_rpc import SERVICES, ServerSettings
from svc_graphql.settings import GraphqlSettings

# Services that may run on their own, those that others call first.
START_ORDER: Final = tuple(entry.name for entry in SERVICES if entry.flag)
PROCESSES: Final = ("monolith", *START_ORDER)


@dataclass(frozen=True, slots=True)
class LaunchPorts:
    """Ports by name.

    Attributes:
        grpc: A port of each service.
        http: A port on the gateway of each listener.
        behind: Ports of services that serve HTTP themselves, behind the gateway.
        metrics: A port for the metrics of each process: the monolith, or a service of its own.
    """

    grpc: Mapping[str, int]
    http: Mapping[str, int]
    behind: Mapping[str, int]
    metrics: Mapping[str, int]

    @classmethod
    def published(cls) -> LaunchPorts:
        """The ports of the documentation, or those that the environment sets instead."""
        gateway, server = GatewaySettings(), ServerSettings()
        first = server.metrics_port
        return cls(
            grpc={entry.name: server.ports.get(entry.name, entry.port) for entry in SERVICES},
            http={name: gateway.port(name) for name in HTTP_LISTENERS if gateway.port(name)},
            behind={"graphql": GraphqlSettings().port},
            metrics={name: first + index for index, name in enumerate(PROCESSES)},
        )

    @classmethod
    def free(cls) -> LaunchPorts:
        """Ports that nothing listens on, for suites that run side by side."""
        return cls(
            grpc={entry.name: free_port() for entry in SERVICES},
            http={name: free_port() for name in HTTP_LISTENERS},
            behind={entry.name: free_port() for entry in SERVICES if entry.http_port},
            metrics={name: free_port() for name in PROCESSES},
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
        for name, port in self.behind.items():
            if not is_free(port):
                remedy = f"set {http_variable(name)} to another one"
                raise PortInUse(f"HTTP of {name} behind the gateway", port, remedy)


def http_variable(service: str) -> str:
    """The variable that moves the HTTP port of a service."""
    return f"OMS_{service.upper()}_HTTP_PORT"
