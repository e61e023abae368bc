"""Composition of the data kernel."""

from __future__ import annotations

from functools import partial

from oms.datakernel.v1 import branch_service_pb2_grpc as branch_grpc
from oms.datakernel.v1 import commit_service_pb2_grpc as commit_grpc
from oms.datakernel.v1 import database_service_pb2_grpc as database_grpc
from oms.datakernel.v1 import document_service_pb2_grpc as document_grpc
from oms.datakernel.v1 import replication_service_pb2_grpc as replication_grpc
from oms_rpc import Service, ServiceContext

from svc_datakernel.backends import open_store
from svc_datakernel.domain.store import KernelStore
from svc_datakernel.remotes import Remotes
from svc_datakernel.servicers.branch_servicer import BranchServicer
from svc_datakernel.servicers.commit_servicer import CommitServicer
from svc_datakernel.servicers.database_servicer import DatabaseServicer
from svc_datakernel.servicers.document_servicer import DocumentServicer
from svc_datakernel.servicers.replication_servicer import ReplicationServicer
from svc_datakernel.settings import KernelSettings


def service(settings: KernelSettings) -> Service:
    """The service, ready to be hosted alone or beside others."""
    return Service("datakernel", partial(_setup, settings=settings))


async def _setup(ctx: ServiceContext, *, settings: KernelSettings) -> None:
    store: KernelStore = open_store(settings, ctx.clock)
    ctx.stack.push_async_callback(store.close)
    clock = ctx.clock
    ctx.add_servicer(
        database_grpc.add_DatabaseServiceServicer_to_server, DatabaseServicer(store, clock)
    )
    ctx.add_servicer(branch_grpc.add_BranchServiceServicer_to_server, BranchServicer(store))
    ctx.add_servicer(commit_grpc.add_CommitServiceServicer_to_server, CommitServicer(store, clock))
    ctx.add_servicer(document_grpc.add_DocumentServiceServicer_to_server, DocumentServicer(store))
    ctx.add_servicer(
        replication_grpc.add_ReplicationServiceServicer_to_server,
        ReplicationServicer(store, Remotes(settings.allowed_remotes), clock),
    )
    ctx.add_ready_check("store", store.check)
