"""Calls that go well, and what they send."""

from __future__ import annotations

import asyncio

import pytest
from oms_core.errors import InvalidField
from oms_outbound import OutboundRequest, UrlRefused


async def test_request_arrives_and_answer_comes_back(serve, open_client, resolver):
    server = await serve()
    resolver.answer("sink.example", ["127.0.0.1"])
    client = await open_client()
    response = await client.send(
        OutboundRequest(
            url=f"http://Sink.Example:{server.port}/hook?x=1",
            headers={"Content-Type": "application/json", "X-Trace": "a b"},
            body=b'{"n": 1}',
        )
    )
    assert (response.status, response.body, response.is_truncated) == (200, b"ok", False)
    assert response.header("Content-Length") == "2"
    assert str(response.address) == "127.0.0.1"
    head, _, body = server.requests[0].partition(b"\r\n\r\n")
    assert body == b'{"n": 1}'
    assert head.split(b"\r\n") == [
        b"POST /hook?x=1 HTTP/1.1",
        b"host: sink.example:%d" % server.port,
        b"user-agent: OMS-Outbound/0.1",
        b"content-type: application/json",
        b"x-trace: a b",
        b"accept-encoding: identity",
        b"content-length: 8",
    ]


async def test_get_sends_no_content_length_and_empty_post_sends_zero(serve, open_client):
    server = await serve()
    client = await open_client()
    url = f"http://127.0.0.1:{server.port}/"
    await client.send(OutboundRequest(url=url, method="GET"))
    await client.send(OutboundRequest(url=url, method="POST"))
    assert b"content-length" not in server.requests[0]
    assert b"content-length: 0\r\n" in server.requests[1]


async def test_ipv6_literal_is_called_with_brackets_in_host(serve, open_client):
    server = await serve(host="::1")
    client = await open_client()
    response = await client.send(OutboundRequest(url=f"http://[::1]:{server.port}/"))
    assert str(response.address) == "::1"
    assert b"host: [::1]:%d\r\n" % server.port in server.requests[0]


async def test_connection_is_kept_for_the_next_call(serve, open_client):
    server = await serve()
    client = await open_client()
    request = OutboundRequest(url=f"http://127.0.0.1:{server.port}/")
    first = await client.send(request)
    second = await client.send(request)
    assert (first.is_reused, second.is_reused) == (False, True)
    assert len(server.peers) == 1
    assert first.timings.connect_s > 0
    assert first.timings.total_s >= first.timings.connect_s


async def test_environment_names_no_proxy(serve, open_client, monkeypatch):
    server, proxy = await serve(), await serve()
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
    client = await open_client()
    await client.send(OutboundRequest(url=f"http://127.0.0.1:{server.port}/"))
    assert (len(server.requests), proxy.peers) == (1, [])


async def test_redirect_is_an_answer_and_nothing_more(serve, open_client):
    async def redirect(peer):
        await peer.request()
        peer.answer(
            b"", status="307 Temporary", headers="location: http://169.254.169.254/latest/\r\n"
        )

    server = await serve(redirect)
    client = await open_client()
    response = await client.send(OutboundRequest(url=f"http://127.0.0.1:{server.port}/"))
    assert (response.status, response.header("location")) == (
        307,
        "http://169.254.169.254/latest/",
    )
    # The place it points to is refused when somebody calls it, too.
    with pytest.raises(UrlRefused):
        await client.send(OutboundRequest(url=response.header("location")))
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("method", {"method": "CONNECT"}),
        ("method", {"method": "TRACE"}),
        ("method", {"method": "get"}),
        ("method", {"method": "GET / HTTP/1.1\r\nX:"}),
        ("body", {"body": b"x" * 1025}),
        ("headers[host]", {"headers": {"Host": "internal"}}),
        ("headers[content-length]", {"headers": {"Content-Length": "1"}}),
        ("headers[transfer-encoding]", {"headers": {"Transfer-Encoding": "chunked"}}),
        ("headers[connection]", {"headers": {"Connection": "x"}}),
        ("headers[proxy-authorization]", {"headers": {"Proxy-Authorization": "x"}}),
        ("headers[authorization]", {"headers": {"Authorization": "Bearer secret"}}),
        ("headers[cookie]", {"headers": [("Cookie", "a=secret")]}),
        ("headers[x-a]", {"headers": {"X-A": "secret\r\nX-B: c"}}),
        ("headers[x-a]", {"headers": {"X-A": "secret\n"}}),
        ("headers[x-a]", {"headers": {"X-A": " secret"}}),
        ("headers[x-a]", {"headers": {"X-A": "sécret"}}),
        ("headers[x-a]", {"headers": {"X-A": "secret\x00"}}),
        ("headers", {"headers": {"X A": "1"}}),
        ("headers", {"headers": {"": "1"}}),
        ("headers", {"headers": {"X\r\nY": "1"}}),
        ("headers", {"headers": [("x-a", "1")] * 65}),
        ("headers", {"headers": [("x-a", "1" * 9000)] * 2}),
    ],
)
async def test_request_out_of_bounds_is_refused_before_anything_is_sent(
    open_client, resolver, field, change
):
    client = await open_client(max_request_bytes=1024)
    with pytest.raises(InvalidField) as caught:
        await client.send(OutboundRequest(url="http://sink.example/", **change))
    assert [violation.field for violation in caught.value.fields] == [field]
    assert "secret" not in caught.value.message
    assert resolver.asked == []


async def test_credentials_are_sent_where_the_policy_allows_them(serve, open_client):
    server = await serve()
    client = await open_client(allow_credentials=True)
    await client.send(
        OutboundRequest(
            url=f"http://127.0.0.1:{server.port}/", headers={"Authorization": "Bearer t"}
        )
    )
    assert b"authorization: Bearer t\r\n" in server.requests[0]


async def test_many_calls_at_once_share_the_bounded_connections(serve, open_client):
    server = await serve()
    client = await open_client(max_connections_per_host=4)
    request = OutboundRequest(url=f"http://127.0.0.1:{server.port}/")
    answers = await asyncio.gather(*(client.send(request) for _ in range(100)))
    assert {answer.status for answer in answers} == {200}
    assert len(server.peers) == 4
