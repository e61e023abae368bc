"""How long processes take from their start until they serve, and what they hold then."""

from __future__ import annotations

import asyncio
import json
import statistics
import subprocess
import sys
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any, Final
from urllib.error import URLError
from urllib.request import Request, urlopen

import grpc.aio
from oms.embedding.v1 import model_service_pb2 as model_pb
from oms.embedding.v1 import model_service_pb2_grpc as model_grpc
from oms_devstack import LOOPBACK, free_port, running_stack
from oms_gateway import HTTP_LISTENERS
from oms_monolith.launch.ports import http_variable
from oms_rpc import SERVICES
from oms_testing.e2e_process import ServiceProcess, clean_environment

from tests.bench.processes import Credentials
from tests.bench.report import Goal, Section

_MONOLITH_GOAL_S: Final = 3.0
_MEMORY_GOAL_MB: Final = 350
_SERVICE_GOAL_S: Final = 1.5
_RUN_GOAL_S: Final = 6.0
_POLL_S: Final = 0.02
_IDLE_S: Final = 5.0
"""How long a process is left alone before its memory is looked at."""
_ALONE: Final = ("datakernel", "embedding", "scheduler", "events", "api", "graphql")


async def startup(*, repeats: int) -> Section:
    """Times starts; those of services beside servers that are up, that of the suite with them."""
    section = Section(
        "Start",
        "From the start of a process until it answers `grpc.health.v1` with SERVING, with "
        "PostgreSQL, Valkey and NATS up and its data there; with its model once `ListModels` says "
        "that it is ready. Processor time is that of the process until then, by its own log. The "
        "whole suite is `make run` on a machine that ran it before, until a call through the "
        f"gateway is answered. Medians of {repeats}.",
        ("what", "seconds", "processor s", "resident MB"),
    )
    with TemporaryDirectory() as folder:
        async with running_stack(Path(folder) / "servers", is_durable=False) as stack:
            bench = _Starts(Path(folder), stack.urls, section, repeats)
            bench.add_imports()
            await bench.add_monolith()
            for name in _ALONE:
                await bench.add_service(name)
    await _add_suite(section, repeats)
    return section


class _Starts:
    """Starts services again and again, and notes what it took."""

    def __init__(self, folder: Path, urls: Mapping[str, str], section: Section, times: int) -> None:
        self._folder = folder
        self._urls = urls
        self._section = section
        self._times = times
        self._credentials = Credentials.fresh()

    def add_imports(self) -> None:
        """Only the imports of the monolith."""
        taken = statistics.median(_import_seconds() for _ in range(self._times))
        self._row("imports of the monolith", taken)

    async def add_monolith(self) -> None:
        """The monolith, until it serves and until its model is there too."""
        (first,) = [start async for start in self._starts("api", "oms_monolith", times=1)]
        self._row("the monolith, on an empty data directory", first.ready_s, first.cpu_s)
        preload = {"OMS_EMBEDDING_PRELOAD": "true"}
        ready, loaded, cpu, memory = [], [], [], []
        async for start in self._starts("api", "oms_monolith", **preload):
            loaded.append(await start.model_ready_s())
            await asyncio.sleep(_IDLE_S)
            ready.append(start.ready_s)
            cpu.append(start.cpu_s)
            memory.append(start.resident_mb())
        self._row("the monolith", statistics.median(ready), statistics.median(cpu))
        with_model, mb = statistics.median(loaded), max(memory)
        self._row("the monolith, its model loaded", with_model, memory_mb=mb)
        self._goal(f"the monolith ready, its model loaded, in {with_model:.2f} s", _MONOLITH_GOAL_S)
        text = f"the idle monolith holds {mb:.0f} MB, at most {_MEMORY_GOAL_MB}"
        self._section.goals.append(Goal(text, mb <= _MEMORY_GOAL_MB))

    async def add_service(self, name: str) -> None:
        """One service in a process of its own."""
        async with self._kernel_of(name) as environment:
            starts = [s async for s in self._starts(name, f"svc_{name}", **environment)]
        ready = statistics.median(start.ready_s for start in starts)
        cpu = statistics.median(start.cpu_s for start in starts)
        self._row(f"svc_{name}", ready, cpu)
        self._goal(f"svc_{name} ready in {ready:.2f} s", _SERVICE_GOAL_S)

    @asynccontextmanager
    async def _kernel_of(self, name: str) -> AsyncGenerator[dict[str, str]]:
        """A kernel for the service that is not ready without one; nothing for the others."""
        if name != "api":
            yield {}
            return
        kernel = self._process("datakernel", "svc_datakernel")
        await kernel.start()
        try:
            yield {"DATA_KERNEL_ADDR": kernel.address}
        finally:
            kernel.kill()
            await kernel.wait()

    async def _starts(
        self, name: str, module: str, *, times: int = 0, **environment: str
    ) -> AsyncGenerator[_Start]:
        for _ in range(times or self._times):
            process = self._process(name, module, **environment)
            started = perf_counter()
            try:
                await process.start()
                yield _Start(process, started, perf_counter() - started, self._credentials.token)
            finally:
                process.kill()
                await process.wait()

    def _process(self, name: str, module: str, **environment: str) -> ServiceProcess:
        ports = {entry.name: free_port() for entry in SERVICES}
        return ServiceProcess(
            module,
            address=f"{LOOPBACK}:{ports[name]}",
            environment={
                **self._urls,
                "JWT_SECRET": self._credentials.secret,
                "OMS_DATA_DIR": str(self._folder),
                "OMS_PORTS": json.dumps(ports),
                "OMS_GRAPHQL_HTTP_PORT": "0",
                **environment,
            },
            log=self._folder / f"{module}-{ports[name]}.log",
        )

    def _row(self, what: str, seconds: float, cpu_s: float = 0, memory_mb: float = 0) -> None:
        cells = (f"{cpu_s:.2f}" if cpu_s else "", f"{memory_mb:.0f}" if memory_mb else "")
        self._section.rows.append((what, f"{seconds:.2f}", *cells))

    def _goal(self, text: str, limit_s: float) -> None:
        seconds = float(text.rpartition(" in ")[2].removesuffix(" s"))
        self._section.goals.append(Goal(f"{text}, at most {limit_s:g} s", seconds <= limit_s))


