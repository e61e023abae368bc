from __future__ import annotations

import time
from typing import Any

import grpc
import pytest
from google.protobuf.duration_pb2 import Duration
from oms.datakernel.v1 import database_service_pb2 as kernel_pb
from oms.datakernel.v1 import database_service_pb2_grpc as kernel_grpc
from oms.identity.v1 import identity_service_pb2 as pb
from oms.identity.v1 import identity_service_pb2_grpc as pb_grpc
from oms_core.errors import (
    ApiKeyInvalid,
    InvalidField,
    OmsError,
    PermissionDenied,
    TokenExpired,
    TokenInvalid,
    TokenMissing,
)
from oms_rpc import RunningServer
from oms_rpc.errors import from_rpc_error
from oms_security import ROLES, TokenIssuer


def identity(server: RunningServer, token: str | None = None) -> pb_grpc.IdentityServiceStub:
    return pb_grpc.IdentityServiceStub(server.channel(token=token))


@pytest.fixture
def administrator(server: RunningServer, issuer: TokenIssuer) -> pb_grpc.IdentityServiceStub:
    return identity(server, issuer.issue("root", roles=["administrator"]).token)


async def failure(call: Any) -> OmsError:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await call
    return from_rpc_error(caught.value)


async def caller_of(server: RunningServer, token: str) -> pb.Caller:
    return (await identity(server, token).GetCaller(pb.GetCallerRequest())).caller


async def test_an_api_key_is_exchanged_for_a_token_that_works(server, keys):
    text, _ = keys.create(subject="alice123", username="alice.smith", roles=["editor"])
    request = pb.ExchangeApiKeyRequest(api_key=text)
    issued = (await identity(server).ExchangeApiKey(request)).token
    caller = await caller_of(server, issued.token)
    assert (caller.subject, caller.username) == ("alice123", "alice.smith")
    assert list(caller.roles) == ["editor"]
    assert 3500 < issued.expire_time.ToSeconds() - time.time() <= 3601


@pytest.mark.parametrize("text", ["x", "oms_0123456789abcdef_00", "é" * 256])
async def test_an_unknown_api_key_is_a_typed_error(server, keys, text):
    keys.create(subject="alice", roles=["editor"])
    error = await failure(identity(server).ExchangeApiKey(pb.ExchangeApiKeyRequest(api_key=text)))
    assert isinstance(error, ApiKeyInvalid)


@pytest.mark.parametrize("text", ["", "k" * 513])
async def test_an_api_key_of_a_wrong_length_names_the_field(server, text):
    error = await failure(identity(server).ExchangeApiKey(pb.ExchangeApiKeyRequest(api_key=text)))
    assert isinstance(error, InvalidField)
    assert error.fields[0].field == "api_key"


async def test_an_administrator_makes_a_token_for_anybody(server, administrator):
    request = pb.CreateTokenRequest(
        subject="bob7", username="bob", roles=["viewer", "reviewer"], ttl=Duration(seconds=90)
    )
    issued = (await administrator.CreateToken(request)).token
    assert 30 <= issued.expire_time.ToSeconds() - time.time() <= 91
    caller = await caller_of(server, issued.token)
    assert (caller.subject, caller.username) == ("bob7", "bob")
    assert list(caller.roles) == ["viewer", "reviewer"]
    assert list(caller.permissions) == sorted(caller.permissions)
    assert "ontology.branches.merge" in caller.permissions
    assert caller.token_expire_time.ToSeconds() == issued.expire_time.ToSeconds()


async def test_a_token_lives_an_hour_unless_asked_otherwise(administrator):
    request = pb.CreateTokenRequest(subject="bob", roles=["viewer"])
    issued = (await administrator.CreateToken(request)).token
    assert 3500 < issued.expire_time.ToSeconds() - time.time() <= 3601


@pytest.mark.parametrize(
    "ttl",
    [
        Duration(),
        Duration(nanos=999_999_999),
        Duration(seconds=-1),
        Duration(seconds=86400, nanos=1000),
        Duration(seconds=86401),
        Duration(seconds=315_576_000_000),
    ],
)
async def test_a_ttl_out_of_range_names_the_field(administrator, ttl):
    request = pb.CreateTokenRequest(subject="bob", roles=["viewer"], ttl=ttl)
    error = await failure(administrator.CreateToken(request))
    assert isinstance(error, InvalidField)
    assert [field.field for field in error.fields] == ["ttl"]


@pytest.mark.parametrize("seconds", [1, 86400])
async def test_the_bounds_of_a_ttl_are_accepted(administrator, seconds):
    request = pb.CreateTokenRequest(subject="bob", roles=["viewer"], ttl=Duration(seconds=seconds))
    await administrator.CreateToken(request)


