"""Replicas as processes on servers that may fail, and the checker of what came of it."""

from __future__ import annotations

import asyncio
import json
import secrets
import signal
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import grpc
import grpc.aio
import psycopg
from oms.scheduler.v1 import job_pb2, job_service_pb2, job_service_pb2_grpc
from oms_devstack import free_port
from oms_security import SecuritySettings, TokenIssuer
from oms_testing.e2e_process import ServiceProcess
from oms_testing.nats import KillableNats
from oms_testing.proxy import CuttableProxy
from oms_testing.valkey import KillableValkey
from pydantic import SecretStr
from svc_scheduler.domain.runs.model import State

PATIENCE_S = 120
_AGAIN = {
    grpc.StatusCode.UNAVAILABLE,
    grpc.StatusCode.INTERNAL,
    grpc.StatusCode.ABORTED,
    grpc.StatusCode.DEADLINE_EXCEEDED,
    # A replica whose clock is wrong takes no token of now.
    grpc.StatusCode.UNAUTHENTICATED,
}
_AT_ONCE = 20
"""Calls."""
_SETTINGS = {
    "OMS_SCHEDULER_LEASE_S": "2",
    "OMS_SCHEDULER_RUN_LEASE_S": "3",
    "OMS_SCHEDULER_GRACE_S": "0.2",
    "OMS_OUTBOUND_ALLOW_HTTP": "true",
    "OMS_OUTBOUND_PRIVATE_NETWORKS": "127.0.0.0/8",
}


@dataclass(slots=True)
class Ledger:
    """An endpoint that heeds fencing tokens: it refuses a smaller one than it has seen of a run."""

    url: str = ""
    tokens: dict[str, int] = field(default_factory=dict[str, int])
    refused: int = 0
    wait_s: float = 0.0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while await reader.readline():
                headers = dict[str, str]()
                while line := (await reader.readline()).strip():
                    name, _, value = line.decode().partition(":")
                    headers[name.lower()] = value.strip()
                await reader.readexactly(int(headers.get("content-length", "0")))
                status = self._accept(headers)
                if self.wait_s:
                    await asyncio.sleep(self.wait_s)
                writer.write(f"HTTP/1.1 {status} x\r\ncontent-length: 0\r\n\r\n".encode())
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    def _accept(self, headers: dict[str, str]) -> int:
        key, token = headers["idempotency-key"], int(headers["oms-fencing-token"])
        if token < self.tokens.get(key, 0):
            self.refused += 1
            return 409
        self.tokens[key] = token
        return 200


@dataclass(slots=True)
class Links:
    """A replica's ways to the servers, by the variable that names a server's address."""

    proxies: dict[str, CuttableProxy]
    urls: dict[str, str]

    @classmethod
    @asynccontextmanager
    async def to(cls, servers: dict[str, str]) -> AsyncIterator[Links]:
        """Lays them."""
        async with AsyncExitStack() as stack:
            proxies, urls = dict[str, CuttableProxy](), dict[str, str]()
            for variable, url in servers.items():
                parts = urlsplit(url)
                assert parts.port is not None
                proxy = await stack.enter_async_context(CuttableProxy(parts.port).running())
                place = parts.netloc.replace(f":{parts.port}", f":{proxy.port}")
                proxies[variable], urls[variable] = proxy, urlunsplit(parts._replace(netloc=place))
            yield cls(proxies, urls)


