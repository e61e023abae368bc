"""Answers that are read without h11: never otherwise than h11 would."""

from __future__ import annotations

import h11
import pytest
from hypothesis import given
from hypothesis import strategies as st
from oms_outbound.plain import Answer, plain_answer


def read(received: bytes) -> Answer | None:
    return plain_answer(received, header_bytes=4096, headers=16, body_bytes=64)


def by_h11(received: bytes) -> tuple[int, tuple[tuple[str, str], ...], bytes]:
    """What h11 reads, which has to be a whole answer after which another call may follow."""
    http = h11.Connection(h11.CLIENT)
    request = h11.Request(
        method="POST", target="/", headers=[("host", "a"), ("content-length", "0")]
    )
    http.send(request)
    http.send(h11.EndOfMessage())
    http.receive_data(received)
    head, body = http.next_event(), b""
    assert isinstance(head, h11.Response)
    while isinstance(event := http.next_event(), h11.Data):
        body += event.data
    assert isinstance(event, h11.EndOfMessage)
    assert http.trailing_data == (b"", False)
    assert http.their_state is h11.DONE
    fields = tuple(
        (name.decode("latin-1"), value.decode("latin-1")) for name, value in head.headers
    )
    return head.status_code, fields, body


_LINES = st.sampled_from(
    [
        "Content-Length: 2",
        "content-length:2",
        "Content-Length: 0",
        "Content-Length: +2",
        "Content-Length: 2, 2",
        "Content-Length: 99",
        "Connection: close",
        "Connection: keep-alive",
        "Transfer-Encoding: chunked",
        "Upgrade: websocket",
        "Server: some words, and more",
        "X-Empty:",
        "X-Tail: a ",
        " folded",
        "Bad Name: x",
        "X-Null: a\0b",
        "no colon",
    ]
)
_STATUS = st.sampled_from(
    ["200 OK", "200", "204 No Content", "304 Not Modified", "410 Gone", "100 Continue", "99", "20x"]
)
_BODY = st.sampled_from(["", "ok", "o", "okHTTP/1.1 200 OK\r\n\r\n", "\r\n\r\n"])


@given(
    version=st.sampled_from(["HTTP/1.1", "HTTP/1.0", "HTTP/2", "http/1.1"]),
    status=_STATUS,
    lines=st.lists(_LINES, max_size=4),
    end=st.sampled_from(["\r\n", "\n"]),
    body=_BODY,
)
def test_plain_answer_is_what_h11_reads(version, status, lines, end, body):
    received = (end.join([f"{version} {status}", *lines]) + end * 2 + body).encode("latin-1")
    answer = read(received)
    if answer is not None:
        assert (answer.status, answer.headers, answer.body) == by_h11(received)
        assert not answer.is_truncated


@pytest.mark.parametrize(
    "received",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
        b"HTTP/1.1 204 No Content\r\nServer: nginx\r\nConnection: keep-alive\r\n\r\n",
        b"HTTP/1.1 204\r\n\r\n",
        b"HTTP/1.1 503 Busy\r\nRetry-After: 9\r\nContent-Length: 0\r\n\r\n",
    ],
)
def test_usual_answers_are_plain(received):
    answer = read(received)
    assert answer is not None
    assert (answer.status, answer.headers, answer.body) == by_h11(received)


@pytest.mark.parametrize(
    "received",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nok",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nok",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nok",
        b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n\r\n",
        b"HTTP/1.1 204 No Content\r\nContent-Length: 2\r\n\r\nok",
        b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 65\r\n\r\n" + b"x" * 65,
        b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n" + b"X: y\r\n" * 16 + b"\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX: " + b"y" * 4096 + b"\r\n\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\n",
    ],
)
def test_everything_else_is_left_to_h11(received):
    assert read(received) is None
