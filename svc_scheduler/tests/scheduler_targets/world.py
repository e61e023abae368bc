"""Services that record what targets do to them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import grpc
from oms.datakernel.v1 import commit_service_pb2 as commit_pb
from oms.datakernel.v1 import commit_service_pb2_grpc as commit_grpc
from oms.event.v1 import event_service_pb2 as event_pb
from oms.event.v1 import event_service_pb2_grpc as event_grpc
from oms.identity.v1 import identity_service_pb2 as identity_pb
from oms.identity.v1 import identity_service_pb2_grpc as identity_grpc
from oms.ontology.v1 import branch_service_pb2 as branch_pb
from oms.ontology.v1 import branch_service_pb2_grpc as branch_grpc
from oms.ontology.v1 import ontology_service_pb2 as ontology_pb
from oms.ontology.v1 import ontology_service_pb2_grpc as ontology_grpc
from oms.ontology.v1 import revision_service_pb2_grpc as revision_grpc
from oms.scheduler.v1 import schedule_service_pb2_grpc
from oms_core.call import current_identity
from oms_core.errors import LimitExceeded, ResourceNotFound
from oms_core.identity import Identity
from oms_outbound import OutboundClient
from oms_rpc import Service, ServiceContext
from oms_testing.suite import Suite
from svc_scheduler.adapters.targets.identity import RunTokens
from svc_scheduler.adapters.targets.runner import Targets
from svc_scheduler.adapters.targets.tasks import TaskRegistry
from svc_scheduler.domain.targets.attempts import Attempt
from svc_scheduler.servicers.schedule_servicer import ScheduleServicer

FIRE_TIME = datetime(2027, 3, 1, 4, 30, tzinfo=UTC)
RUN = "jobs/nightly/runs/20270301t043000"
MINUTE = timedelta(minutes=1)


@dataclass(slots=True)
class Seen:
    """What came in, newest last."""

    requests: list[Any] = field(default_factory=list)
    metadata: list[dict[str, Any]] = field(default_factory=list)
    identities: list[Identity] = field(default_factory=list)
    hanging: asyncio.Event = field(default_factory=asyncio.Event)
    was_cancelled: asyncio.Event = field(default_factory=asyncio.Event)

    def note(self, request: Any, context: Any) -> None:
        self.requests.append(request)
        self.metadata.append(dict(context.invocation_metadata()))
        self.identities.append(current_identity())


class Ontologies(ontology_grpc.OntologyServiceServicer):
    """Creates, finds nothing, answers too much, or hangs, as it is told by name."""

    def __init__(self, seen: Seen) -> None:
        self._seen = seen

    async def CreateOntology(self, request: Any, context: Any) -> Any:
        self._seen.note(request, context)
        return ontology_pb.CreateOntologyResponse(
            ontology=ontology_pb.Ontology(name=f"ontologies/{request.ontology_id}"),
            commit_id="a" * 64,
        )

    async def GetOntology(self, request: Any, context: Any) -> Any:
        self._seen.note(request, context)
        match request.name:
            case "ontologies/hang":
                self._seen.hanging.set()
                try:
                    await asyncio.Event().wait()
                finally:
                    self._seen.was_cancelled.set()
            case "ontologies/busy":
                raise LimitExceeded("try later", metadata={"limit": "test"})
            case "ontologies/broken":
                raise RuntimeError("at 10.1.2.3: a detail of the inside")
            case "ontologies/large":
                version = "x" * (8 * 1024 * 1024)
                return ontology_pb.GetOntologyResponse(ontology={"version": version})
            case "ontologies/big":
                return ontology_pb.GetOntologyResponse(ontology={"version": "x" * 100_000})
            case _:
                raise ResourceNotFound.of("ontology", request.name, "here")


class Identities(identity_grpc.IdentityServiceServicer):
    async def CreateToken(self, request: Any, context: Any) -> Any:
        return identity_pb.CreateTokenResponse(
            token=identity_pb.AccessToken(token="a-secret", expire_time={"seconds": 60})
        )


class Branches(branch_grpc.BranchServiceServicer):
    async def ListBranches(self, request: Any, context: Any) -> Any:
        return branch_pb.ListBranchesResponse(next_page_token="more")


class Revisions(revision_grpc.RevisionServiceServicer):
    pass


class Commits(commit_grpc.CommitServiceServicer):
    def __init__(self, seen: Seen) -> None:
        self._seen = seen

    async def CreateCommit(self, request: Any, context: Any) -> Any:
        self._seen.note(request, context)
        return commit_pb.CreateCommitResponse()


class Publishing(event_grpc.EventServiceServicer):
    def __init__(self, seen: Seen) -> None:
        self._seen = seen

    async def Publish(self, request: Any, context: Any) -> Any:
        self._seen.note(request, context)
        if request.parent == "streams/gone":
            raise ResourceNotFound.of("stream", request.parent, "here")
        return event_pb.PublishResponse(
            publication={"name": f"{request.parent}/events/7", "sequence": 7}
        )


def services(seen: Seen) -> list[Service]:
    """Every service that targets reach here."""

    async def api(ctx: ServiceContext) -> None:
        ctx.add_servicer(ontology_grpc.add_OntologyServiceServicer_to_server, Ontologies(seen))
        ctx.add_servicer(identity_grpc.add_IdentityServiceServicer_to_server, Identities())
        ctx.add_servicer(branch_grpc.add_BranchServiceServicer_to_server, Branches())

    async def kernel(ctx: ServiceContext) -> None:
        ctx.add_servicer(commit_grpc.add_CommitServiceServicer_to_server, Commits(seen))

    async def events(ctx: ServiceContext) -> None:
        ctx.add_servicer(event_grpc.add_EventServiceServicer_to_server, Publishing(seen))

    async def scheduler(ctx: ServiceContext) -> None:
        ctx.add_servicer(
            schedule_service_pb2_grpc.add_ScheduleServiceServicer_to_server,
            ScheduleServicer(ctx.clock),
        )

    return [
        Service("api", api),
        Service("datakernel", kernel),
        Service("scheduler", scheduler),
        Service("events", events),
    ]


@dataclass(slots=True)
class World:
    """Running services, and targets that reach them."""

    suite: Suite
    seen: Seen
    targets: Targets
    keys: Iterator[int]
    lines: list[str] = field(default_factory=list)

    def attempt(
        self, *permissions: str, roles: tuple[str, ...] = ("administrator",), key: str = ""
    ) -> Attempt:
        """An attempt that lends permissions of an author with some roles."""
        number = next(self.keys)
        return Attempt(
            run=RUN,
            idempotency_key=key or f"run-{number}",
            number=1,
            fencing_token=2**40 + number,
            fire_time=FIRE_TIME,
            token=RunTokens(self.suite.issuer).token("nightly", roles, permissions, MINUTE),
            tell=self.lines.append,
        )


def targets_over(
    channel: grpc.aio.Channel, outbound: OutboundClient, registry: TaskRegistry | None = None
) -> Targets:
    """Targets whose services are all behind one channel."""
    return Targets(lambda _service: channel, outbound, registry or TaskRegistry([]))
