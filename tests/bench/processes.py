"""Processes under measurement."""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from oms_devstack import LOOPBACK, free_port
from oms_rpc import SERVICES
from oms_security import SecuritySettings, TokenIssuer
from oms_testing.e2e_process import ServiceProcess, clean_environment
from pydantic import SecretStr

from tests.bench.load import Order, Round
from tests.bench.open_loop import Flood, Flooded
from tests.bench.report import ROOT

_TICKS_PER_S = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pid: int) -> float:
    """Processor time that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS_PER_S


@dataclass(frozen=True)
class Credentials:
    """A secret that services verify tokens with, and a token that they accept."""

    secret: str
    token: str

    @classmethod
    def fresh(cls) -> Credentials:
        """A random secret and an administrator's token."""
        secret = secrets.token_urlsafe(64)
        issuer = TokenIssuer(SecuritySettings(jwt_secret=SecretStr(secret)))
        return cls(secret, issuer.issue("bench", roles=["administrator"]).token)


@dataclass(frozen=True)
class Target:
    """A server under load."""

    address: str
    pid: int


# The service whose port is probed for readiness.
_FIRST = {
    "oms_monolith": "api",
    "svc_events": "events",
    "svc_embedding": "embedding",
    "svc_graphql": "graphql",
}


@asynccontextmanager
async def running_service(
    module: str, folder: Path, credentials: Credentials, **environment: str
) -> AsyncIterator[dict[str, Target]]:
    """Runs a service; gives a target for each service name. Killed at the end."""
    ports = {entry.name: free_port() for entry in SERVICES}
    first = _FIRST.get(module, "datakernel")
    process = ServiceProcess(
        module,
        address=f"{LOOPBACK}:{ports[first]}",
        environment={
            "JWT_SECRET": credentials.secret,
            "OMS_DATA_DIR": str(folder),
            "OMS_PORTS": json.dumps(ports),
            "OMS_GRAPHQL_HTTP_PORT": "0",
            **environment,
        },
        log=folder / "service.log",
    )
    await process.start()
    try:
        yield {name: Target(f"{LOOPBACK}:{port}", process.pid) for name, port in ports.items()}
    finally:
        process.kill()
        await process.wait()


@asynccontextmanager
async def echo_server() -> AsyncIterator[Target]:
    """Runs the bare echo server."""
    async with _python("tests.bench.echo", f"{LOOPBACK}:0") as process:
        port = int(await process.stdout.readline())
        yield Target(f"{LOOPBACK}:{port}", process.pid)


class LoadGenerator:
    """The load generator's process."""

    def __init__(self, process: Any) -> None:
        self._process = process

    async def round(self, order: Order) -> Round:
        """Runs one round."""
        self._process.stdin.write(json.dumps(asdict(order)).encode() + b"\n")
        line = await self._process.stdout.readline()
        if not line:
            raise RuntimeError("the load generator ended; its error is above")
        return Round(**json.loads(line))


@asynccontextmanager
async def load_generator() -> AsyncIterator[LoadGenerator]:
    """Runs the load generator."""
    async with _python("tests.bench.load") as process:
        yield LoadGenerator(process)


class FloodGenerator:
    """The process of the load generator that does not wait."""

    def __init__(self, process: Any) -> None:
        self._process = process

    async def flood(self, order: Flood) -> Flooded:
        """Sends one flood, and waits for what becomes of it."""
        self._process.stdin.write(json.dumps(asdict(order)).encode() + b"\n")
        line = await self._process.stdout.readline()
        if not line:
            raise RuntimeError("the load generator ended; its error is above")
        return Flooded(**json.loads(line))


@asynccontextmanager
async def flood_generator() -> AsyncIterator[FloodGenerator]:
    """Runs the load generator that does not wait."""
    async with _python("tests.bench.open_loop") as process:
        yield FloodGenerator(process)


@asynccontextmanager
async def _python(module: str, *arguments: str) -> AsyncIterator[Any]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", module, *arguments),
        cwd=ROOT,
        env=clean_environment(),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
