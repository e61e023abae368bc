"""Tasks about the data kernel's databases."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, Final

from oms.datakernel.v1 import commit_service_pb2 as commit_pb
from oms.datakernel.v1 import commit_service_pb2_grpc as commit_grpc
from oms.datakernel.v1 import database_service_pb2 as database_pb
from oms.datakernel.v1 import database_service_pb2_grpc as database_grpc
from oms.datakernel.v1 import maintenance_service_pb2 as maintenance_pb
from oms.datakernel.v1 import maintenance_service_pb2_grpc as maintenance_grpc

from svc_scheduler.adapters.targets.methods import Methods
from svc_scheduler.adapters.targets.tasks import Kind, Parameter, Task, TaskRun
from svc_scheduler.domain.targets.attempts import AttemptFailed
from svc_scheduler.domain.targets.model import Json

_DATABASE: Final = Parameter(
    "database",
    "Id of the database. Left out: every one, one after the other.",
    pattern=r"[a-z][a-z0-9-]{0,62}",
)
_LOGGED_FAULTS: Final = 100
_KERNEL: Final = "oms.datakernel.v1"


def compact_kernel(methods: Methods) -> Task:
    """The task that gives back space."""
    return Task(
        id="compact-kernel",
        description="Removes commits and contents that no branch, tag or watcher reaches.",
        parameters=(
            _DATABASE,
            Parameter("validate_only", "Say what would go and change nothing.", Kind.FLAG),
        ),
        permissions=_permissions(methods, "MaintenanceService/CompactDatabase"),
        run=_compact,
    )


def verify_kernel(methods: Methods) -> Task:
    """The task that looks for damage."""
    return Task(
        id="verify-kernel",
        description="Checks the store and recomputes every hash of a database's history; fails "
        "when something is wrong.",
        parameters=(_DATABASE,),
        permissions=_permissions(
            methods, "MaintenanceService/CheckDatabase", "CommitService/VerifyHistory"
        ),
        run=_verify,
    )


def _permissions(methods: Methods, *names: str) -> frozenset[str]:
    listed = ("DatabaseService/ListDatabases", *names)
    return frozenset(methods.permission_of(f"{_KERNEL}.{name}") for name in listed)


async def _compact(run: TaskRun) -> Json:
    stub: Any = maintenance_grpc.MaintenanceServiceStub(run.channel("datakernel"))
    commits = contents = freed = 0
    async for name in _databases(run):
        request = maintenance_pb.CompactDatabaseRequest(
            name=name, validate_only=run.flag("validate_only")
        )
        done = await run.call(stub.CompactDatabase, request)
        commits += done.removed_commit_count
        contents += done.removed_content_count
        freed += max(0, done.size_before_bytes - done.size_after_bytes)
        run.tell(
            f"{name}: {done.removed_commit_count} commits and {done.removed_content_count} "
            f"contents, {done.size_before_bytes} bytes before and {done.size_after_bytes} after"
        )
    return {"removedCommitCount": commits, "removedContentCount": contents, "freedBytes": freed}


async def _verify(run: TaskRun) -> Json:
    commits = documents = databases = 0
    faults: list[str] = []
    async for name in _databases(run):
        history: Any = commit_grpc.CommitServiceStub(run.channel("datakernel"))
        verified = await run.call(history.VerifyHistory, commit_pb.VerifyHistoryRequest(name=name))
        found = [f"{name}: {fault}" for fault in await _store_faults(run, name)]
        found += [
            f"{name}: commit {each.commit_id}, document {each.document_id!r}: {each.message}"
            for each in verified.faults
        ]
        commits += verified.commit_count
        documents += verified.document_count
        databases += 1
        run.tell(f"{name}: {verified.commit_count} commits verified, {len(found)} faults")
        faults += found
    if faults:
        for fault in faults[:_LOGGED_FAULTS]:
            run.tell(fault)
        first = "; ".join(faults[:3])
        raise AttemptFailed("DATA_LOSS", f"{len(faults)} faults: {first}", reason="DATA_CORRUPTED")
    return {"databaseCount": databases, "commitCount": commits, "documentCount": documents}


async def _store_faults(run: TaskRun, name: str) -> list[str]:
    stub: Any = maintenance_grpc.MaintenanceServiceStub(run.channel("datakernel"))
    try:
        checked = await run.call(stub.CheckDatabase, maintenance_pb.CheckDatabaseRequest(name=name))
    except AttemptFailed as exc:
        if exc.code != "UNIMPLEMENTED":
            raise
        run.tell(f"{name}: the backend does not check its store; only the history is verified")
        return []
    return list(checked.faults)


async def _databases(run: TaskRun) -> AsyncIterator[str]:
    """The database that was asked for, or every one."""
    if database := run.text("database"):
        yield f"databases/{database}"
        return
    stub: Any = database_grpc.DatabaseServiceStub(run.channel("datakernel"))
    request = database_pb.ListDatabasesRequest(page_size=1000)
    while True:
        page = await run.call(stub.ListDatabases, request)
        for database in page.databases:
            yield database.name
        if not page.next_page_token:
            return
        request.page_token = page.next_page_token
