"""A server process from its first line to its last."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import sys
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import grpc
import uvloop
from oms_core.clock import Clock, SystemClock
from oms_core.errors import ServiceUnavailable
from oms_core.logging import configure_logging, get_logger
from oms_core.settings import Settings

from oms_rpc import process_metrics, telemetry
from oms_rpc.admission import Admission
from oms_rpc.audit import AuditSink, LogAuditSink
from oms_rpc.authentication import Authenticator, CachingAuthenticator
from oms_rpc.credentials import CallersOwnToken, CredentialForwarder
from oms_rpc.fences import Fences
from oms_rpc.health import HealthBoard, ReadyCheck
from oms_rpc.local.channel import LocalChannel
from oms_rpc.metrics import expose
from oms_rpc.network import open_channels
from oms_rpc.parts import Parts
from oms_rpc.peer import Forwarding, PeerChannel
from oms_rpc.reachability import Reachability
from oms_rpc.registry import Registry
from oms_rpc.replicas import is_parent, supervise, watch_parent
from oms_rpc.rpc import InFlight
from oms_rpc.self_probe import SelfProbe
from oms_rpc.server import PortInUse, add_standard_services, bind, new_server
from oms_rpc.service import Service, ServiceContext
from oms_rpc.settings import ServerSettings
from oms_rpc.stages.validation import violation_collector
from oms_rpc.topology import Topology
from oms_rpc.workers import Workers

_IMPORTED_AT = time.monotonic()
_OBJECTS_BETWEEN_LOOKS = 50_000
_SHARE_OF_GRACE = 0.9


@dataclass(frozen=True, kw_only=True)
class Process:
    """What a process consists of.

    Args:
        services: The hosted services, in start order. Calls between them stay local.
        server: How to listen.
        topology: Where the other services are.
        authenticator: Verifies tokens.
        credentials: Chooses the token of a call from a hosted service to a peer; the
            caller's own by default.
        audit: Takes audit records.
        ready_checks: Checks besides those that the services add.
        settings: Further settings to log, redacted, at start.
        clock: Tells the time.
        tracer_provider: Makes spans. Left out: none, or with ENABLE_TELEMETRY one that
            exports over OTLP.
    """

    services: Sequence[Service]
    server: ServerSettings
    topology: Topology
    authenticator: Authenticator
    credentials: CredentialForwarder = field(default_factory=CallersOwnToken)
    audit: AuditSink = field(default_factory=LogAuditSink)
    ready_checks: Sequence[ReadyCheck] = ()
    settings: Sequence[Settings] = ()
    clock: Clock = field(default_factory=SystemClock)
    tracer_provider: Any = None


class RunningServer:
    """A server that takes calls. Made by `serving`."""

    def __init__(self, process: Process, parts: Parts) -> None:
        self.ports: dict[str, int] = {}
        self.http_ports: dict[str, int] = {}
        self.registry = Registry(parts)
        self.health = HealthBoard(
            process.clock,
            timeout_s=process.server.health_timeout_s,
            interval_s=process.server.health_interval_s,
        )
        self.workers = Workers()
        self._grpc = new_server(process.server)
        self._process = process
        self._parts = parts
        self._channels: dict[tuple[str, str], PeerChannel] = {}
        self._handed_out: list[grpc.aio.Channel] = []
        self._stopped: asyncio.Task[None] | None = None

    @property
    def port(self) -> int:
        """The port of the first service."""
        return next(iter(self.ports.values()))

    def channel(self, *, token: str | None = None, service: str | None = None) -> grpc.aio.Channel:
        """A plain network channel to this server, for tests and tools. Closed with it.

        Args:
            token: Bearer token of every call.
            service: Service whose port to use; the first one's by default.
        """
        port = self.ports[service] if service is not None else self.port
        limit = self._process.server.max_message_bytes
        inner = grpc.aio.insecure_channel(
            f"127.0.0.1:{port}",
            options=[("grpc.max_receive_message_length", limit)],
        )
        return self._hand_out(inner, token)

    def local_channel(self, *, token: str | None = None) -> grpc.aio.Channel:
        """The channel that the hosted services call each other through. Closed with the server."""
        return self._hand_out(self._open_local(), token)

    def _hand_out(self, inner: grpc.aio.Channel, token: str | None) -> grpc.aio.Channel:
        fixed = (("authorization", f"Bearer {token}"),) if token is not None else ()
        channel = PeerChannel(inner, Forwarding("", fixed, tracer=self._parts.tracer))
        self._handed_out.append(channel)
        return channel

    def peer_channel(self, service: str, *, caller: str) -> grpc.aio.Channel:
        """The channel from one service to another, local when that is hosted here; made once.

        Raises:
            UnknownService: there is no service of that name.
        """
        key = (caller, service)
        if key not in self._channels:
            self._channels[key] = self._open_peer(service, caller)
        return self._channels[key]

    def _open_peer(self, service: str, caller: str) -> PeerChannel:
        settings = self._process.server
        address = self._process.topology.address(service)
        forwarding = Forwarding(
            service,
            service=caller,
            credentials=self._process.credentials,
            default_timeout_s=settings.default_deadline_s,
            tracer=self._parts.tracer,
        )
        if any(hosted.name == service for hosted in self._process.services):
            return PeerChannel(self._open_local(), forwarding)
        plain, repeatable = open_channels(service, address, settings)
        reachability = Reachability(service, plain, patience_s=settings.peer_patience_s)
        return PeerChannel(plain, forwarding, repeatable, reachability)

    def _open_local(self) -> LocalChannel:
        return LocalChannel(
            self.registry.find, max_message_bytes=self._process.server.max_message_bytes
        )

    async def start(self, stack: AsyncExitStack) -> None:
        """Composes the services, listens, and takes calls. What it opens goes on the stack."""
        process = self._process
        stack.push_async_callback(self._close_channels)
        for service in process.services:
            self.health.add_service(service.name)
            await service.setup(self._context(service, stack))
        for check in process.ready_checks:
            self.health.add_check(check)
        add_standard_services(self.registry, self.health, process.server, process.clock)
        await self.health.set_starting()
        if process.server.longest_wait_s:
            self._add_admission(stack)
        self.registry.add_to(self._grpc)  # takes every method that nobody else has taken
        self.workers.add("server/health", self.health.keep_checking)
        self.workers.add("server/validation", _load_validator)
        stack.push_async_callback(self.stop)
        self.ports = bind(self._grpc, process.server, [s.name for s in process.services])
        stack.callback(process_metrics.forget, process_metrics.listen_on(self.ports.values()))
        await self._grpc.start()
        await self.health.set_started()
        self.workers.start()

    def _add_admission(self, stack: AsyncExitStack) -> None:
        probe = SelfProbe.listening_at(self._grpc, stack)
        if probe is not None:
            run = partial(self._parts.admission.keep_probing, probe.call)
            self.workers.add("server/admission", run)

    def _context(self, service: Service, stack: AsyncExitStack) -> ServiceContext:
        return ServiceContext(
            service.name,
            topology=self._process.topology,
            stack=stack,
            clock=self._process.clock,
            authenticator=self._parts.authenticator,
            registry=self.registry,
            health=self.health,
            workers=self.workers,
            open_channel=partial(self.peer_channel, caller=service.name),
            http_ports=self.http_ports,
            tracer=self._parts.tracer,
        )

    async def stop(self) -> None:
        """Drains the server: see `serving`. Further calls wait for the first."""
        if self._stopped is None:
            self._stopped = asyncio.create_task(self._stop())
        await asyncio.shield(self._stopped)

    async def _stop(self) -> None:
        log, settings = self._parts.log, self._process.server
        log.info("draining", in_flight=len(self._parts.in_flight))
        was_ready = self.health.ready_time is not None
        await self.health.set_draining()
        # A server that never became ready has no load balancer to wait for.
        await asyncio.sleep(settings.effective_drain_wait_s if was_ready else 0)
        await self._finish_calls(settings.grace_s)
        await self.workers.stop(timeout_s=max(1.0, settings.grace_s))
        log.info("stopped")

    async def _finish_calls(self, grace_s: float) -> None:
        stopping = asyncio.create_task(self._grpc.stop(grace_s))
        error = ServiceUnavailable(
            "the server is shutting down; resume at another one",
            metadata={"service": self._process.services[0].name},
            retry_after_s=1.0,
        )
        # At the end of the grace grpcio breaks the connections off, without a word of ours.
        last_moment = asyncio.get_running_loop().time() + grace_s * _SHARE_OF_GRACE
        while not stopping.done():
            self._parts.in_flight.interrupt_waiting(error, idle_s=min(1.0, grace_s / 4))
            if asyncio.get_running_loop().time() >= last_moment:
                self._parts.in_flight.interrupt_all(error)
            await asyncio.wait([stopping], timeout=0.1)
        await stopping

    async def _close_channels(self) -> None:
        for channel in [*self._channels.values(), *self._handed_out]:
            await channel.close()


@asynccontextmanager
async def serving(process: Process) -> AsyncGenerator[RunningServer]:
    """Starts a process's services and stops them at the end of the block.

    A start that fails half-way closes what was opened, in reverse order. Stopping turns
    health NOT_SERVING, waits for load balancers, refuses new calls, lets those in flight
    finish, ends streams that only wait, stops workers, then closes resources in reverse.

    Raises:
        PortInUse: a port is taken.
        UndeclaredMethod: a servicer has a method without a policy.
    """
    async with AsyncExitStack() as stack:
        settings = process.server
        tracer = telemetry.open_tracer(
            process.tracer_provider, settings, [s.name for s in process.services], stack
        )
        log = get_logger().bind()
        for each in (settings, *process.settings):
            log.info("settings", kind=type(each).__name__, values=dict(each.redacted()))
        if settings.metrics:
            stack.callback(expose(settings.host, settings.metrics_port, settings.worker_index or 0))
        server = RunningServer(process, _parts(process, tracer, log))
        await server.start(stack)
        log.info(
            "ready",
            services=[service.name for service in process.services],
            ports=server.ports,
            http_ports=server.http_ports,
            state=server.health.state().name,
            seconds_since_process_start=round(_process_age_s(), 3),
            processor_seconds=round(time.process_time(), 3),
        )
        yield server


async def _load_validator() -> None:
    await asyncio.to_thread(violation_collector)


def _parts(process: Process, tracer: Any, log: Any) -> Parts:
    settings = process.server
    return Parts(
        authenticator=CachingAuthenticator(process.authenticator, process.clock),
        audit=process.audit,
        in_flight=InFlight(settings.max_concurrent_calls),
        admission=Admission(settings.longest_wait_s, process.clock),
        fences=Fences(),
        log=log,
        tracer=tracer,
        max_message_bytes=settings.max_message_bytes,
        default_deadline_s=settings.default_deadline_s,
        max_deadline_s=settings.max_deadline_s,
        audit_reads=settings.audit_reads,
    )


def _process_age_s() -> float:
    """Seconds since this process was started; since this module's import where that is unknown."""
    try:
        ticks = int(Path("/proc/self/stat").read_text().rpartition(")")[2].split()[19])
        uptime_s = float(Path("/proc/uptime").read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return time.monotonic() - _IMPORTED_AT
    return uptime_s - ticks / os.sysconf("SC_CLK_TCK")


def run(process: Process) -> None:
    """Runs a process until SIGTERM or SIGINT; a second signal exits at once.

    With OMS_WORKERS above 1 it runs that many processes that share the port.

    Raises:
        SystemExit: with a status other than 0 when the start failed or workers keep dying.
    """
    configure_logging(process.server.log_level)
    if process.server.telemetry:
        telemetry.bind_trace_ids()
    if is_parent(process.server):
        sys.exit(supervise(process.server, [service.name for service in process.services]))
    # Calls with many documents make millions of objects and hardly a cycle. Looking for
    # cycles after every 700 of them, as Python does, costs such a call a fifth of its time.
    gc.set_threshold(_OBJECTS_BETWEEN_LOOKS, 20, 20)
    try:
        uvloop.run(_until_signalled(process))
    except PortInUse as error:
        get_logger().error("start failed", error=str(error))
        sys.exit(1)


async def _until_signalled(process: Process) -> None:
    stopping = asyncio.Event()

    def on_signal(name: str) -> None:
        if stopping.is_set():
            get_logger().warning("second signal, exiting at once", signal=name)
            os._exit(1)
        get_logger().info("signal", signal=name)
        stopping.set()

    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, on_signal, number.name)
    if process.server.worker_index is not None:
        watch_parent(loop, stopping)
    async with serving(process):
        # What is there by now stays. Looking through it for cycles would hold up calls for long.
        gc.freeze()
        gc.enable()
        await stopping.wait()