class _Start:
    """A process that serves."""

    def __init__(self, process: ServiceProcess, started: float, ready_s: float, token: str) -> None:
        self._process = process
        self._started = started
        self._token = token
        self.ready_s = ready_s

    @property
    def cpu_s(self) -> float:
        """Processor seconds until it was ready."""
        lines = self._process.log_end(1_000_000).splitlines()
        events = [json.loads(line) for line in lines if '"event":"ready"' in line]
        return float(events[-1]["processor_seconds"])

    def resident_mb(self) -> float:
        """Resident memory now, in MB."""
        status = Path(f"/proc/{self._process.pid}/status").read_text()
        (line,) = [line for line in status.splitlines() if line.startswith("VmRSS:")]
        return int(line.split()[1]) / 1000

    async def model_ready_s(self) -> float:
        """Seconds from the start until the default model is loaded."""
        async with grpc.aio.insecure_channel(self._process.address) as channel:
            models: Any = model_grpc.ModelServiceStub(channel)
            metadata = (("authorization", f"Bearer {self._token}"),)
            while True:
                answer = await models.ListModels(model_pb.ListModelsRequest(), metadata=metadata)
                if all(m.state == model_pb.MODEL_STATE_READY for m in answer.models):
                    return perf_counter() - self._started
                await asyncio.sleep(_POLL_S)


def _import_seconds() -> float:
    started = perf_counter()
    modules = "oms_core.quick_start, oms_monolith.services, oms_monolith.dependencies, oms_rpc"
    subprocess.run([sys.executable, "-c", f"import {modules}"], check=True, env=clean_environment())
    return perf_counter() - started


async def _add_suite(section: Section, repeats: int) -> None:
    with TemporaryDirectory() as folder:
        await _suite_seconds(Path(folder))
        taken = [await _suite_seconds(Path(folder)) for _ in range(repeats)]
    seconds = statistics.median(taken)
    section.rows.append(("make run, until a call is answered", f"{seconds:.2f}", "", ""))
    text = f"a call answered {seconds:.2f} s after `make run`, at most {_RUN_GOAL_S:g} s"
    section.goals.append(Goal(text, seconds <= _RUN_GOAL_S))


async def _suite_seconds(folder: Path) -> float:
    """Runs what `make run` runs, until a list of ontologies is answered through the gateway."""
    credentials = Credentials.fresh()
    ports = {name: free_port() for name in HTTP_LISTENERS}
    gateway = {f"OMS_GATEWAY_{name.upper()}_PORT": str(port) for name, port in ports.items()}
    environment = {
        "JWT_SECRET": credentials.secret,
        "OMS_DATA_DIR": str(folder),
        "OMS_PORTS": json.dumps({entry.name: free_port() for entry in SERVICES}),
        **gateway,
        "OMS_GATEWAY_PORT": str(ports["api"]),
        **{http_variable(entry.name): str(free_port()) for entry in SERVICES if entry.http_port},
    }
    url = f"http://{LOOPBACK}:{ports['api']}/v1/ontologies"
    request = Request(url, headers={"authorization": f"Bearer {credentials.token}"})
    started = perf_counter()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "oms_monolith.launch"),
        env={**clean_environment(), **environment},
        stdout=asyncio.subprocess.DEVNULL,
    )
    try:
        while not await asyncio.to_thread(_is_answered, request):  # noqa: ASYNC110
            await asyncio.sleep(_POLL_S)
        return perf_counter() - started
    finally:
        process.terminate()
        await process.wait()


def _is_answered(request: Request) -> bool:
    try:
        with urlopen(request, timeout=1) as answer:
            return bool(answer.status == 200)
    except (URLError, ConnectionError, TimeoutError):
        return False
