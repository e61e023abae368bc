"""How long the monolith takes to be ready."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from oms_devstack import LOOPBACK, free_port, running_stack
from oms_rpc import SERVICES
from oms_testing.e2e_process import ServiceProcess, clean_environment

from tests.bench.processes import Credentials
from tests.bench.report import Goal, Section

_READY_GOAL_S = 2.0


async def startup(*, repeats: int) -> Section:
    """Times the start of the monolith beside servers that are up."""
    imports = [_import_seconds() for _ in range(repeats)]
    with TemporaryDirectory() as folder:
        async with running_stack(Path(folder) / "servers", is_durable=False) as stack:
            first = await _ready_seconds(Path(folder), stack.urls, times=1)
            again = await _ready_seconds(Path(folder), stack.urls, times=repeats)
    ready = statistics.median(again)
    section = Section(
        "Start of the monolith",
        "From the start of the process until it answers `grpc.health.v1` with SERVING, with "
        f"PostgreSQL, Valkey and NATS up; median of {repeats}.",
        ("what", "seconds"),
        [
            ("import of every module, in a fresh interpreter", f"{statistics.median(imports):.2f}"),
            ("ready, on an empty data directory", f"{first[0]:.2f}"),
            ("ready, again", f"{ready:.2f}"),
        ],
    )
    text = f"ready after {ready:.2f} s; promised are at most {_READY_GOAL_S:g} s"
    section.goals.append(Goal(text, ready <= _READY_GOAL_S))
    return section


def _import_seconds() -> float:
    started = perf_counter()
    subprocess.run(
        [sys.executable, "-c", "import oms_monolith.services, oms_monolith.dependencies, oms_rpc"],
        check=True,
        env=clean_environment(),
    )
    return perf_counter() - started


async def _ready_seconds(folder: Path, urls: dict[str, str], *, times: int) -> list[float]:
    taken: list[float] = []
    for _ in range(times):
        ports = {entry.name: free_port() for entry in SERVICES}
        process = ServiceProcess(
            "oms_monolith",
            address=f"{LOOPBACK}:{ports['api']}",
            environment={
                **urls,
                "JWT_SECRET": Credentials.fresh().secret,
                "OMS_DATA_DIR": str(folder),
                "OMS_PORTS": json.dumps(ports),
                "OMS_GRAPHQL_HTTP_PORT": "0",
            },
            log=folder / "service.log",
        )
        started = perf_counter()
        await process.start()
        taken.append(perf_counter() - started)
        process.kill()
        await process.wait()
    return taken