async def test_unknown_roles_are_named_each(administrator):
    request = pb.CreateTokenRequest(subject="bob", roles=["viewer", "emperor", "Editor"])
    error = await failure(administrator.CreateToken(request))
    assert isinstance(error, InvalidField)
    assert [field.field for field in error.fields] == ["roles[1]", "roles[2]"]


@pytest.mark.parametrize(
    "request_",
    [
        pb.CreateTokenRequest(subject="bob"),
        pb.CreateTokenRequest(roles=["viewer"]),
        pb.CreateTokenRequest(subject="bob\nroot", roles=["viewer"]),
        pb.CreateTokenRequest(subject="bob", username="a|b", roles=["viewer"]),
        pb.CreateTokenRequest(subject="bob", roles=["viewer", "viewer"]),
    ],
)
async def test_a_malformed_request_is_refused(administrator, request_):
    assert isinstance(await failure(administrator.CreateToken(request_)), InvalidField)


@pytest.mark.parametrize("role", ["viewer", "editor", "reviewer", "service"])
async def test_only_an_administrator_makes_tokens(server, issuer, role):
    stub = identity(server, issuer.issue("bob", roles=[role]).token)
    request = pb.CreateTokenRequest(subject="bob", roles=["viewer"])
    error = await failure(stub.CreateToken(request))
    assert isinstance(error, PermissionDenied)
    assert error.metadata["permission"] == "identity.tokens.create"


async def test_every_role_may_ask_who_it_is_and_what_roles_there_are(server, issuer):
    for role in ROLES:
        stub = identity(server, issuer.issue("bob", roles=[role]).token)
        caller = (await stub.GetCaller(pb.GetCallerRequest())).caller
        assert caller.is_service is (role == "service")
        assert await stub.ListRoles(pb.ListRolesRequest())


async def test_roles_are_listed_with_what_they_grant(administrator):
    roles = (await administrator.ListRoles(pb.ListRolesRequest())).roles
    assert [role.role_id for role in roles] == [
        "administrator",
        "editor",
        "integrator",
        "operator",
        "reviewer",
        "service",
        "viewer",
    ]
    assert all(role.description for role in roles)
    assert list(roles[0].permissions) == ["*"]


async def test_bad_tokens_are_typed_errors_at_the_server(server, issuer):
    good = issuer.issue("bob", roles=["viewer"]).token
    expired = issuer._sign(
        {"sub": "bob", "username": "bob", "roles": ["viewer"]}, expires_at=int(time.time()) - 60
    ).token
    for token, expected in [
        (None, TokenMissing),
        ("garbage", TokenInvalid),
        (good[:-2], TokenInvalid),
        ("x" * 9000, TokenInvalid),
        (expired, TokenExpired),
    ]:
        error = await failure(identity(server, token).GetCaller(pb.GetCallerRequest()))
        assert type(error) is expected


async def seen_by_peer(server: RunningServer, token: str) -> str:
    stub = kernel_grpc.DatabaseServiceStub(server.channel(token=token))
    answer = await stub.ListDatabases(kernel_pb.ListDatabasesRequest())
    return answer.next_page_token


async def test_a_peer_sees_the_caller_with_the_services_role(server, issuer):
    issued = issuer.issue("root", username="ada.admin", roles=["administrator"])
    assert await seen_by_peer(server, issued.token) == "root ada.admin service False"


async def test_a_peer_sees_a_service_account_as_one(server, issuer):
    assert await seen_by_peer(server, issuer.service_token("sync").token) == (
        "sync sync service True"
    )


def narrowed_caller(server, issuer, *permissions: str):
    token = issuer.issue_narrowed(
        "jobs/nightly", roles=["administrator"], permissions=permissions, actor="scheduler"
    ).token
    return identity(server, token)


async def test_a_narrowed_caller_lends_no_more_than_it_has(server, issuer):
    stub = narrowed_caller(server, issuer, "identity.tokens.create", "ontology.*")
    error = await failure(
        stub.CreateToken(pb.CreateTokenRequest(subject="bob", roles=["administrator"]))
    )
    assert isinstance(error, PermissionDenied)
    assert error.metadata["permission"] == "*"


async def test_a_narrowed_caller_needs_the_permission_among_those_it_names(server, issuer):
    stub = narrowed_caller(server, issuer, "ontology.*")
    error = await failure(stub.CreateToken(pb.CreateTokenRequest(subject="bob", roles=["viewer"])))
    assert isinstance(error, PermissionDenied)
    assert error.metadata["permission"] == "identity.tokens.create"


async def test_a_narrowed_caller_sees_what_it_has(server, issuer):
    stub = narrowed_caller(server, issuer, "identity.caller.read", "ontology.*")
    caller = (await stub.GetCaller(pb.GetCallerRequest())).caller
    assert list(caller.permissions) == ["identity.caller.read", "ontology.*"]
