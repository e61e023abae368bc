"""Replicas of the scheduler on real stores, and an endpoint that their jobs call."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import orjson
import psycopg
from oms.scheduler.v1 import (
    job_pb2,
    job_service_pb2,
    job_service_pb2_grpc,
    run_pb2,
    run_service_pb2,
    run_service_pb2_grpc,
    scheduler_service_pb2,
    scheduler_service_pb2_grpc,
)
from oms_nats import NatsSettings
from oms_outbound import OutboundSettings
from oms_postgres import PostgresSettings
from oms_rpc import Process, RunningServer, ServerSettings, Topology, serving
from oms_security import Delegation, SecuritySettings, TokenAuthenticator, TokenIssuer
from oms_testing.suite import security_settings
from pydantic import SecretStr
from svc_scheduler.settings import SchedulerSettings
from svc_scheduler.setup import service

PATIENCE_S = 60
_NUMBERS = itertools.count(1)
_REQUEST_LINES = 100


@dataclass(slots=True)
class Request:
    """What the endpoint got."""

    path: str
    headers: dict[str, str]
    body: Any


@dataclass(slots=True)
class Endpoint:
    """An HTTP server that notes what it gets and answers as it is told."""

    url: str = ""
    requests: list[Request] = field(default_factory=list[Request])
    answer: Callable[[Request], Awaitable[int]] | None = None
    connections: set[asyncio.Task[None]] = field(default_factory=set[asyncio.Task[None]])
    _arrived: asyncio.Condition = field(default_factory=asyncio.Condition)

    def of(self, path: str) -> list[Request]:
        """The requests to a path."""
        return [each for each in self.requests if each.path == path]

    async def until(self, path: str, count: int) -> list[Request]:
        """Waits for so many requests to a path."""
        async with asyncio.timeout(PATIENCE_S), self._arrived:
            await self._arrived.wait_for(lambda: len(self.of(path)) >= count)
        return self.of(path)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self.connections.add(task)
        try:
            while line := await reader.readline():
                request = await _read(line, reader)
                async with self._arrived:
                    self.requests.append(request)
                    self._arrived.notify_all()
                status = await self.answer(request) if self.answer else 200
                body = b'{"status":"%d"}' % status
                head = f"HTTP/1.1 {status} x\r\ncontent-type: application/json\r\n"
                writer.write(f"{head}content-length: {len(body)}\r\n\r\n".encode() + body)
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            self.connections.discard(task)
            writer.transport.abort()


async def _read(line: bytes, reader: asyncio.StreamReader) -> Request:
    path, headers = line.split()[1].decode(), dict[str, str]()
    for _ in range(_REQUEST_LINES):
        header = (await reader.readline()).strip()
        if not header:
            break
        name, _, value = header.decode().partition(":")
        headers[name.lower()] = value.strip()
    raw = await reader.readexactly(int(headers.get("content-length", "0")))
    return Request(path, headers, orjson.loads(raw) if raw else None)


@asynccontextmanager
async def open_endpoint() -> AsyncIterator[Endpoint]:
    endpoint = Endpoint()
    server = await asyncio.start_server(endpoint.serve, "127.0.0.1", 0)
    endpoint.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    yield endpoint
    server.close()
    for task in endpoint.connections:
        task.cancel()
    await asyncio.gather(*endpoint.connections, return_exceptions=True)
    # A transport that is aborted is closed by the loop's next turn.
    await asyncio.sleep(0)


class Client:
    """Stubs of one replica that send a token."""

    def __init__(self, channel: Any, token: str) -> None:
        self.jobs = _Stub(job_service_pb2_grpc.JobServiceStub(channel), token)
        self.runs = _Stub(run_service_pb2_grpc.RunServiceStub(channel), token)
        self.scheduler = _Stub(scheduler_service_pb2_grpc.SchedulerServiceStub(channel), token)


class _Stub:
    def __init__(self, stub: Any, token: str) -> None:
        self._stub = stub
        self._metadata = (("authorization", f"Bearer {token}"),)

    def __getattr__(self, method: str) -> Any:
        call = getattr(self._stub, method)
        return lambda request, **options: call(
            request, metadata=self._metadata, timeout=PATIENCE_S, **options
        )


@dataclass(slots=True)
class World:
    """Stores, replicas and an endpoint."""

    urls: dict[str, str]
    endpoint: Endpoint
    first: AsyncExitStack = field(default_factory=AsyncExitStack)
    server: RunningServer = field(init=False)
    client: Client = field(init=False)
    security: SecuritySettings = field(default_factory=security_settings)

    @property
    def issuer(self) -> TokenIssuer:
        """Makes tokens of callers."""
        return TokenIssuer(self.security)

    async def start_first(self) -> None:
        """Starts the replica that the world's client calls."""
        self.server = await self.first.enter_async_context(self.replica())
        self.client = self.client_of(self.server)

    async def stop_first(self) -> None:
        """Stops it."""
        await self.first.aclose()

    def replica(self, **settings: Any) -> Any:
        """A replica for a block."""
        security = self.security
        process = Process(
            services=[
                service(
                    scheduler_settings(self.urls, **settings),
                    security,
                    NatsSettings(url=SecretStr(self.urls["NATS_URL"])),
                    PostgresSettings(url=SecretStr(self.urls["DATABASE_URL"])),
                    outbound=OutboundSettings(allow_http=True, private_networks="127.0.0.0/8"),
                )
            ],
            server=ServerSettings(port=0, grace_s=2.0),
            topology=Topology(),
            authenticator=TokenAuthenticator(security),
            credentials=Delegation(self.issuer),
        )
        return serving(process)

    def client_of(self, server: RunningServer, *roles: str) -> Client:
        """Stubs of a replica for somebody with roles; an administrator without."""
        token = self.issuer.issue("alice", roles=roles or ["administrator"]).token
        return Client(server.channel(), token)

    def name(self) -> str:
        """An id that no other test uses."""
        return f"job{next(_NUMBERS)}"

    def calls(self, path: str, **settings: Any) -> job_pb2.Job:
        """A job whose runs call a path of the endpoint."""
        target = {"http": {"url": f"{self.endpoint.url}/{path}", "body": {"string_value": path}}}
        return job_pb2.Job(target=target, **settings)

    async def create(self, job: job_pb2.Job, job_id: str = "", **options: Any) -> job_pb2.Job:
        """Creates a job."""
        request = job_service_pb2.CreateJobRequest(job_id=job_id or self.name(), job=job, **options)
        return (await self.client.jobs.CreateJob(request)).job

    async def delete(self, name: str) -> None:
        """Deletes a job with its runs."""
        await self.client.jobs.DeleteJob(job_service_pb2.DeleteJobRequest(name=name))

    async def run(self, name: str, **fields: Any) -> run_pb2.Run:
        """Runs a job by hand."""
        request = job_service_pb2.RunJobRequest(name=name, **fields)
        return (await self.client.jobs.RunJob(request)).run

    async def list_runs(self, parent: str) -> list[run_pb2.Run]:
        """The runs of a job, oldest first."""
        request = run_service_pb2.ListRunsRequest(parent=parent, page_size=1000)
        return list(reversed((await self.client.runs.ListRuns(request)).runs))

    async def get_run(self, name: str) -> run_pb2.Run:
        """A run with its log."""
        return (await self.client.runs.GetRun(run_service_pb2.GetRunRequest(name=name))).run

    async def ended(self, name: str) -> run_pb2.Run:
        """Waits for the end of a run."""
        return await self.until_run(name, lambda run: run.state > run_pb2.RUN_STATE_RUNNING)

    async def ended_or_queued(self, name: str) -> run_pb2.Run:
        """Waits for the end of a run, or until it has been queued for a while."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(2):
                return await self.ended(name)
        return await self.get_run(name)

    async def until_run(self, name: str, is_so: Callable[[run_pb2.Run], bool]) -> run_pb2.Run:
        """Waits until a run is as it should be."""
        parent = name.rpartition("/runs/")[0]
        watch = self.client.runs.WatchRuns(run_service_pb2.WatchRunsRequest(parent=parent))
        found = await self.get_run(name)
        if not is_so(found):
            async for message in watch:
                if message.run.name == name and is_so(message.run):
                    break
        watch.cancel()
        return await self.get_run(name)

    async def status(self) -> scheduler_service_pb2.GetSchedulerStatusResponse:
        """Who leads and who works."""
        request = scheduler_service_pb2.GetSchedulerStatusRequest()
        found: scheduler_service_pb2.GetSchedulerStatusResponse
        found = await self.client.scheduler.GetSchedulerStatus(request)
        return found

    async def until_status(
        self, is_so: Callable[[scheduler_service_pb2.GetSchedulerStatusResponse], bool]
    ) -> None:
        """Waits until the status is as it should be."""
        async with asyncio.timeout(PATIENCE_S):
            while not is_so(await self.status()):
                await _moment()

    async def set_back(self, job_id: str, span: timedelta) -> None:
        """Lets a job not have been looked at for so long, as after an outage."""
        async with await psycopg.AsyncConnection.connect(self.urls["DATABASE_URL"]) as connection:
            await connection.execute(
                "UPDATE oms_scheduler.jobs SET next_fire_time = next_fire_time - %s WHERE id = %s",
                [span, job_id],
            )


async def _moment() -> None:
    await asyncio.sleep(0.1)


def scheduler_settings(urls: dict[str, str], **settings: Any) -> SchedulerSettings:
    """Leases that end soon."""
    values = {"key": SecretStr("k" * 40), "lease_s": 2.0, "run_lease_s": 3.0, "grace_s": 0.5}
    return SchedulerSettings(redis_url=SecretStr(urls["REDIS_URL"]), **(values | settings))
