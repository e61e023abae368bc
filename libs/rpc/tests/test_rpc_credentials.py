from __future__ import annotations

import contextvars

from oms_core.call import Call, enter_call
from oms_core.identity import Identity
from oms_rpc import CallersOwnToken
from oms_rpc.peer import Forwarding

ALICE = Identity("alice123", "alice", (), frozenset(), token="alices")


class Exchange:
    """Names the caller and the service in place of a token."""

    def token_for(self, identity: Identity | None, service: str) -> str:
        return f"{identity.subject if identity else 'nobody'}-by-{service}"


def sent(forwarding: Forwarding, call: Call | None, given=None) -> str | None:
    """The `authorization` of a call to a peer, made while `call` is served."""

    def make() -> str | None:
        if call is not None:
            enter_call(call)
        return dict(forwarding.metadata(given)).get("authorization")

    return contextvars.copy_context().run(make)


def test_the_callers_own_token_is_passed_on_by_default():
    forwarding = Forwarding("datakernel", service="api", credentials=CallersOwnToken())
    assert sent(forwarding, Call("/m", "r", ALICE)) == "Bearer alices"
    assert sent(forwarding, None) is None


def test_a_service_may_send_another_token_for_its_caller():
    forwarding = Forwarding("datakernel", service="api", credentials=Exchange())
    assert sent(forwarding, Call("/m", "r", ALICE)) == "Bearer alice123-by-api"


def test_a_worker_calls_for_its_service():
    forwarding = Forwarding("datakernel", service="api", credentials=Exchange())
    assert sent(forwarding, None) == "Bearer nobody-by-api"


def test_a_service_lends_its_rights_to_no_stranger():
    forwarding = Forwarding("datakernel", service="api", credentials=Exchange())
    assert sent(forwarding, Call("/m", "r", identity=None)) is None


def test_a_token_given_with_the_call_wins():
    forwarding = Forwarding("datakernel", service="api", credentials=Exchange())
    given = [("authorization", "Bearer given")]
    assert sent(forwarding, Call("/m", "r", ALICE), given) == "Bearer given"
