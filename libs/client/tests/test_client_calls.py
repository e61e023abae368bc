"""What calls do when something goes wrong, with a server that answers as it is told."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from google.protobuf.any_pb2 import Any as AnyPb
from google.rpc import error_details_pb2 as details_pb
from google.rpc.status_pb2 import Status
from oms.identity.v1 import identity_service_pb2 as identity
from oms.ontology.v1 import branch_service_pb2 as branches
from oms.ontology.v1 import object_type_service_pb2 as object_types
from oms.ontology.v1 import transfer_service_pb2 as transfers
from oms_client import (
    AsyncClient,
    Client,
    DeadlineExceeded,
    Internal,
    InvalidArgument,
    ResourceExhausted,
    RetryPolicy,
    Unauthenticated,
    Unavailable,
)

FAST = RetryPolicy(first_backoff_s=0.001, max_backoff_s=0.002)
OPTIONS: dict[str, Any] = {"token": "t", "retries": FAST, "timeout_s": 30.0}
TYPE = object_types.CreateObjectTypeResponse(commit_id="c")


def status(code: int, message: str, *details: Any, reason: str = "", **metadata: str) -> Status:
    found = Status(code=code, message=message)
    info = details_pb.ErrorInfo(reason=reason, domain="oms", metadata=metadata)
    for detail in [*([info] if reason else []), *details]:
        packed = AnyPb()
        packed.Pack(detail)
        found.details.append(packed)
    return found


UNAVAILABLE = status(14, "restarting")
EXPIRED = status(16, "the token has expired", reason="TOKEN_EXPIRED")


def retry_info(nanos: int) -> details_pb.RetryInfo:
    info = details_pb.RetryInfo()
    info.retry_delay.nanos = nanos
    return info


Call = Callable[..., Awaitable[Any]]


@pytest.fixture(params=["sync", "async"])
def call(request: pytest.FixtureRequest, scripted: Any) -> Call:
    """Makes `service.method(...)` with either client; gives what it answers, a stream as a list."""

    async def make(
        called: str, /, *given: Any, options: dict[str, Any] = OPTIONS, **fields: Any
    ) -> Any:
        service, _, method = called.partition(".")
        if request.param == "sync":
            with Client(scripted.target, **options) as client:
                bound = getattr(getattr(client, service), method)
                answer = await asyncio.to_thread(bound, *given, **fields)
                return (
                    await asyncio.to_thread(list, answer) if hasattr(answer, "__iter__") else answer
                )
        async with AsyncClient(scripted.target, **options) as aio:
            answer = getattr(getattr(aio, service), method)(*given, **fields)
            return [x async for x in answer] if hasattr(answer, "__aiter__") else await answer

    return make


async def test_a_read_is_repeated_while_the_server_is_unavailable(
    call: Call, scripted: Any
) -> None:
    answer = object_types.GetObjectTypeResponse(commit_id="c")
    scripted.answers += [UNAVAILABLE, UNAVAILABLE, answer]
    assert await call("object_types.get", name="x") == answer
    assert scripted.tokens == ["t"] * 3


async def test_a_change_is_repeated_with_the_request_id_it_was_given(
    call: Call, scripted: Any
) -> None:
    scripted.answers += [UNAVAILABLE, TYPE]
    assert await call("object_types.create", parent="p", object_type_id="Zone") == TYPE
    first, second = (object_types.CreateObjectTypeRequest.FromString(r) for r in scripted.requests)
    assert first == second
    assert len(first.request_id) == 32
    scripted.answers += [TYPE]
    await call("object_types.create", object_types.CreateObjectTypeRequest(request_id="mine"))
    sent = object_types.CreateObjectTypeRequest.FromString(scripted.requests[-1])
    assert sent.request_id == "mine"


async def test_a_change_that_takes_no_request_id_is_made_once(call: Call, scripted: Any) -> None:
    scripted.answers += [UNAVAILABLE]
    with pytest.raises(Unavailable, match="restarting"):
        await call("branches.create", parent="p", branch_id="dev")
    assert len(scripted.requests) == 1


async def test_attempts_end(call: Call, scripted: Any) -> None:
    scripted.answers += [UNAVAILABLE] * 4
    with pytest.raises(Unavailable):
        await call("object_types.get", name="x")
    assert len(scripted.requests) == 4


async def test_a_busy_server_is_asked_again_when_it_says_so(call: Call, scripted: Any) -> None:
    busy = status(
        8, "too many calls", retry_info(1_000_000), reason="LIMIT_EXCEEDED", limit="calls"
    )
    scripted.answers += [busy, branches.GetBranchResponse()]
    await call("branches.get", name="x")
    quota = status(8, "no room left", reason="LIMIT_EXCEEDED", limit="bytes")
    scripted.answers += [quota]
    with pytest.raises(ResourceExhausted) as caught:
        await call("branches.get", name="x")
    assert caught.value.metadata == {"limit": "bytes"}
    assert caught.value.retry_delay_s is None


async def test_a_pause_longer_than_the_deadline_is_told_and_not_made(
    call: Call, scripted: Any
) -> None:
    info = details_pb.RetryInfo()
    info.retry_delay.seconds = 3600
    scripted.answers += [status(8, "later", info, reason="LIMIT_EXCEEDED")]
    with pytest.raises(ResourceExhausted) as caught:
        await call("branches.get", name="x")
    assert caught.value.retry_delay_s == 3600


async def test_an_error_says_all_that_the_server_says(call: Call, scripted: Any) -> None:
    bad = details_pb.BadRequest()
    bad.field_violations.add(field="parent", description="is no ontology")
    bad.field_violations.add(field="object_type_id", description="is too long")
    scripted.answers += [status(3, "2 fields are wrong", bad, reason="INVALID_FIELD")]
    with pytest.raises(InvalidArgument) as caught:
        await call("object_types.create", parent="nope")
    error = caught.value
    assert (error.reason, error.domain) == ("INVALID_FIELD", "oms")
    assert [(v.field, v.description) for v in error.field_violations] == [
        ("parent", "is no ontology"),
        ("object_type_id", "is too long"),
    ]
    assert str(error).splitlines() == [
        "CreateObjectType: INVALID_ARGUMENT [INVALID_FIELD] 2 fields are wrong",
        "  parent: is no ontology",
        "  object_type_id: is too long",
    ]
    unforeseen = status(13, "unforeseen", reason="INTERNAL", reference="r-1")
    scripted.answers += [unforeseen]
    with pytest.raises(Internal, match="reference: r-1") as internal:
        await call("branches.get", name="x")
    assert internal.value.reference == "r-1"


async def test_an_api_key_is_exchanged_and_a_refused_token_renewed_once(
    call: Call, scripted: Any
) -> None:
    options = {**OPTIONS, "token": None, "api_key": "key"}

    def issue(token: str, expires: int = 4_000_000_000) -> identity.ExchangeApiKeyResponse:
        response = identity.ExchangeApiKeyResponse(token=identity.AccessToken(token=token))
        response.token.expire_time.seconds = expires
        return response

    scripted.answers += [issue("one"), EXPIRED, issue("two"), branches.GetBranchResponse()]
    await call("branches.get", name="x", options=options)
    assert scripted.tokens == ["", "one", "", "two"]
    sent = identity.ExchangeApiKeyRequest.FromString(scripted.requests[0])
    assert sent.api_key == "key"
    scripted.tokens.clear()
    scripted.answers += [issue("one"), EXPIRED, issue("two"), EXPIRED]
    with pytest.raises(Unauthenticated, match="has expired"):
        await call("branches.get", name="x", options=options)


async def test_a_token_of_ones_own_is_not_renewed(call: Call, scripted: Any) -> None:
    scripted.answers += [EXPIRED]
    with pytest.raises(Unauthenticated):
        await call("branches.get", name="x")
    tokens = iter(["first", "second"])
    options = {**OPTIONS, "token": lambda: next(tokens)}
    scripted.answers += [UNAVAILABLE, branches.GetBranchResponse()]
    await call("branches.get", name="x", options=options)
    assert scripted.tokens[-2:] == ["first", "second"]


async def test_who_has_no_credentials_is_told_where_they_come_from(
    call: Call, scripted: Any
) -> None:
    scripted.answers += [status(16, "no token was sent", reason="TOKEN_MISSING")]
    with pytest.raises(Unauthenticated) as caught:
        await call("branches.get", name="x", options={**OPTIONS, "token": ""})
    assert "OMS_TOKEN" in caught.value.__notes__[0]


async def test_pages_follow_one_another(call: Call, scripted: Any) -> None:
    def page(*names: str, token: str = "") -> branches.ListBranchesResponse:
        found = [branches.Branch(name=name) for name in names]
        return branches.ListBranchesResponse(branches=found, next_page_token=token)

    scripted.answers += [page("a", "b", token="1"), UNAVAILABLE, page(token="2"), page("c")]
    listed = await call("branches.list", parent="p", page_size=2)
    assert [branch.name for branch in listed] == ["a", "b", "c"]
    asked = [branches.ListBranchesRequest.FromString(r) for r in scripted.requests]
    assert [r.page_token for r in asked] == ["", "1", "1", "2"]
    assert {(r.parent, r.page_size) for r in asked} == {("p", 2)}


async def test_a_stream_is_opened_again_only_before_its_first_message(
    call: Call, scripted: Any
) -> None:
    part = transfers.ExportOntologyResponse()
    scripted.answers += [[UNAVAILABLE], [part, part]]
    assert len(await call("transfer.export_ontology", name="x")) == 2
    scripted.answers += [[part, UNAVAILABLE]]
    with pytest.raises(Unavailable):
        await call("transfer.export_ontology", name="x")


async def test_a_server_that_is_down_is_named() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: nobody answers
        target = f"127.0.0.1:{taken.getsockname()[1]}"
        async with AsyncClient(target, **OPTIONS) as client:
            with pytest.raises(Unavailable, match=f"{target} can't be reached") as caught:
                await client.object_types.get(name="x")
    assert (caught.value.target, caught.value.reason) == (target, "")


async def test_a_server_that_does_not_answer_is_not_waited_for_for_ever() -> None:
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen()  # takes connections and says nothing
        options = {**OPTIONS, "timeout_s": 0.3}
        async with AsyncClient(f"127.0.0.1:{deaf.getsockname()[1]}", **options) as client:
            with pytest.raises((DeadlineExceeded, Unavailable), match=r"in time|reached"):
                await client.object_types.get(name="x")
