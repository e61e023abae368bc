"""What the tests of the relay do to a kernel, and how they look at the stream."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc.aio
from io_cloudevents.v1 import cloudevents_pb2
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy
from nats.js.errors import NotFoundError
from oms.common.v1.revision_pb2 import Revision
from oms.datakernel.v1 import branch_service_pb2 as branch_pb2
from oms.datakernel.v1 import branch_service_pb2_grpc as branch_grpc
from oms.datakernel.v1 import commit_service_pb2 as commit_pb2
from oms.datakernel.v1 import commit_service_pb2_grpc as commit_grpc
from oms.datakernel.v1 import database_service_pb2 as database_pb2
from oms.datakernel.v1 import database_service_pb2_grpc as database_grpc
from oms.datakernel.v1 import document_service_pb2 as document_pb2
from oms.datakernel.v1 import document_service_pb2_grpc as document_grpc
from oms.datakernel.v1 import history_service_pb2_grpc as history_grpc
from oms.datakernel.v1 import maintenance_service_pb2 as maintenance_pb2
from oms.datakernel.v1 import maintenance_service_pb2_grpc as maintenance_grpc
from oms_nats import NatsConnection, NatsSettings
from oms_postgres import PostgresSchema, PostgresSettings, migrations_in
from oms_rpc import ServerSettings, Topology
from oms_security import SecuritySettings
from oms_testing.suite import Suite, running_suite, security_settings
from pydantic import SecretStr
from svc_datakernel.settings import KernelSettings
from svc_datakernel.setup import service as kernel_service
from svc_events.adapters.relay.positions import RelayPositions
from svc_events.convert import event_from_pb
from svc_events.domain.events import CloudEvent
from svc_events.domain.relay.place import HEADER, Place
from svc_events.domain.subjects import broker_stream
from svc_events.settings import EventSettings
from svc_events.setup import service as event_service

PATIENCE_S = 40
STREAM = broker_stream("events")


@dataclass(frozen=True, slots=True)
class Urls:
    """Where the servers are."""

    nats: str
    postgres: str


@dataclass(frozen=True, slots=True)
class Kept:
    """An event as the stream has it."""

    sequence: int
    event: CloudEvent
    place: Place
    subject: str

    @property
    def data(self) -> dict[str, Any]:
        assert self.event.data is not None
        return json.loads(self.event.data.content)


class World:
    """A kernel behind a real server, and the stream that its commits are relayed into."""

    def __init__(
        self, urls: Urls, channel: grpc.aio.Channel, address: str, security: SecuritySettings
    ) -> None:
        self.urls = urls
        self.channel = channel
        self.address = address
        self.security = security
        self.nats = NatsConnection(NatsSettings(url=SecretStr(urls.nats)), "test")
        self.schema = PostgresSchema(
            PostgresSettings(url=SecretStr(urls.postgres)),
            "oms_events",
            migrations_in("svc_events.adapters.postgres.migrations"),
        )
        self.positions = RelayPositions(self.schema)
        self.databases: Any = database_grpc.DatabaseServiceStub(channel)
        self.branches: Any = branch_grpc.BranchServiceStub(channel)
        self.commits: Any = commit_grpc.CommitServiceStub(channel)
        self.documents: Any = document_grpc.DocumentServiceStub(channel)
        self.history: Any = history_grpc.HistoryServiceStub(channel)
        self.maintenance: Any = maintenance_grpc.MaintenanceServiceStub(channel)

    @classmethod
    @asynccontextmanager
    async def running(cls, urls: Urls, folder: Path) -> AsyncGenerator[World]:
        """Serves a kernel on SQLite."""
        security = security_settings()
        kernel = kernel_service(KernelSettings(data_dir=folder / "kernel"))
        async with running_suite([kernel], security=security) as suite, AsyncExitStack() as stack:
            address = f"127.0.0.1:{suite.server.port}"
            world = cls(urls, suite.channel(), address, security)
            stack.push_async_callback(world.schema.close)
            stack.push_async_callback(world.nats.close)
            yield world

    @asynccontextmanager
    async def relaying(self, *, nats: str = "", **settings: Any) -> AsyncGenerator[Suite]:
        """Serves the event service in this process, which relays meanwhile.

        Args:
            nats: Where it finds NATS. Left out: where the world does.
        """
        service = event_service(
            EventSettings(**settings),
            NatsSettings(url=SecretStr(nats or self.urls.nats)),
            PostgresSettings(url=SecretStr(self.urls.postgres)),
        )
        topology = Topology(addresses={"datakernel": self.address})
        async with running_suite(
            [service], security=self.security, topology=topology, server=ServerSettings(port=0)
        ) as suite:
            yield suite

    async def create(self, database: str, kind: str = "") -> str:
        """Makes a database; the id of its root commit."""
        request = database_pb2.CreateDatabaseRequest(
            database_id=database, database=database_pb2.Database(kind=kind, display_name=database)
        )
        await self.databases.CreateDatabase(request)
        return await self.head(database)

    async def delete(self, database: str) -> None:
        """Deletes a database."""
        await self.databases.DeleteDatabase(
            database_pb2.DeleteDatabaseRequest(name=f"databases/{database}")
        )

    async def commit(
        self, database: str, branch: str = "main", **contents: bytes | None
    ) -> commit_pb2.Commit:
        """Makes a commit of documents `Note/<name>`; None deletes one."""
        operations = [operation(f"Note/{name}", content) for name, content in contents.items()]
        return await self.apply(database, branch, operations)

    async def apply(
        self, database: str, branch: str, operations: Sequence[commit_pb2.DocumentOperation]
    ) -> commit_pb2.Commit:
        """Makes a commit."""
        request = commit_pb2.CreateCommitRequest(
            parent=f"databases/{database}/branches/{branch}",
            operations=operations,
            message=f"on {branch}",
        )
        return (await self.commits.CreateCommit(request)).commit

    async def branch(self, database: str, branch: str, commit: str = "") -> None:
        """Makes a branch."""
        await self.branches.CreateBranch(
            branch_pb2.CreateBranchRequest(
                parent=f"databases/{database}",
                branch_id=branch,
                source=Revision(commit=commit) if commit else None,
            )
        )

    async def head(self, database: str, branch: str = "main") -> str:
        """The id of the commit that a branch is at."""
        request = commit_pb2.ResolveRevisionRequest(
            parent=f"databases/{database}", revision=Revision(branch=branch)
        )
        return (await self.commits.ResolveRevision(request)).commit.commit_id

    async def heads(self, database: str) -> dict[str, str]:
        """Every branch, and the commit it is at."""
        request = branch_pb2.ListBranchesRequest(parent=f"databases/{database}", page_size=1000)
        found = (await self.branches.ListBranches(request)).branches
        return {each.name.rpartition("/")[2]: each.head_commit for each in found}

    async def compact(self, database: str) -> None:
        """Removes what no branch reaches."""
        await self.maintenance.CompactDatabase(
            maintenance_pb2.CompactDatabaseRequest(name=f"databases/{database}")
        )

    async def contents(self, database: str, commit: str) -> dict[str, bytes]:
        """Every document as of a commit."""
        request = document_pb2.ListDocumentsRequest(
            parent=f"databases/{database}", revision=Revision(commit=commit), page_size=1000
        )
        found: dict[str, bytes] = {}
        while True:
            page = await self.documents.ListDocuments(request)
            found |= {each.document_id: each.json for each in page.documents}
            if not page.next_page_token:
                return found
            request.page_token = page.next_page_token

    async def events(self, database: str = "*") -> list[Kept]:
        """Every relayed event that the stream has, in its order."""
        jetstream = await self.nats.jetstream()
        try:
            info = await jetstream.stream_info(STREAM)
        except NotFoundError:
            return []
        consumer = await jetstream.pull_subscribe(
            f"oms.ev.events.*.db-{database}.>" if database != "*" else "oms.ev.events.>",
            stream=STREAM,
            config=ConsumerConfig(
                deliver_policy=DeliverPolicy.ALL,
                ack_policy=AckPolicy.NONE,
                mem_storage=True,
                inactive_threshold=30,
            ),
        )
        pending = (await consumer.consumer_info()).num_pending or 0
        found: list[Kept] = []
        while len(found) < pending:
            found += [kept(each) for each in await consumer.fetch(500, timeout=PATIENCE_S)]
        await consumer.unsubscribe()
        assert info.state is not None
        return found

    async def event_count(self) -> int:
        """How many events the stream has."""
        try:
            info = await (await self.nats.jetstream()).stream_info(STREAM)
        except NotFoundError:
            return 0
        return info.state.messages

    async def until(
        self, is_there: Callable[[list[Kept]], bool], database: str = "*"
    ) -> list[Kept]:
        """Waits until what the stream has is as it should be; returns it."""
        async with asyncio.timeout(PATIENCE_S):
            while not is_there(found := await self.events(database)):
                await self.news()
        return found

    async def until_relayed(self, database: str, commit: str) -> list[Kept]:
        """Waits until the event of the last commit itself is there; every event of the database."""
        async with asyncio.timeout(PATIENCE_S):
            while not await self._has_end(database, commit):
                await self.news()
        return await self.events(database)

    async def _has_end(self, database: str, commit: str) -> bool:
        """Whether a database's last event is that of a commit itself, or of a move after it."""
        jetstream = await self.nats.jetstream()
        try:
            found = await jetstream.get_last_msg(STREAM, f"oms.ev.events.*.db-{database}.>")
        except NotFoundError:
            return False
        place = Place.decode((found.headers or {})[HEADER])
        return place.commit == commit and place.is_whole

    async def news(self) -> None:
        """Waits for the next message of the stream, a moment at most."""
        client = await self.nats.client()
        subscription = await client.subscribe("oms.ev.events.>")
        try:
            await subscription.next_msg(timeout=0.3)
        except TimeoutError:
            pass
        finally:
            await subscription.unsubscribe()


def operation(document_id: str, content: bytes | None) -> commit_pb2.DocumentOperation:
    """Writes a document, or deletes it."""
    if content is None:
        return commit_pb2.DocumentOperation(
            delete=commit_pb2.DocumentDelete(document_id=document_id)
        )
    write = commit_pb2.DocumentWrite(
        document_id=document_id, type=document_id.partition("/")[0], json=content
    )
    return commit_pb2.DocumentOperation(upsert=write)


def kept(message: Any) -> Kept:
    return Kept(
        message.metadata.sequence.stream,
        event_from_pb(cloudevents_pb2.CloudEvent.FromString(message.data)),
        Place.decode(message.headers[HEADER]),
        message.subject,
    )


def is_commit(kept: Kept) -> bool:
    return kept.place.is_of_commit and kept.place.is_whole
