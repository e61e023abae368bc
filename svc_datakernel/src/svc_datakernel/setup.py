"""Composition of the data kernel."""

from __future__ import annotations

from functools import partial

from oms.datakernel.v1 import branch_service_pb2_grpc as branch_grpc
from oms.datakernel.v1 import commit_service_pb2_grpc as commit_grpc
from oms.datakernel.v1 import database_service_pb2_grpc as database_grpc
from oms.datakernel.v1 import diff_service_pb2_grpc as diff_grpc
from oms.datakernel.v1 import document_service_pb2_grpc as document_grpc
from oms.datakernel.v1 import history_service_pb2_grpc as history_grpc
from oms.datakernel.v1 import maintenance_service_pb2_grpc as maintenance_grpc
from oms.datakernel.v1 import model_document_service_pb2_grpc as model_document_grpc
from oms.datakernel.v1 import query_service_pb2_grpc as query_grpc
from oms.datakernel.v1 import replication_service_pb2_grpc as replication_grpc
from oms.datakernel.v1 import schema_service_pb2_grpc as schema_grpc
from oms.datakernel.v1 import tag_service_pb2_grpc as tag_grpc
from oms.datakernel.v1 import triple_service_pb2_grpc as triple_grpc
from oms_rpc import Service, ServiceContext

from svc_datakernel.backends import Backend, open_backend
from svc_datakernel.remotes import Remotes
from svc_datakernel.servicers.branch_servicer import BranchServicer
from svc_datakernel.servicers.commit_servicer import CommitServicer
from svc_datakernel.servicers.database_servicer import DatabaseServicer
from svc_datakernel.servicers.diff_servicer import DiffServicer
from svc_datakernel.servicers.document_servicer import DocumentServicer
from svc_datakernel.servicers.history_servicer import HistoryServicer
from svc_datakernel.servicers.maintenance_servicer import MaintenanceServicer
from svc_datakernel.servicers.model_document_servicer import ModelDocumentServicer
from svc_datakernel.servicers.query_servicer import QueryServicer
from svc_datakernel.servicers.replication_servicer import ReplicationServicer
from svc_datakernel.servicers.schema_servicer import SchemaServicer
from svc_datakernel.servicers.tag_servicer import TagServicer
from svc_datakernel.servicers.triple_servicer import TripleServicer
from svc_datakernel.settings import KernelSettings


def service(settings: KernelSettings) -> Service:
    """The service, ready to be hosted alone or beside others."""
    return Service("datakernel", partial(_setup, settings=settings))


async def _setup(ctx: ServiceContext, *, settings: KernelSettings) -> None:
    backend = open_backend(settings, ctx.clock)
    ctx.stack.push_async_callback(backend.kernel.close)
    _add_versioned_store(ctx, backend)
    _add_graph_databases(ctx, backend)
    ctx.add_servicer(
        replication_grpc.add_ReplicationServiceServicer_to_server,
        ReplicationServicer(backend.kernel, Remotes(settings.allowed_remotes), ctx.clock),
    )
    ctx.add_ready_check("store", backend.kernel.check)


def _add_versioned_store(ctx: ServiceContext, backend: Backend) -> None:
    store, clock = backend.kernel, ctx.clock
    ctx.add_servicer(
        database_grpc.add_DatabaseServiceServicer_to_server, DatabaseServicer(store, clock)
    )
    ctx.add_servicer(branch_grpc.add_BranchServiceServicer_to_server, BranchServicer(store))
    ctx.add_servicer(
        commit_grpc.add_CommitServiceServicer_to_server,
        CommitServicer(store, clock, backend.traces),
    )
    ctx.add_servicer(document_grpc.add_DocumentServiceServicer_to_server, DocumentServicer(store))
    ctx.add_servicer(
        history_grpc.add_HistoryServiceServicer_to_server, HistoryServicer(store, clock)
    )
    ctx.add_servicer(tag_grpc.add_TagServiceServicer_to_server, TagServicer(store, clock))
    ctx.add_servicer(
        maintenance_grpc.add_MaintenanceServiceServicer_to_server,
        MaintenanceServicer(store, backend.capabilities),
    )


def _add_graph_databases(ctx: ServiceContext, backend: Backend) -> None:
    graphs, clock = backend.graphs, ctx.clock
    ctx.add_servicer(
        model_document_grpc.add_ModelDocumentServiceServicer_to_server,
        ModelDocumentServicer(graphs, clock),
    )
    ctx.add_servicer(schema_grpc.add_SchemaServiceServicer_to_server, SchemaServicer(graphs, clock))
    ctx.add_servicer(triple_grpc.add_TripleServiceServicer_to_server, TripleServicer(graphs, clock))
    ctx.add_servicer(query_grpc.add_QueryServiceServicer_to_server, QueryServicer(graphs, clock))
    ctx.add_servicer(
        diff_grpc.add_DiffServiceServicer_to_server, DiffServicer(graphs, backend.kernel, clock)
    )
