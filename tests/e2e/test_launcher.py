"""`make run`: starts, finds its data again, and leaves nothing behind."""

from __future__ import annotations

import asyncio
import json
import re
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from time import monotonic

import pytest
from oms.ontology.v1 import ontology_service_pb2 as ontologies
from oms_devstack import LOOPBACK, free_port
from oms_gateway import HTTP_LISTENERS
from oms_rpc import SERVICES
from oms_testing.e2e import Endpoint, GrpcApi
from oms_testing.e2e_process import clean_environment
from oms_testing.effort import examples

_POLL_S = 0.05


class _Launcher:
    """The launcher as a process, on free ports."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ports = {entry.name: free_port() for entry in SERVICES}
        self.environment = {
            **clean_environment(),
            "OMS_DATA_DIR": str(folder),
            "OMS_PORTS": json.dumps(self.ports),
            **{_gateway_variable(name): str(free_port()) for name in HTTP_LISTENERS},
            "OMS_GRAPHQL_HTTP_PORT": str(free_port()),
        }
        self.process: asyncio.subprocess.Process | None = None
        self.welcome = ""

    async def start(self, *arguments: str) -> None:
        self.process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "oms_monolith.launch", *arguments),
            env=self.environment,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            start_new_session=True,
        )
        assert self.process.stdout is not None
        async with asyncio.timeout(100):
            self.welcome = (await self.process.stdout.readuntil(b"the data stays")).decode()

    async def end(self, number: int, *, within_s: float) -> int:
        """Sends a signal; gives the exit code."""
        assert self.process is not None
        self.process.send_signal(number)
        async with asyncio.timeout(within_s):
            await self.process.communicate()
            return await self.process.wait()

    @property
    def endpoint(self) -> Endpoint:
        """Where it answers, with the token that it printed."""
        found = re.search(r"export TOKEN=(\S+)", self.welcome)
        assert found is not None, self.welcome
        return Endpoint(f"{LOOPBACK}:{self.ports['api']}", "", found.group(1))


def _gateway_variable(service: str) -> str:
    return "OMS_GATEWAY_PORT" if service == "api" else f"OMS_GATEWAY_{service.upper()}_PORT"


@asynccontextmanager
async def _launcher(folder: Path) -> AsyncIterator[_Launcher]:
    launcher = _Launcher(folder)
    try:
        yield launcher
    finally:
        if launcher.process is not None and launcher.process.returncode is None:
            launcher.process.kill()
            await launcher.process.communicate()
        await _wait_until_none_is_left(folder)


def _left(folder: Path) -> list[str]:
    """Command lines of the processes that work in a data directory."""
    left: list[str] = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            cwd = (process / "cwd").readlink()
            command = (process / "cmdline").read_bytes()
        except OSError:
            continue  # ended meanwhile
        if cwd.is_relative_to(folder) and command:
            left.append(command.replace(b"\0", b" ").decode())
    return left


async def _wait_until_none_is_left(folder: Path, *, within_s: float = 60.0) -> None:
    deadline = monotonic() + within_s
    while left := _left(folder):
        assert monotonic() < deadline, left
        await asyncio.sleep(_POLL_S)


async def test_ctrl_c_ends_everything_and_a_second_start_finds_the_data(tmp_path: Path) -> None:
    async with _launcher(tmp_path) as launcher:
        await launcher.start()
        for command in ("curl -H", "grpcurl -plaintext", "oms whoami"):
            assert command in launcher.welcome
        assert len(_left(tmp_path)) >= 5
        async with GrpcApi(launcher.endpoint) as api:
            made = await api(ontologies.CreateOntologyRequest(ontology_id="kept"))
        assert await launcher.end(signal.SIGINT, within_s=60) == 0
        assert _left(tmp_path) == []

        await launcher.start()
        async with GrpcApi(launcher.endpoint) as api:
            found = await api(ontologies.GetOntologyRequest(name="ontologies/kept"))
        assert found.commit_id == made.commit_id
        assert await launcher.end(signal.SIGTERM, within_s=60) == 0
        assert _left(tmp_path) == []


async def test_nothing_outlives_a_killed_launcher(tmp_path: Path) -> None:
    async with _launcher(tmp_path) as launcher:
        await launcher.start()
        assert await launcher.end(signal.SIGKILL, within_s=60) == -signal.SIGKILL
        await _wait_until_none_is_left(tmp_path)


@pytest.mark.skipif(examples(10) <= 10, reason="starts nine processes; OMS_TEST_EFFORT=2 runs it")
async def test_microservices_start_in_order_and_show_their_logs(tmp_path: Path) -> None:
    async with _launcher(tmp_path) as launcher:
        await launcher.start("--microservices")
        commands = "\n".join(_left(tmp_path))
        for module in ("datakernel", "embedding", "scheduler", "events"):
            assert f"-m svc_{module}" in commands
        lines = [line for line in launcher.welcome.splitlines() if " | " in line]
        ready = [line.partition("|")[0].strip() for line in lines if '"event":"ready"' in line]
        assert ready == ["datakernel", "embedding", "scheduler", "events", "monolith"]
        async with GrpcApi(launcher.endpoint) as api:
            await api(ontologies.CreateOntologyRequest(ontology_id="split"))
        assert await launcher.end(signal.SIGINT, within_s=60) == 0
        assert _left(tmp_path) == []
