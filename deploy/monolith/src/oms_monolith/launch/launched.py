"""The whole suite on this machine: servers, services and the gateway."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
from collections.abc import AsyncGenerator, Awaitable, Callable, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from oms_devstack import LOOPBACK, Order, ServerProcess, Stack, get_health, starting_stack
from oms_gateway import Artifacts, GatewaySettings, Upstreams, render, to_json
from oms_rpc import SERVICES, ServerSettings, Topology
from pydantic import AliasChoices

from oms_monolith.launch.ports import START_ORDER, LaunchPorts, http_variable
from oms_monolith.launch.secrets import Secrets
from oms_monolith.launch.serving import check_serving

_GIVEN = ("DATABASE_URL", "REDIS_URL", "NATS_URL")
_GRACE_S = 15.0
_SETTLE_S = 3.0
_START_S = 120.0
_POLL_S = 0.1


@dataclass(frozen=True, kw_only=True)
class Launched:
    """A suite that answers.

    Attributes:
        folder: The data directory.
        grpc_targets: `host:port` by service name.
        http_urls: The gateway's listeners, such as `http://127.0.0.1:8000`, by service name.
        secrets: Issues tokens that the suite accepts.
        stack: What runs; the servers' addresses are in it.
        metrics_urls: Pages for Prometheus by process, with PROMETHEUS_METRICS only.
        restart: Ends a process of services in good order, such as `monolith`, and starts it again;
            returns when it is serving.
    """

    folder: Path
    grpc_targets: Mapping[str, str]
    http_urls: Mapping[str, str]
    secrets: Secrets
    stack: Stack
    restart: Callable[[str], Awaitable[None]]
    metrics_urls: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def grpc_target(self) -> str:
        """Where every method is served over gRPC, without the gateway."""
        return self.grpc_targets["api"]

    @property
    def rest_url(self) -> str:
        """Where everything is served over HTTP."""
        return self.http_urls["api"]

    async def first_to_end(self) -> ServerProcess:
        """Waits until a part ends by itself, which none should."""
        return await self.stack.first_to_end()


@asynccontextmanager
async def launched(
    folder: Path,
    *,
    environment: Mapping[str, str],
    topology: Topology | None = None,
    ports: LaunchPorts | None = None,
    own_processes: Collection[str] = (),
    only: Collection[str] | None = None,
    is_durable: bool = True,
    is_in_order: bool = False,
    on_stack: Callable[[Stack], None] | None = None,
) -> AsyncGenerator[Launched]:
    """Starts the suite, and stops it at the end: gateway first, databases last.

    The monolith and the services in `own_processes` are child processes, as the servers are:
    their event loops and signals stay their own, and none of them outlives this process.

    Args:
        folder: The data directory; made, or found again.
        environment: The environment of services and gateway; servers whose address is in it are not
            started.
        topology: Which services run elsewhere, and where; all are hosted by default.
        ports: Free ports by default.
        own_processes: Services to run here, each in a process of its own, beside the monolith.
        only: Names of the servers to start, such as `postgresql`; all of them by default.
        is_durable: Whether the servers' data has to survive a crash of the machine.
        is_in_order: Whether each service waits until those that it calls are serving.
            Otherwise all start at once, which is sooner done.
        on_stack: Told what runs, before anything does.
    Raises:
        DevstackError: a part could not be started; the message says which, and why.
    """
    ports = ports or LaunchPorts.free()
    topology = topology or Topology()
    ports.check()
    given = {name: environment[name] for name in _GIVEN if environment.get(name)}
    async with starting_stack(folder, given=given, only=only, is_durable=is_durable) as stack:
        if on_stack is not None:
            on_stack(stack)
        secrets = Secrets(stack.folder, environment)
        suite = _Suite(
            stack,
            ports=ports,
            topology=topology,
            own_processes=frozenset(own_processes),
            secrets=secrets,
            environment=environment,
        )
        await (suite.start_in_order() if is_in_order else suite.start())
        yield Launched(
            folder=stack.folder,
            grpc_targets=suite.addresses,
            http_urls={name: f"http://{LOOPBACK}:{port}" for name, port in ports.http.items()},
            metrics_urls=suite.metrics_urls,
            secrets=secrets,
            stack=stack,
            restart=suite.restart,
        )


class _Suite:
    """The services and the gateway on top of a stack."""

    def __init__(
        self,
        stack: Stack,
        *,
        ports: LaunchPorts,
        topology: Topology,
        own_processes: frozenset[str],
        secrets: Secrets,
        environment: Mapping[str, str],
    ) -> None:
        self._stack = stack
        self._ports = ports
        self._own_processes = own_processes
        self._processes: dict[str, ServerProcess] = {}
        elsewhere = topology.moved_out - own_processes
        self.addresses = {
            entry.name: topology.address(entry.name)
            if entry.name in elsewhere
            else f"{LOOPBACK}:{ports.grpc[entry.name]}"
            for entry in SERVICES
        }
        moved_out = elsewhere | own_processes
        asked = {"PROMETHEUS_METRICS": environment.get("PROMETHEUS_METRICS") or "false"}
        has_metrics = ServerSettings.model_validate(asked).metrics
        processes = ("monolith", *sorted(own_processes)) if has_metrics else ()
        self.metrics_urls = {
            name: f"http://{LOOPBACK}:{ports.metrics[name]}/metrics" for name in processes
        }
        self._environment = {
            **environment,
            **stack.urls,
            "JWT_SECRET": secrets.jwt_secret,
            "OMS_DATA_DIR": str(stack.folder),
            "OMS_PORTS": json.dumps(dict(ports.grpc)),
            **{http_variable(name): str(port) for name, port in ports.behind.items()},
            **{e.flag: str(e.name in moved_out).lower() for e in SERVICES if e.flag},
            **{e.address_variable: self.addresses[e.name] for e in SERVICES},
        }

    async def start(self) -> None:
        """Starts the services while the servers start; returns when `GET /health` answers."""
        for name in sorted(self._own_processes):
            await self._run(name, f"svc_{name}")
        await self._run("monolith", "oms_monolith")
        ready = asyncio.gather(self._stack.ready(), self._start_gateway())
        ended = asyncio.create_task(self._stack.first_to_end())
        try:
            await asyncio.wait((ready, ended), return_when=asyncio.FIRST_COMPLETED)
            if ended.done():
                process = ended.result()
                raise process.failed(f"ended with code {await process.wait()} while starting")
            await ready
            await self._settle()
        finally:
            for task in (ready, ended):
                task.cancel()
            await asyncio.gather(ready, ended, return_exceptions=True)

    async def start_in_order(self) -> None:
        """Starts servers, the kernel, the other services, the monolith and the gateway, each when
        the one before is serving."""
        await self._stack.ready()
        for name in START_ORDER:
            if name in self._own_processes:
                await self._run_until_serving(name, f"svc_{name}", self.addresses[name])
        await self._run_until_serving("monolith", "oms_monolith", self.addresses["api"])
        await self._start_gateway()
        await self._settle()

    async def _run_until_serving(self, name: str, module: str, address: str) -> None:
        process = await self._run(name, module)
        await process.wait_until(partial(check_serving, address), timeout_s=_START_S)

    async def restart(self, name: str) -> None:
        """Ends a process in good order, and starts it again; returns when it is serving."""
        process = self._processes[name]
        self._stack.processes.remove(process)
        await process.stop()
        if name == "monolith":
            await self._run_until_serving(name, "oms_monolith", self.addresses["api"])
        else:
            await self._run_until_serving(name, f"svc_{name}", self.addresses[name])

    async def _settle(self) -> None:
        """Waits a little for optional parts: the services may have looked before they were up."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_SETTLE_S):
                while b"DEGRADED" in await get_health(self._ports.http["api"]):  # noqa: ASYNC110
                    await asyncio.sleep(_POLL_S)

    async def _run(self, name: str, module: str) -> ServerProcess:
        folder = self._stack.home(name)
        order = Order(
            command=(sys.executable, "-m", module),
            cwd=folder,
            log=folder / f"{name}.log",
            env={**self._environment, "OMS_METRICS_PORT": str(self._ports.metrics[name])},
            grace_s=_GRACE_S,
        )
        process = self._processes[name] = await self._stack.run(order, name=name)
        return process

    async def _start_gateway(self) -> None:
        http = self._ports.http
        variables = [
            name
            for field in GatewaySettings.model_fields.values()
            for name in _names(field.validation_alias)
        ]
        given = {name: self._environment[name] for name in variables if name in self._environment}
        settings = GatewaySettings.model_validate(given).model_copy(
            update={f"{name}_port": port for name, port in http.items()}
        )
        config = self._stack.home("envoy") / "envoy.json"
        behind = {name: f"{LOOPBACK}:{port}" for name, port in self._ports.behind.items()}
        upstreams = Upstreams(self.addresses, behind)
        config.write_text(to_json(render(upstreams, settings, Artifacts.find())))
        await self._stack.start_envoy(config, port=http["api"])


def _names(alias: object) -> list[str]:
    """The variables that a setting is read from."""
    return (
        [str(each) for each in alias.choices] if isinstance(alias, AliasChoices) else [str(alias)]
    )
