"""Servers that are slow, endless, broken or cunning."""

from __future__ import annotations

import asyncio
import gzip
import socket
import struct

import pytest
from oms_outbound import (
    ConnectionLost,
    OutboundErrorKind,
    OutboundRequest,
    OutboundTimeout,
    ProtocolFailure,
    ResponseTooLarge,
)

KIB = 1024


def to(server, **options) -> OutboundRequest:
    return OutboundRequest(url=f"http://127.0.0.1:{server.port}/", **options)


def sending(*parts: bytes, is_endless: bool = False):
    """A handler that sends some bytes to whoever asks, the last ones for ever if told."""

    async def handler(peer):
        await peer.request()
        for part in parts:
            peer.writer.write(part)
        while is_endless:
            peer.writer.write(parts[-1])
            await peer.writer.drain()
        await peer.gone()

    return handler


HEAD = b"HTTP/1.1 200 OK\r\n"
CHUNKED = HEAD + b"transfer-encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    "parts",
    [
        (),
        (b"HTTP/1.1 200 O",),
        (HEAD + b"x-a: 1\r\n",),
        (HEAD + b"content-length: 10\r\n\r\n12345",),
        (CHUNKED + b"5\r\nabc",),
        (HEAD + b"\r\nread until the end",),
    ],
)
async def test_answer_that_never_ends_meets_the_total_timeout(serve, open_client, parts):
    left = asyncio.Event()
    send = sending(*parts)

    async def handler(peer):
        await send(peer)
        left.set()

    server = await serve(handler)
    client = await open_client(total_timeout_s=0.3)
    with pytest.raises(OutboundTimeout) as caught:
        await client.send(to(server))
    assert caught.value.phase == "response"
    await left.wait()  # the connection was closed, not kept


@pytest.mark.parametrize(
    "parts",
    [
        (HEAD, b"x-a: " + b"a" * 17 * KIB + b"\r\ncontent-length: 0\r\n\r\n"),
        (HEAD + b"x: y\r\n" * 129 + b"content-length: 0\r\n\r\n",),
        (HEAD, b"x-a: " + b"a" * KIB + b"\r\n"),
        (b"HTTP/1.1 200 " + b"O" * KIB,),
        (CHUNKED + b"0\r\n", b"x-a: " + b"a" * KIB + b"\r\n"),
        (CHUNKED + b"1;", b"e" * KIB),
    ],
)
async def test_endless_or_huge_head_is_too_large(serve, open_client, parts):
    server = await serve(sending(*parts, is_endless=not parts[-1].endswith(b"\r\n\r\n")))
    client = await open_client()
    with pytest.raises(ResponseTooLarge) as caught:
        await client.send(to(server))
    assert caught.value.kind is OutboundErrorKind.RESPONSE_TOO_LARGE


async def test_head_within_the_limit_is_read(serve, open_client):
    server = await serve(
        sending(HEAD + b"x-a: " + b"a" * 15 * KIB + b"\r\ncontent-length: 2\r\n\r\nok")
    )
    client = await open_client()
    response = await client.send(to(server))
    assert (len(response.header("x-a")), response.body) == (15 * KIB, b"ok")


@pytest.mark.parametrize(
    "parts",
    [
        (HEAD + b"content-length: 10000000000\r\n\r\n", b"a" * 4 * KIB),
        (HEAD + b"\r\n", b"a" * 4 * KIB),
        (CHUNKED, b"1000\r\n" + b"a" * 4 * KIB + b"\r\n"),
        (CHUNKED + b"ffffffff\r\n", b"a" * 4 * KIB),
    ],
)
async def test_endless_body_is_cut_and_its_connection_closed(serve, open_client, parts):
    left = asyncio.Event()

    async def handler(peer):
        try:
            await sending(*parts, is_endless=True)(peer)
        finally:
            left.set()

    server = await serve(handler)
    client = await open_client()
    response = await client.send(to(server))
    assert (response.status, response.is_truncated) == (200, True)
    assert response.body == b"a" * 16 * KIB
    await left.wait()


