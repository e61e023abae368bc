"""What a service's `setup` gets to compose itself with."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

import grpc
from oms_core.clock import Clock

from oms_rpc.authentication import CachingAuthenticator
from oms_rpc.health import HealthBoard, ReadyCheck
from oms_rpc.policy import MethodPolicy
from oms_rpc.registry import Registry
from oms_rpc.topology import Topology
from oms_rpc.workers import Workers


@dataclass(frozen=True, slots=True)
class Service:
    """A service: its name in the topology, and the function that composes it."""

    name: str
    setup: Callable[[ServiceContext], Awaitable[None]]


class ServiceContext:
    """Handed to `setup`. `setup` registers and opens things here and calls no peer.

    `stack` holds the service's resources; it is closed in reverse order, after the
    workers have stopped. `tracer` makes spans; None when telemetry is off.
    """

    def __init__(
        self,
        service: str,
        *,
        topology: Topology,
        stack: AsyncExitStack,
        clock: Clock,
        authenticator: CachingAuthenticator,
        registry: Registry,
        health: HealthBoard,
        workers: Workers,
        open_channel: Callable[[str], grpc.aio.Channel],
        http_ports: dict[str, int],
        tracer: Any = None,
    ) -> None:
        self.service = service
        self.topology = topology
        self.stack = stack
        self.clock = clock
        self.authenticator = authenticator
        self._registry = registry
        self._health = health
        self._workers = workers
        self._open_channel = open_channel
        self._http_ports = http_ports
        self.tracer = tracer

    def add_servicer(
        self,
        add_to_server: Callable[[Any, Any], None],
        servicer: object,
        *,
        policies: Mapping[str, MethodPolicy] | None = None,
    ) -> None:
        """Registers a servicer behind the chain.

        Args:
            add_to_server: The generated `add_XServicer_to_server`.
            servicer: Its methods are `async def`.
            policies: Policies by path, for a proto that can't declare its own.
        Raises:
            UndeclaredMethod: a method has no policy.
            DuplicateService: the proto service has a servicer already.
            BlockingHandler: a method is not asynchronous.
        """
        for name in self._registry.add(add_to_server, servicer, policies):
            self._health.add_proto_service(self.service, name)

    def channel(self, service: str) -> grpc.aio.Channel:
        """The channel to a peer, local when this process hosts it. Closed by the server.

        Raises:
            UnknownService: there is no service of that name.
        """
        return self._open_channel(service)

    def publish_http_port(self, port: int) -> None:
        """Tells the port of an HTTP server that the service runs beside gRPC."""
        self._http_ports[self.service] = port

    def add_worker(self, name: str, run: Callable[[], Awaitable[None]]) -> None:
        """Runs a background task from when the server serves until it stops.

        A worker that fails is logged and started again after a pause; one that returns is done.
        """
        self._workers.add(f"{self.service}/{name}", run)

    def add_ready_check(
        self, name: str, check: Callable[[], Awaitable[None]] | None, *, is_required: bool = True
    ) -> None:
        """Adds a check that raises while a dependency is down; None: it is not configured.

        While a required one fails the service is not ready; with an optional one failing it is
        degraded. Checks run with a timeout, at most about once a second.
        """
        self._health.add_check(ReadyCheck(f"{self.service}/{name}", check, is_required))
