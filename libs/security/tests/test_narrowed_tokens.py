"""Tokens that lend part of what their roles grant."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from jose import jwt
from oms_core.errors import TokenInvalid
from oms_security import roles as table
from oms_security.roles import ROLES

HOUR = timedelta(hours=1)


def narrow(issuer: Any, *permissions: str, roles: tuple[str, ...] = ("editor",)) -> str:
    return issuer.issue_narrowed(
        "jobs/nightly", roles=roles, permissions=permissions, ttl=HOUR, actor="scheduler"
    ).token


async def test_it_lends_what_both_the_roles_grant_and_the_claim_names(issuer, authenticator):
    identity = await authenticator.authenticate(
        narrow(issuer, "ontology.branches.*", "kernel.documents.write", "events.events.publish")
    )
    assert identity.permissions == {
        "ontology.branches.read",
        "ontology.branches.write",
        "events.events.publish",
    }


async def test_it_is_a_service_account_that_a_service_acts_for(issuer, authenticator):
    identity = await authenticator.authenticate(narrow(issuer, "ontology.branches.read"))
    assert (identity.subject, identity.username) == ("jobs/nightly", "jobs/nightly")
    assert (identity.is_service, identity.actor) == (True, "scheduler")
    assert identity.roles == ("editor",)


async def test_without_permissions_or_roles_it_lends_nothing(issuer, authenticator):
    for token in (narrow(issuer), narrow(issuer, "*", roles=())):
        assert (await authenticator.authenticate(token)).permissions == frozenset()


async def test_a_role_that_lost_a_permission_takes_it_from_a_token_that_is_out(
    issuer, authenticator, monkeypatch
):
    token = narrow(issuer, "ontology.branches.read", "ontology.branches.write")
    editor = ROLES["editor"]
    less = replace(editor, permissions=editor.permissions - {"ontology.branches.write"})
    monkeypatch.setattr(table, "ROLES", {**ROLES, "editor": less})
    identity = await authenticator.authenticate(token)
    assert identity.permissions == {"ontology.branches.read"}


async def test_a_service_carries_the_call_on_with_its_own_permissions(issuer, authenticator):
    identity = await authenticator.authenticate(narrow(issuer, "ontology.branches.read"))
    carried = await authenticator.authenticate(issuer.delegate(identity, "api").token)
    assert carried.subject == "jobs/nightly"
    assert carried.allows("kernel.documents.write")
    assert (carried.is_service, carried.actor) == (True, "api")


@pytest.mark.parametrize(
    ("permissions", "roles", "ttl"),
    [
        (["Not.one"], ["editor"], HOUR),
        ([f"a.{chr(97 + n % 26)}{'b' * (n // 26)}" for n in range(65)], ["editor"], HOUR),
        (["a.b"], ["emperor"], HOUR),
        (["a.b"], ["editor"], timedelta(hours=25)),
    ],
)
def test_what_can_not_be_is_not_issued(issuer, permissions, roles, ttl):
    with pytest.raises(ValueError, match=r"permission|role|ttl"):
        issuer.issue_narrowed("x", roles=roles, permissions=permissions, ttl=ttl, actor="scheduler")


@pytest.mark.parametrize(
    "claim",
    [None, "ontology.branches.read", {}, [1], ["a", None], [""], ["A"], ["a"] * 65, ["*.a"], True],
)
async def test_a_malformed_claim_is_refused_and_not_ignored(issuer, authenticator, settings, claim):
    claims = jwt.get_unverified_claims(narrow(issuer, "ontology.branches.read"))
    claims["permissions"] = claim
    token = jwt.encode(claims, settings.jwt_secret.get_secret_value(), algorithm="HS256")
    with pytest.raises(TokenInvalid, match="permission"):
        await authenticator.authenticate(token)


async def test_only_a_narrowed_token_may_have_no_role(issuer, authenticator, settings):
    claims = jwt.get_unverified_claims(narrow(issuer, roles=()))
    del claims["permissions"]
    token = jwt.encode(claims, settings.jwt_secret.get_secret_value(), algorithm="HS256")
    with pytest.raises(TokenInvalid, match="roles"):
        await authenticator.authenticate(token)