@dataclass(slots=True)
class Cluster:
    """Replicas and what they stand on."""

    folder: Path
    database: str
    nats: KillableNats
    valkey: KillableValkey
    ledger: Ledger
    secret: str = field(default_factory=lambda: secrets.token_urlsafe(48))
    replicas: list[ServiceProcess] = field(default_factory=list[ServiceProcess])
    links: list[Links] = field(default_factory=list[Links])
    _stack: AsyncExitStack = field(default_factory=AsyncExitStack)

    async def start(self, count: int) -> None:
        """Starts replicas."""
        servers = {
            "DATABASE_URL": self.database,
            "REDIS_URL": self.valkey.url,
            "NATS_URL": self.nats.url,
        }
        for number in range(count):
            links = await self._stack.enter_async_context(Links.to(servers))
            self.links.append(links)
            self.replicas.append(self._replica(number, links))
        await asyncio.gather(*(replica.start() for replica in self.replicas))

    async def stop(self) -> None:
        """Ends what is left."""
        for replica in self.replicas:
            replica.signal(signal.SIGCONT)
            replica.kill()
        await self._stack.aclose()

    async def create(self, count: int, every_s: int) -> None:
        """Creates interval jobs that call the ledger."""
        every = {"trigger": {"interval": {"every": {"seconds": every_s}}}}
        job = job_pb2.Job(
            schedule=every,
            target={"http": {"url": self.ledger.url}},
            overlap=job_pb2.OVERLAP_POLICY_ALLOW,
            retry={"max_attempts": 20, "first_delay": {"nanos": 200_000_000}},
        )
        await self.call_each(
            "CreateJob",
            [
                job_service_pb2.CreateJobRequest(job_id=f"job{number}", job=job)
                for number in range(count)
            ],
        )

    async def call_each(self, method: str, requests: Iterable[Any]) -> None:
        """Makes calls, some at once."""
        room = asyncio.Semaphore(_AT_ONCE)

        async def call(request: Any) -> None:
            async with room:
                await self.call(method, request)

        async with asyncio.TaskGroup() as group:
            for request in requests:
                group.create_task(call(request))

    async def call(self, method: str, request: Any) -> Any:
        """Calls a replica that answers."""
        settings = SecuritySettings(jwt_secret=SecretStr(self.secret))
        token = TokenIssuer(settings).issue("alice", roles=["administrator"]).token
        async with asyncio.timeout(PATIENCE_S):
            while True:
                for replica in self.replicas:
                    async with grpc.aio.insecure_channel(replica.address) as channel:
                        stub = job_service_pb2_grpc.JobServiceStub(channel)
                        try:
                            return await getattr(stub, method)(
                                request,
                                metadata=(("authorization", f"Bearer {token}"),),
                                timeout=5,
                            )
                        except grpc.aio.AioRpcError as error:
                            if error.code() == grpc.StatusCode.ALREADY_EXISTS:
                                return None
                            if error.code() not in _AGAIN:
                                raise

    async def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """Reads the scheduler's schema."""
        async with await psycopg.AsyncConnection.connect(self.database) as connection:
            await connection.execute("SET search_path TO oms_scheduler")
            cursor = await connection.execute(query, values)
            return await cursor.fetchall()

    async def until(self, is_so: Callable[[], Awaitable[bool]]) -> None:
        """Waits for something to become true."""
        async with asyncio.timeout(PATIENCE_S):
            while not await is_so():
                await _moment()

    async def ended(self, count: int) -> bool:
        """Whether so many runs have ended."""
        ((found,),) = await self.rows("SELECT count(*) FROM runs WHERE state > 4")
        return bool(found >= count)

    async def settle(self) -> None:
        """Pauses the jobs and waits until nothing is left to do."""
        await self.call_each(
            "PauseJob",
            [
                job_service_pb2.PauseJobRequest(name=f"jobs/{job_id}")
                for (job_id,) in await self.rows("SELECT id FROM jobs")
            ],
        )

        async def is_done() -> bool:
            return not await self.rows("SELECT 1 FROM runs WHERE state < 5 LIMIT 1")

        await self.until(is_done)

    async def faults(self, every_s: int) -> list[str]:
        """What is wrong with the history of runs; nothing, if all is well."""
        times: dict[str, list[int]] = defaultdict(list)
        found: list[str] = []
        query = (
            "SELECT job_uid, runs.id, jobs.id, extract(epoch FROM fire_time)::bigint, state, "
            "fencing_token, error, attempts FROM runs JOIN jobs ON jobs.uid = job_uid "
            "ORDER BY fire_time"
        )
        for uid, run, job, time, state, token, error, attempts in await self.rows(query):
            times[job].append(time)
            seen = self.ledger.tokens.get(f"{uid}-{run}")
            if state != State.SUCCEEDED:
                found.append(f"{job} {run} ended as {State(state).name}: {error}")
            elif seen is None:
                found.append(f"{job} {run} succeeded and was not called")
            elif seen > token:
                found.append(f"{job} {run}: {token} succeeded after {seen} was given out")
            tokens = [each["fencing_token"] for each in attempts]
            if tokens != sorted(set(tokens)) or tokens[-1:] != [token]:
                found.append(f"{job} {run}: {token} ended, attempts have {tokens}")
        for job, moments in times.items():
            expected = list(range(moments[0], moments[-1] + 1, every_s))
            if moments != expected:
                lost = sorted(set(expected) - set(moments))
                found.append(f"{job} has {len(moments)} of {len(expected)} times: {lost[:5]} lost")
        return found

    def _replica(self, number: int, links: Links) -> ServiceProcess:
        port = free_port()
        return ServiceProcess(
            "scheduler_faults.shifting",
            address=f"127.0.0.1:{port}",
            environment={
                **_SETTINGS,
                "OMS_PORTS": json.dumps({"scheduler": port}),
                "JWT_SECRET": self.secret,
                "PYTHONPATH": str(Path(__file__).parents[1]),
                **links.urls,
            },
            log=self.folder / f"replica-{number}.log",
        )


async def _moment() -> None:
    await asyncio.sleep(0.1)
