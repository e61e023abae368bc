"""A server that is down, slow, broken, or none at all."""

from __future__ import annotations

import asyncio
import socket
from contextlib import aclosing

import pytest
from oms_core.clock import SystemClock
from oms_core.errors import (
    DeadlineExceeded,
    LimitExceeded,
    OmsError,
    PatchConflict,
    PermissionDenied,
    ResourceNotFound,
    ServiceUnavailable,
)
from oms_core.settings import SettingsError
from svc_datakernel.adapters.terminusdb.access import ServerAccess
from svc_datakernel.adapters.terminusdb.store import TerminusStore
from svc_datakernel.domain.graph.requests import Form, Insertion, Selection
from svc_datakernel.domain.graph.store import PatchRequest, Source, Target
from svc_datakernel.domain.graph.view import TransactionDraft
from svc_datakernel.domain.model import Revision

from datakernel_tests.terminusdb.fake_server import Received, Reply
from datakernel_tests.terminusdb.scripts import (
    FIRST,
    PASSWORD,
    Script,
    logged,
    refused,
    scripted,
    told,
)

SOURCE = Source("db", Revision())
TARGET = Target("db", "main")
DRAFT = TransactionDraft("ann", "m")
ONE = Insertion(b'{"@type": "A"}')
HTML = Reply(200, b"<!doctype html><title>Sign in</title>", content_type="text/html")
READ = ("GET", "/document/")
WRITE = ("POST", "/document/")


async def _read(store: TerminusStore, **selection: object) -> list[bytes]:
    stream = await store.read(SOURCE, Selection(**selection), Form())  # type: ignore[arg-type]
    async with aclosing(stream.parts) as parts:  # type: ignore[type-var]
        return [part async for part in parts]


async def _prefixes(store: TerminusStore) -> bytes:
    return (await store.prefixes(SOURCE)).data


async def test_server_that_is_down_is_unavailable() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        endpoint = f"http://127.0.0.1:{free.getsockname()[1]}"
    store = TerminusStore(ServerAccess(endpoint, password=PASSWORD), SystemClock())
    for call in (_read(store), _prefixes(store), store.write(TARGET, DRAFT, ONE), store.check()):
        with pytest.raises(ServiceUnavailable) as raised:
            await call
        assert raised.value.retry_after_s
    await store.close()


async def test_slow_answer_is_a_deadline() -> None:
    async def never(_: Received) -> Reply:
        await asyncio.Event().wait()
        raise AssertionError

    script = Script({READ: never, ("GET", "/prefixes/"): never, WRITE: never})
    async with scripted(script, timeout_s=0.1) as store:
        for call in (_read(store), _prefixes(store), store.write(TARGET, DRAFT, ONE)):
            with pytest.raises(DeadlineExceeded):
                await call


async def test_answer_that_trickles_in_is_bounded_as_a_whole() -> None:
    async def never(_: Received) -> Reply:
        await asyncio.Event().wait()
        raise AssertionError

    script = Script({("GET", "/prefixes/"): never})
    async with scripted(script, timeout_s=60, total_timeout_s=0.1) as store:
        with pytest.raises(DeadlineExceeded, match=r"0\.1 s"):
            await _prefixes(store)


@pytest.mark.parametrize("status", [200, 403, 404, 500, 502, 503])
async def test_page_of_a_proxy_is_no_answer(status: int) -> None:
    page = Reply(status, HTML.body, content_type="text/html")
    script = Script({READ: page, ("GET", "/prefixes/"): page, WRITE: page})
    async with scripted(script, read_attempts=1) as store:
        for call in (_read(store), _prefixes(store), store.write(TARGET, DRAFT, ONE)):
            with pytest.raises((ServiceUnavailable, PermissionDenied)) as raised:
                await call
            assert "Sign in" not in str(raised.value)


async def test_redirect_is_not_followed() -> None:
    away = Reply(302, b"", {"Location": "http://elsewhere.invalid/"})
    async with scripted(Script({READ: away, ("GET", "/prefixes/"): away})) as store:
        with pytest.raises(ServiceUnavailable, match="redirects"):
            await _prefixes(store)
        with pytest.raises(ServiceUnavailable, match="redirects"):
            await _read(store)


async def test_answer_that_is_no_json_is_unavailable() -> None:
    async with scripted(Script({("GET", "/prefixes/"): Reply(200, b"ok")})) as store:
        with pytest.raises(ServiceUnavailable, match="no JSON"):
            await _prefixes(store)


async def test_read_that_breaks_is_tried_again_until_it_works() -> None:
    cut = Reply(200, b'{"a": ', claimed_size=100)
    script = Script({("GET", "/prefixes/"): [None, cut, told({"@base": "x"})]})
    async with scripted(script) as store:
        assert b"@base" in await _prefixes(store)
    assert len(script.received) == 3


