"""Who is calling, with which roles, and how a token is got."""

from __future__ import annotations

from typing import Any

import pytest
from google.protobuf.duration_pb2 import Duration
from oms.identity.v1 import identity_service_pb2 as identity
from oms.ontology.v1 import branch_service_pb2 as branches
from oms.ontology.v1 import object_type_service_pb2 as object_types
from oms.ontology.v1 import ontology_service_pb2 as ontologies
from oms.ontology.v1 import revision_service_pb2 as revisions
from oms_testing.e2e import Api


async def _token(api: Api, *roles: str) -> str:
    answer = await api(
        identity.CreateTokenRequest(
            subject="alice123", username="alice.smith", roles=roles, ttl=Duration(seconds=600)
        )
    )
    return answer.token.token


async def test_the_caller_is_who_the_token_names(api: Api) -> None:
    alice = api.as_caller(await _token(api, "viewer"))
    caller = (await alice(identity.GetCallerRequest())).caller
    assert (caller.subject, caller.username, list(caller.roles)) == (
        "alice123",
        "alice.smith",
        ["viewer"],
    )
    assert "ontology.object_types.read" in caller.permissions
    assert caller.token_expire_time.seconds
    assert not caller.is_service


async def test_roles_are_listed_with_what_they_grant(api: Api) -> None:
    roles = {role.role_id: role for role in (await api(identity.ListRolesRequest())).roles}
    assert list(roles) == [
        "administrator",
        "editor",
        "integrator",
        "operator",
        "reviewer",
        "service",
        "viewer",
    ]
    assert list(roles["administrator"].permissions) == ["*"]
    assert "ontology.change_sets.write" in roles["editor"].permissions


@pytest.mark.parametrize(
    ("role", "may_write", "may_merge"),
    [("viewer", False, False), ("editor", True, False), ("reviewer", False, True)],
)
async def test_a_role_may_do_what_it_grants_and_nothing_else(
    api: Api, ontology: str, failing: Any, role: str, may_write: bool, may_merge: bool
) -> None:
    alice = api.as_caller(await _token(api, role))
    await alice(ontologies.GetOntologyRequest(name=ontology))
    write = branches.CreateBranchRequest(parent=ontology, branch_id="dev")
    merge = branches.MergeBranchRequest(name=f"{ontology}/branches/main")
    merge.source.branch = "main"
    for request, is_allowed, permission in (
        (write, may_write, "ontology.branches.write"),
        (merge, may_merge, "ontology.branches.merge"),
    ):
        if is_allowed:
            await alice(request)
        else:
            error = await failing(alice(request))
            assert (error.code, error.reason) == ("PERMISSION_DENIED", "PERMISSION_DENIED")
            assert error.metadata["permission"] == permission


async def test_an_api_key_is_exchanged_for_a_token(api: Api, suite: Any, failing: Any) -> None:
    anonymous = api.as_caller("")
    answer = await anonymous(identity.ExchangeApiKeyRequest(api_key=suite.api_key))
    caller = await api.as_caller(answer.token.token)(identity.GetCallerRequest())
    assert list(caller.caller.roles) == ["administrator"]
    error = await failing(anonymous(identity.ExchangeApiKeyRequest(api_key="wrong")))
    assert (error.code, error.reason) == ("UNAUTHENTICATED", "API_KEY_INVALID")


async def test_a_change_is_signed_with_the_callers_name(api: Api, ontology: str) -> None:

    alice = api.as_caller(await _token(api, "editor"))
    made = await alice(
        object_types.CreateObjectTypeRequest(
            parent=ontology,
            object_type_id="Mine",
            object_type=object_types.ObjectType(is_abstract=True),
        )
    )
    assert made.object_type.created_by == "alice123"
    commit = await api(revisions.GetCommitRequest(name=f"{ontology}/commits/{made.commit_id}"))
    assert commit.commit.author.startswith("alice.smith (alice123)|verified|ts:")
