"""Composition of the ontology service."""

from __future__ import annotations

from functools import partial
from typing import Any

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc
from oms.datakernel.v1 import database_service_pb2 as database_pb2
from oms.datakernel.v1 import database_service_pb2_grpc as database_grpc
from oms.identity.v1 import identity_service_pb2_grpc as identity_grpc
from oms.object.v1 import link_service_pb2_grpc as link_grpc
from oms.object.v1 import load_service_pb2_grpc as load_grpc
from oms.object.v1 import migration_service_pb2_grpc as migration_grpc
from oms.object.v1 import object_service_pb2_grpc as object_grpc
from oms.ontology.v1 import branch_service_pb2_grpc as branch_grpc
from oms.ontology.v1 import change_set_service_pb2_grpc as change_set_grpc
from oms.ontology.v1 import ontology_service_pb2_grpc as ontology_grpc
from oms.ontology.v1 import revision_service_pb2_grpc as revision_grpc
from oms.ontology.v1 import transfer_service_pb2_grpc as transfer_grpc
from oms_kernel import CacheSettings, HeadCache, KernelClient, opened_cache
from oms_rpc import Service, ServiceContext
from oms_rpc.errors import from_rpc_error
from oms_security import ApiKeys, SecuritySettings, TokenIssuer
from oms_security.administrator import API_KEYS_FILE

from svc_api.adapters.objects.guard import ObjectGuard
from svc_api.adapters.objects.questions import Questions
from svc_api.adapters.objects.store import ObjectStore
from svc_api.adapters.ontology_store import OntologyStore
from svc_api.adapters.rdf.limits import RdfLimits
from svc_api.domain.kinds import KINDS
from svc_api.messages import Messages
from svc_api.servicers.branch_servicer import BranchServicer
from svc_api.servicers.change_set_servicer import ChangeSetServicer
from svc_api.servicers.element_servicer import element_servicer
from svc_api.servicers.identity_servicer import IdentityServicer
from svc_api.servicers.link_servicer import LinkServicer
from svc_api.servicers.load_servicer import LoadServicer
from svc_api.servicers.migration_servicer import MigrationServicer
from svc_api.servicers.object_servicer import ObjectServicer
from svc_api.servicers.ontology_servicer import OntologyServicer
from svc_api.servicers.revision_servicer import RevisionServicer
from svc_api.servicers.transfer_servicer import TransferServicer
from svc_api.settings import ApiSettings

_KERNEL = "datakernel"


def service(
    settings: ApiSettings, security: SecuritySettings, cache: CacheSettings | None = None
) -> Service:
    """The service, ready to be hosted alone or beside others.

    Args:
        security: Holds the key that tokens are signed with.
        cache: The cache in front of the kernel. Left out: the kernel is asked each time.
    """
    return Service("api", partial(_setup, settings=settings, security=security, cache=cache))


async def _setup(
    ctx: ServiceContext,
    *,
    settings: ApiSettings,
    security: SecuritySettings,
    cache: CacheSettings | None,
) -> None:
    channel = ctx.channel(_KERNEL)
    messages = Messages()
    store = OntologyStore(
        channel,
        max_cached_elements=settings.snapshot_cache_elements,
        write_attempts=settings.write_attempts,
        clock=ctx.clock,
        client=await _shared_reads(ctx, channel, cache) if cache else None,
        heads=_heads(ctx, channel, cache) if cache else None,
    )
    for kind in KINDS:
        ctx.add_servicer(*element_servicer(kind, store, messages))
    ctx.add_servicer(
        ontology_grpc.add_OntologyServiceServicer_to_server, OntologyServicer(store, messages)
    )
    ctx.add_servicer(
        change_set_grpc.add_ChangeSetServiceServicer_to_server, ChangeSetServicer(store, messages)
    )
    ctx.add_servicer(branch_grpc.add_BranchServiceServicer_to_server, BranchServicer(store))
    ctx.add_servicer(revision_grpc.add_RevisionServiceServicer_to_server, RevisionServicer(store))
    ctx.add_servicer(
        transfer_grpc.add_TransferServiceServicer_to_server,
        TransferServicer(store, RdfLimits(max_import_bytes=settings.import_max_bytes)),
    )
    _add_objects(ctx, store, settings)
    ctx.add_servicer(
        identity_grpc.add_IdentityServiceServicer_to_server,
        IdentityServicer(
            TokenIssuer(security, clock=ctx.clock), ApiKeys(settings.data_dir / API_KEYS_FILE)
        ),
    )
    ctx.add_ready_check("kernel", partial(_check_kernel, channel))


def _add_objects(ctx: ServiceContext, ontologies: OntologyStore, settings: ApiSettings) -> None:
    objects = ObjectStore(
        ontologies,
        max_kept=settings.object_cache_objects,
        max_loaded=settings.object_scan_limit,
    )
    ontologies.guard_by(ObjectGuard(objects))
    questions = Questions(objects)
    ctx.add_servicer(
        object_grpc.add_ObjectServiceServicer_to_server, ObjectServicer(objects, questions)
    )
    ctx.add_servicer(
        load_grpc.add_LoadServiceServicer_to_server,
        LoadServicer(objects, settings.import_max_bytes),
    )
    ctx.add_servicer(
        migration_grpc.add_MigrationServiceServicer_to_server, MigrationServicer(ontologies)
    )
    ctx.add_servicer(link_grpc.add_LinkServiceServicer_to_server, LinkServicer(objects, questions))


def _heads(ctx: ServiceContext, channel: Any, settings: CacheSettings) -> HeadCache:
    heads = HeadCache(channel, ctx.clock, ttl_s=settings.head_ttl_s)
    ctx.add_worker("heads", heads.run)
    return heads


async def _shared_reads(
    ctx: ServiceContext, channel: Any, settings: CacheSettings
) -> KernelClient | None:
    """A client that reads through Redis, where there is one."""
    # Snapshots are this service's own first tier: raw answers beside them would be kept twice.
    settings = settings.model_copy(update={"memory_bytes": 0})
    cache = await ctx.stack.enter_async_context(opened_cache(settings, ctx.clock))
    return KernelClient(channel, cache=cache) if cache.redis is not None else None


async def _check_kernel(channel: Any) -> None:
    """Raises while the kernel does not answer.

    A kernel in this process is asked before the first results of the checks are
    out, when it still counts as not serving; so a real call has the last word.
    """
    health: Any = health_pb2_grpc.HealthStub(channel)
    messages: Any = health_pb2
    try:
        response = await health.Check(messages.HealthCheckRequest(service=_KERNEL))
        if response.status != messages.HealthCheckResponse.SERVING:
            databases: Any = database_grpc.DatabaseServiceStub(channel)
            await databases.ListDatabases(database_pb2.ListDatabasesRequest(page_size=1))
    except grpc.aio.AioRpcError as exc:
        raise from_rpc_error(exc) from exc