async def test_write_that_breaks_is_sent_once_and_its_outcome_is_unknown() -> None:
    script = Script({WRITE: Reply(200, b'["a', claimed_size=100)})
    async with scripted(script) as store:
        with pytest.raises(ServiceUnavailable) as raised:
            await store.write(TARGET, DRAFT, ONE)
    assert raised.value.metadata["outcome"] == "unknown"
    assert script.asked() == [("POST", "/document/admin/db")]


@pytest.mark.parametrize("body", [b'{"a": 1}\n{"b": [2', b'{"a": "}'])
async def test_stream_that_is_cut_gives_what_was_whole_and_then_fails(body: bytes) -> None:
    for reply in (Reply(200, body, claimed_size=1000), Reply(200, body)):
        seen: list[bytes] = []
        async with scripted(Script({READ: reply})) as store:
            stream = await store.read(SOURCE, Selection(), Form())
            async with aclosing(stream.parts) as parts:  # type: ignore[type-var]
                with pytest.raises(ServiceUnavailable):
                    seen.extend([part async for part in parts])
        assert all(part == b'{"a": 1}' for part in seen)


async def test_connection_of_an_unread_stream_is_given_back() -> None:
    script = Script({READ: Reply(200, b'{"a": 1}\n' * 1000)})
    async with scripted(script, pool_size=1, timeout_s=5) as store:
        for _ in range(3):
            stream = await store.read(SOURCE, Selection(), Form())
            await stream.parts.aclose()  # type: ignore[attr-defined]
        assert len(await _read(store)) == 1000


async def test_oversized_answers_are_refused() -> None:
    large = Reply(200, b'{"a": "' + b"x" * 5000 + b'"}')
    script = Script({READ: large, ("GET", "/prefixes/"): large})
    async with scripted(script, most_answer_bytes=1000) as store:
        with pytest.raises(LimitExceeded):
            await _prefixes(store)
        with pytest.raises(LimitExceeded):
            await _read(store)


async def test_wrong_credentials_are_the_kernels_own_fault() -> None:
    reply = refused(401, "api:IncorrectAuthenticationError")
    async with scripted(Script({READ: reply, ("GET", "/info"): reply})) as store:
        for call in (_read(store), store.check()):
            with pytest.raises(ServiceUnavailable, match="credentials"):
                await call


async def test_conflict_is_named_by_document() -> None:
    conflicts = [{"@id": "Device/a", "watts": {"@op": "Conflict"}}]
    script = Script({("POST", "/patch/"): refused(409, "api:PatchConflict", conflicts=conflicts)})
    async with scripted(script) as store:
        with pytest.raises(PatchConflict) as raised:
            await store.patch(TARGET, DRAFT, PatchRequest(b"{}"))
    assert raised.value.preconditions[0].subject == "Device/a"


async def test_deleted_document_answered_as_found_is_not_found() -> None:
    text = b'Status: 404\nContent-type: application/json; charset=UTF-8\n\n{"api:error": '
    text += b'{"@type": "api:DocumentNotFound", "api:document_id": "A/b"}}'
    async with scripted(Script({READ: Reply(200, text)})) as store:
        with pytest.raises(ResourceNotFound, match="A/b"):
            await _read(store, ids=("A/b",))


async def test_no_more_requests_at_once_than_connections() -> None:
    running, most = 0, 0

    async def counted(_: Received) -> Reply:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0)
        running -= 1
        return told({})

    async with scripted(Script({("GET", "/prefixes/"): counted}), pool_size=2) as store:
        await asyncio.gather(*(_prefixes(store) for _ in range(20)))
    assert most <= 2


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 500, 503])
async def test_credentials_are_in_no_error(status: int) -> None:
    reply = Reply(status, b"{}")
    async with scripted(Script({READ: reply, WRITE: reply}), read_attempts=1) as store:
        for call in (_read(store), store.write(TARGET, DRAFT, ONE)):
            with pytest.raises(OmsError) as raised:
                await call
            error: BaseException | None = raised.value
            while error is not None:
                assert PASSWORD not in f"{error!r}{vars(error)}"
                error = error.__cause__ or error.__context__
    assert PASSWORD not in repr(ServerAccess("http://x", password=PASSWORD, token=PASSWORD))


async def test_token_takes_the_place_of_user_and_password() -> None:
    script = Script({("GET", "/prefixes/"): told({})})
    async with scripted(script, token="a.b.c") as store:
        await _prefixes(store)
    assert script.received[0].headers["authorization"] == "Bearer a.b.c"


@pytest.mark.parametrize(
    "endpoint", ["ftp://host", "host:6363", "http://", "http://admin:secret@host"]
)
def test_unusable_endpoint_is_refused_at_the_start(endpoint: str) -> None:
    with pytest.raises(SettingsError) as raised:
        ServerAccess(endpoint).ssl_context()
    assert "secret" not in str(raised.value)


async def test_answered_write_without_a_readable_log_still_fails_typed() -> None:
    script = Script({WRITE: told(["a"], version=FIRST), ("GET", "/log/"): told([])})
    async with scripted(script) as store:
        with pytest.raises(ResourceNotFound):
            await store.write(TARGET, DRAFT, ONE)
    assert logged(FIRST)["identifier"] == FIRST
