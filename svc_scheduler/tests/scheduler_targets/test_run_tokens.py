"""Whom a run acts as, and what it may do."""

from __future__ import annotations

from datetime import timedelta

import pytest
from oms_security import TokenAuthenticator, TokenIssuer
from oms_testing.suite import security_settings
from svc_scheduler.adapters.targets.identity import RunTokens

SETTINGS = security_settings()
TOKENS = RunTokens(TokenIssuer(SETTINGS))
HOUR = timedelta(hours=1)


async def lent(roles, permissions, ttl=HOUR):
    token = TOKENS.token("nightly", roles, permissions, ttl)
    return await TokenAuthenticator(SETTINGS).authenticate(token)


async def test_a_run_is_a_service_account_of_its_job_that_the_scheduler_acts_for():
    identity = await lent(["editor"], ["ontology.branches.read"])
    assert (identity.subject, identity.username) == ("jobs/nightly", "jobs/nightly")
    assert (identity.is_service, identity.actor) == (True, "scheduler")


@pytest.mark.parametrize(
    ("roles", "permissions", "may"),
    [
        (["viewer"], ["ontology.branches.*"], {"ontology.branches.read"}),
        (["administrator"], ["ontology.branches.*"], {"ontology.branches.*"}),
        (["viewer", "viewer"], ["kernel.documents.read"], set()),
        (["was-removed", "viewer"], ["ontology.branches.read"], {"ontology.branches.read"}),
        (["was-removed"], ["ontology.branches.read"], set()),
        ([], ["ontology.branches.read"], set()),
        (["administrator"], [], set()),
    ],
)
async def test_it_may_do_what_its_job_names_and_its_author_may(roles, permissions, may):
    assert (await lent(roles, permissions)).permissions == may


@pytest.mark.parametrize("ttl", [timedelta(), timedelta(days=2), timedelta(seconds=-1)])
async def test_a_life_out_of_range_is_brought_into_it(ttl):
    identity = await lent(["viewer"], ["ontology.branches.read"], ttl)
    assert identity.allows("ontology.branches.read")
