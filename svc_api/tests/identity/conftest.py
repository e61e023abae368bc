from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from oms.datakernel.v1 import database_service_pb2 as kernel_pb
from oms.datakernel.v1 import database_service_pb2_grpc as kernel_grpc
from oms.identity.v1 import identity_service_pb2 as pb
from oms.identity.v1 import identity_service_pb2_grpc as pb_grpc
from oms_rpc import (
    Process,
    RunningServer,
    ServerSettings,
    Service,
    ServiceContext,
    Topology,
    serving,
)
from oms_security import ApiKeys, Delegation, SecuritySettings, TokenAuthenticator, TokenIssuer
from svc_api.servicers.identity_servicer import IdentityServicer


class CallingServicer(kernel_grpc.DatabaseServiceServicer):
    """Stands in for a service that calls a peer: answers with whom the peer saw."""

    def __init__(self, channel: Any) -> None:
        self._peer = pb_grpc.IdentityServiceStub(channel)

    async def ListDatabases(self, request: Any, context: Any) -> kernel_pb.ListDatabasesResponse:
        caller = (await self._peer.GetCaller(pb.GetCallerRequest())).caller
        seen = [caller.subject, caller.username, *caller.roles, str(caller.is_service)]
        return kernel_pb.ListDatabasesResponse(next_page_token=" ".join(seen))


async def _identity(ctx: ServiceContext, *, issuer: TokenIssuer, keys: ApiKeys) -> None:
    add = pb_grpc.add_IdentityServiceServicer_to_server
    ctx.add_servicer(add, IdentityServicer(issuer, keys))


async def _calling(ctx: ServiceContext) -> None:
    add = kernel_grpc.add_DatabaseServiceServicer_to_server
    ctx.add_servicer(add, CallingServicer(ctx.channel("api")))


@pytest.fixture
def settings() -> SecuritySettings:
    return SecuritySettings(jwt_secret="kT4uR9wq-Zp2Lx7Vb1Nc8Md5Hf3Js6Gy0")


@pytest.fixture
def issuer(settings: SecuritySettings) -> TokenIssuer:
    return TokenIssuer(settings)


@pytest.fixture
def keys(tmp_path: Path) -> ApiKeys:
    return ApiKeys(tmp_path / "keys.json")


@pytest.fixture
async def server(
    settings: SecuritySettings, issuer: TokenIssuer, keys: ApiKeys
) -> AsyncIterator[RunningServer]:
    process = Process(
        services=[
            Service("api", partial(_identity, issuer=issuer, keys=keys)),
            Service("datakernel", _calling),
        ],
        server=ServerSettings(port=0),
        topology=Topology(),
        authenticator=TokenAuthenticator(settings),
        credentials=Delegation(issuer),
    )
    async with serving(process) as running:
        yield running