@pytest.mark.parametrize(
    ("chunk", "most"),
    [
        (b"1\r\na\r\n", 1024 + 16 * KIB // 512),
        (b"1;" + b"e" * 200 + b"\r\na\r\n", 160 * KIB // 207),
    ],
)
async def test_endless_tiny_chunks_are_cut_by_what_they_cost(serve, open_client, chunk, most):
    server = await serve(sending(CHUNKED, chunk * 100, is_endless=True))
    client = await open_client()
    response = await client.send(to(server))
    assert response.is_truncated
    assert set(response.body) == {ord("a")}
    assert 100 < len(response.body) <= most


async def test_body_of_exactly_the_limit_is_whole(serve, open_client):
    async def handler(peer):
        while await peer.request():
            peer.answer(b"a" * 16 * KIB)

    server = await serve(handler)
    client = await open_client()
    for is_reused in (False, True):
        response = await client.send(to(server))
        assert (len(response.body), response.is_truncated) == (16 * KIB, False)
        assert response.is_reused == is_reused


async def test_compressed_body_stays_compressed(serve, open_client):
    bomb = gzip.compress(bytes(10 * KIB * KIB), 9)

    async def handler(peer):
        await peer.request()
        peer.answer(bomb, headers="content-encoding: gzip\r\n")

    server = await serve(handler)
    client = await open_client()
    response = await client.send(to(server))
    assert response.body == bomb
    assert response.header("content-encoding") == "gzip"
    assert b"accept-encoding: identity\r\n" in server.requests[0]


@pytest.mark.parametrize(
    ("answer", "is_before_answer"),
    [
        (b"", True),
        (b"HTTP/1.1 200", False),
        (HEAD + b"content-length: 10\r\n\r\nabc", False),
        (CHUNKED + b"3\r\nabc\r\n", False),
        (b"HTTP/1.1 100 Continue\r\n\r\n", False),
    ],
)
async def test_half_closed_connection_is_a_lost_one(serve, open_client, answer, is_before_answer):
    async def handler(peer):
        await peer.request()
        peer.writer.write(answer)
        peer.writer.write_eof()
        await peer.gone()

    server = await serve(handler)
    client = await open_client()
    with pytest.raises(ConnectionLost) as caught:
        await client.send(to(server))
    assert caught.value.is_before_answer == is_before_answer


async def test_reset_in_the_middle_of_a_body_without_length_is_a_lost_connection(
    serve, open_client
):
    async def handler(peer):
        await peer.request()
        peer.writer.write(HEAD + b"\r\nabc")
        await peer.writer.drain()
        seen.set()
        await reset.wait()
        peer.writer.transport.abort()

    seen, reset = asyncio.Event(), asyncio.Event()
    server = await serve(handler)
    client = await open_client(max_request_bytes=64 * KIB * KIB)
    call = asyncio.create_task(client.send(to(server, body=b"x" * 100)))
    await seen.wait()
    # Closing without lingering makes it a reset.
    raw = server.peers[0].writer.get_extra_info("socket")
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    reset.set()
    with pytest.raises(ConnectionLost):
        await call


async def test_body_without_length_ends_with_its_connection(serve, open_client):
    async def handler(peer):
        await peer.request()
        peer.writer.write(HEAD + b"\r\nall of it")

    server = await serve(handler)
    client = await open_client()
    for _ in range(2):
        response = await client.send(to(server))
        assert (response.body, response.is_truncated) == (b"all of it", False)
        assert not response.is_reused


@pytest.mark.parametrize(
    "answer",
    [
        b"SSH-2.0-OpenSSH_9.6 internal-banner\r\n\r\n",
        b"-ERR internal-banner\r\n\r\n",
        b"\x15\x03\x01\x00\x02\x02\x16internal-banner",
        b"HTTP/2.0 200 OK\r\n\r\n",
        b"HTTP/1.1 99 internal-banner\r\n\r\n",
        HEAD + b"internal-banner\r\n\r\n",
        HEAD + b"x\x00y: internal-banner\r\n\r\n",
        HEAD + b"content-length: 1\r\ncontent-length: 2\r\n\r\nab",
        HEAD + b"content-length: -1\r\n\r\n",
        HEAD + b"transfer-encoding: gzip\r\n\r\n",
        CHUNKED + b"internal-banner\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\n\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\n" * 9,
    ],
)
async def test_what_is_not_http_is_refused_and_not_repeated(serve, open_client, answer):
    server = await serve(sending(answer))
    client = await open_client(total_timeout_s=5)
    with pytest.raises(ProtocolFailure) as caught:
        await client.send(to(server))
    assert "internal-banner" not in f"{caught.value!r} {caught.value.metadata}"
    assert caught.value.__cause__ is None


async def test_interim_answers_are_passed_over(serve, open_client):
    server = await serve(
        sending(
            b"HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n" + HEAD + b"content-length: 0\r\n\r\n"
        )
    )
    client = await open_client()
    assert (await client.send(to(server))).status == 200


@pytest.mark.parametrize(
    "answer",
    [
        HEAD + b"content-length: 2\r\n\r\nok" + HEAD + b"content-length: 4\r\n\r\nevil",
        CHUNKED.replace(b"\r\n\r\n", b"\r\ncontent-length: 3\r\n\r\n") + b"2\r\nok\r\n0\r\n\r\n",
        HEAD + b"connection: close\r\ncontent-length: 2\r\n\r\nok",
        b"HTTP/1.0 200 OK\r\ncontent-length: 2\r\n\r\nok",
    ],
)
async def test_connection_of_a_doubtful_answer_serves_no_other_call(serve, open_client, answer):
    server = await serve(sending(answer))
    client = await open_client()
    for _ in range(2):
        response = await client.send(to(server))
        assert (response.body, response.is_reused) == (b"ok", False)


async def test_answer_that_nobody_asked_for_is_nobodys(serve, open_client):
    cut = asyncio.Event()

    async def handler(peer):
        await peer.request()
        peer.answer(b"first")
        await ready.wait()
        peer.answer(b"evil")
        await peer.gone()
        cut.set()

    ready = asyncio.Event()
    server = await serve(handler)
    client = await open_client()
    assert (await client.send(to(server))).body == b"first"
    ready.set()
    await cut.wait()
    response = await client.send(to(server))
    assert (response.body, response.is_reused) == (b"first", False)


async def close_at_second_request(peer) -> None:
    await peer.request()
    peer.answer()
    await peer.request()


async def test_repeatable_call_is_sent_again_when_its_kept_connection_was_closed(
    serve, open_client
):
    server = await serve(close_at_second_request)
    client = await open_client()
    await client.send(to(server))
    response = await client.send(to(server, is_repeatable=True, body=b"again"))
    assert (response.status, response.is_reused) == (200, False)
    assert [request.endswith(b"again") for request in server.requests] == [False, True, True]
    assert (await client.send(to(server, method="GET"))).status == 200


async def test_other_call_is_not_sent_again(serve, open_client):
    server = await serve(close_at_second_request)
    client = await open_client()
    await client.send(to(server))
    with pytest.raises(ConnectionLost):
        await client.send(to(server))
    assert len(server.requests) == 2


async def test_call_whose_answer_had_begun_is_not_sent_again(serve, open_client):
    async def handler(peer):
        await peer.request()
        peer.answer()
        await peer.request()
        peer.writer.write(HEAD + b"content-length: 5\r\n\r\nhal")

    server = await serve(handler)
    client = await open_client()
    await client.send(to(server, method="GET"))
    with pytest.raises(ConnectionLost):
        await client.send(to(server, method="GET"))
    assert len(server.requests) == 2


async def test_answer_before_the_whole_body_was_read_is_taken(serve, open_client):
    async def handler(peer):
        await peer.reader.readuntil(b"\r\n\r\n")
        peer.answer(b"too much", status="413 Content Too Large")
        await peer.gone()

    server = await serve(handler)
    client = await open_client(max_request_bytes=64 * KIB * KIB)
    response = await client.send(to(server, body=bytes(64 * KIB * KIB)))
    assert (response.status, response.body) == (413, b"too much")
    # What was left of the body is not taken for the next request.
    assert not (await client.send(to(server))).is_reused
