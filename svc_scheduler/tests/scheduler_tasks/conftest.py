"""Built-in tasks against the real services of ontologies and of the kernel."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest_asyncio
from oms.embedding.v1 import search_service_pb2 as search_pb
from oms.embedding.v1 import search_service_pb2_grpc as search_grpc
from oms_outbound import OutboundClient, OutboundPolicy
from oms_rpc import Service, ServiceContext
from oms_testing.e2e import Endpoint, GrpcApi
from oms_testing.suite import Suite, running_suite, security_settings
from svc_api.settings import ApiSettings
from svc_datakernel.settings import KernelSettings
from svc_scheduler.adapters.targets.builtin import built_in_tasks
from svc_scheduler.adapters.targets.identity import RunTokens
from svc_scheduler.adapters.targets.runner import Targets
from svc_scheduler.domain.targets.attempts import Attempt
from svc_scheduler.domain.targets.model import Json, TaskCall

from svc_api import setup as api
from svc_datakernel import setup as kernel

FIRE_TIME = datetime(2027, 3, 1, 4, 30, tzinfo=UTC)


class Searches(search_grpc.SearchServiceServicer):
    """Rebuilds in three steps, or stops half-way, or hangs, as the ontology is called."""

    def __init__(self) -> None:
        self.hanging = asyncio.Event()
        self.was_cancelled = asyncio.Event()

    async def RebuildSearchIndex(self, request: Any, context: Any) -> AsyncIterator[Any]:
        for sequence in (0, 2, 4):
            index = search_pb.SearchIndex(
                indexed_sequence=sequence, indexed_commit="c" * 64, entry_count=9
            )
            yield search_pb.RebuildSearchIndexResponse(
                search_index=index, target_sequence=4, is_done=sequence == 4
            )
            if "stops" in request.name:
                return
            if "hangs" in request.name:
                self.hanging.set()
                try:
                    await asyncio.Event().wait()
                finally:
                    self.was_cancelled.set()


@dataclass(slots=True)
class World:
    """Running services, and tasks that reach them."""

    suite: Suite
    call: GrpcApi
    targets: Targets
    searches: Searches
    exports: Path
    lines: list[str] = field(default_factory=list)
    ids: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def new_id(self, prefix: str = "shop") -> str:
        """An id that no other test uses."""
        return f"{prefix}-{next(self.ids)}"

    async def run(
        self, task: str, *, at: datetime = FIRE_TIME, role: str = "administrator", **given: Json
    ) -> Json:
        """Runs a task with no more than it needs."""
        target = TaskCall(task, given)
        permissions = self.targets.check(target, "job.target")
        self.lines.clear()
        number = next(self.ids)
        attempt = Attempt(
            run=f"jobs/nightly/runs/{number}",
            idempotency_key=f"run-{number}",
            number=1,
            fencing_token=number,
            fire_time=at,
            token=RunTokens(self.suite.issuer).token(
                "nightly", [role], permissions, timedelta(minutes=5)
            ),
            tell=self.lines.append,
        )
        return await self.targets.run(target, attempt)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(tmp_path_factory: Any) -> AsyncIterator[World]:
    security, data, searches = security_settings(), tmp_path_factory.mktemp("data"), Searches()
    exports = tmp_path_factory.mktemp("exports") / "not" / "yet"

    async def embedding(ctx: ServiceContext) -> None:
        ctx.add_servicer(search_grpc.add_SearchServiceServicer_to_server, searches)

    services = [
        kernel.service(KernelSettings(data_dir=data)),
        api.service(ApiSettings(data_dir=data), security),
        Service("embedding", embedding),
    ]
    async with (
        running_suite(services, security=security) as suite,
        OutboundClient(OutboundPolicy()) as outbound,
        GrpcApi(Endpoint(f"127.0.0.1:{suite.server.port}", "", suite.token())) as call,
    ):
        channel = suite.server.local_channel()
        tasks = built_in_tasks(export_dir=exports)
        yield World(suite, call, Targets(lambda _name: channel, outbound, tasks), searches, exports)
