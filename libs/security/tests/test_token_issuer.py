from __future__ import annotations

from datetime import timedelta

import pytest
from jose import jwt
from oms_core.errors import TokenExpired
from oms_core.identity import Identity
from oms_security import Delegation


async def test_a_token_is_accepted_until_its_ttl_has_passed(issuer, authenticator, clock):
    issued = issuer.issue("alice", roles=["editor"], ttl=timedelta(seconds=1))
    assert (issued.expire_time - clock.now()).total_seconds() == 1
    clock.advance(seconds=0.9)
    await authenticator.authenticate(issued.token)
    clock.advance(seconds=0.1)
    with pytest.raises(TokenExpired):
        await authenticator.authenticate(issued.token)


async def test_the_longest_life_is_accepted_at_any_fraction_of_a_second(
    issuer, authenticator, clock
):
    clock.advance(seconds=0.5)
    issued = issuer.issue("alice", roles=["editor"], ttl=timedelta(hours=24))
    await authenticator.authenticate(issued.token)


async def test_the_username_defaults_to_the_subject(issuer, authenticator):
    identity = await authenticator.authenticate(issuer.issue("bob", roles=["viewer"]).token)
    assert identity.username == "bob"


async def test_a_token_with_the_service_role_is_a_service_account(issuer, authenticator):
    identity = await authenticator.authenticate(issuer.issue("sync", roles=["service"]).token)
    assert identity.is_service
    assert identity.allows("kernel.documents.write")


def test_every_token_has_an_id_of_its_own(issuer):
    ids = {issuer.issue("bob", roles=["viewer"]).token_id for _ in range(10)}
    assert len(ids) == 10


def test_a_token_is_not_in_the_text_of_what_holds_it(issuer):
    issued = issuer.issue("bob", roles=["viewer"])
    assert issued.token not in repr(issued)


@pytest.mark.parametrize("roles", [[], ["emperor"], ["viewer", ""]])
def test_only_known_roles_are_issued(issuer, roles):
    with pytest.raises(ValueError, match="role"):
        issuer.issue("bob", roles=roles)


@pytest.mark.parametrize("seconds", [-1, 0, 0.5, 86400.5])
def test_a_ttl_out_of_range_is_refused(issuer, seconds):
    with pytest.raises(ValueError, match="ttl"):
        issuer.issue("bob", roles=["viewer"], ttl=timedelta(seconds=seconds))


@pytest.fixture
async def alice(issuer, authenticator) -> Identity:
    issued = issuer.issue("alice123", username="alice.smith", roles=["editor"])
    return await authenticator.authenticate(issued.token)


async def test_a_delegated_call_is_the_callers_with_the_services_permissions(
    issuer, authenticator, alice
):
    carried = await authenticator.authenticate(issuer.delegate(alice, "api").token)
    assert (carried.subject, carried.username) == ("alice123", "alice.smith")
    assert carried.actor == "api"
    assert not carried.is_service
    assert carried.roles == ("service",)
    assert carried.allows("kernel.documents.write")
    assert not alice.allows("kernel.documents.read")


async def test_a_delegated_call_of_a_service_account_stays_a_service_accounts(
    issuer, authenticator
):
    sync = await authenticator.authenticate(issuer.service_token("scheduler").token)
    carried = await authenticator.authenticate(issuer.delegate(sync, "api").token)
    assert carried.is_service
    assert (carried.subject, carried.actor) == ("scheduler", "api")


async def test_a_chain_of_services_is_kept_in_the_token(issuer, authenticator, alice):
    first = await authenticator.authenticate(issuer.delegate(alice, "events").token)
    claims = jwt.get_unverified_claims(issuer.delegate(first, "api").token)
    assert claims["act"] == {"sub": "api", "act": {"sub": "events"}}


async def test_a_delegated_token_does_not_outlive_the_callers(issuer, authenticator, clock):
    issued = issuer.issue("alice", roles=["editor"], ttl=timedelta(seconds=20))
    alice = await authenticator.authenticate(issued.token)
    assert issuer.delegate(alice, "api").expire_time == issued.expire_time


async def test_delegation_reuses_a_token_until_shortly_before_it_expires(issuer, clock, alice):
    delegation = Delegation(issuer, clock=clock)
    first = delegation.token_for(alice, "api")
    clock.advance(seconds=239)
    assert delegation.token_for(alice, "api") == first
    clock.advance(seconds=2)
    assert delegation.token_for(alice, "api") != first


async def test_delegation_tells_callers_and_services_apart(issuer, clock, authenticator, alice):
    delegation = Delegation(issuer, clock=clock)
    mallory = await authenticator.authenticate(issuer.issue("mallory", roles=["viewer"]).token)
    tokens = {
        delegation.token_for(alice, "api"),
        delegation.token_for(alice, "events"),
        delegation.token_for(mallory, "api"),
        delegation.token_for(None, "api"),
    }
    assert len(tokens) == 4


async def test_without_a_caller_the_service_calls_for_itself(issuer, clock, authenticator):
    token = Delegation(issuer, clock=clock).token_for(None, "api")
    identity = await authenticator.authenticate(token)
    assert (identity.subject, identity.is_service, identity.actor) == ("api", True, "")
