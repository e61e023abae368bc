"""One HTTP/1.1 connection: a call at a time, nothing unbounded.

h11 reads the protocol, unless an answer is plain; this adds the socket, the limits and the
question whether another call may follow.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any, Final, cast

import h11

from oms_outbound.addresses import Address
from oms_outbound.errors import ConnectionLost, ProtocolFailure, ResponseTooLarge
from oms_outbound.plain import Answer, plain_answer

# Reading stops while so much is waiting to be parsed.
_HIGH_WATER: Final = 64 * 1024
# What is parsed in one go: a head has to be complete within its limit and this.
_BITE: Final = 8 * 1024
_MAX_RESPONSE_HEADERS: Final = 128
_MAX_INTERIM: Final = 8
_VERSIONS: Final = (b"1.0", b"1.1")


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of an answer is read, in bytes."""

    header_bytes: int
    body_bytes: int

    @property
    def wire_bytes(self) -> int:
        """Everything that may be read for one answer: chunks can cost more than they carry."""
        return self.header_bytes + 4 * self.body_bytes + 64 * 1024

    @property
    def pieces(self) -> int:
        """How many chunks are read for one answer: each costs time, however small."""
        return 1024 + self.body_bytes // 512


class Connection(asyncio.Protocol):
    """A connection to a checked address.

    Attributes:
        host: As the URL names it, for errors.
        address: The address it was opened to.
    """

    def __init__(self, host: str, address: Address, limits: Limits, opened_at: float) -> None:
        self.host = host
        self.address = address
        self.opened_at = opened_at
        self.idle_since = opened_at
        self.calls = 0
        self.closed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._limits = limits
        self._http: h11.Connection | None = None
        self._transport: asyncio.Transport
        self._inbox = bytearray()
        self._received = 0
        self._is_over = False
        self._is_broken = False
        self._is_paused = False
        self._is_busy = False
        self._is_spent = False
        self._waiter: asyncio.Future[None] | None = None

    # The event loop calls these.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's has no common base

    def data_received(self, data: bytes) -> None:
        if not self._is_busy:
            # Nobody asked: what comes unasked must not be taken for the next answer.
            self.abort()
            return
        self._inbox += data
        if len(self._inbox) >= _HIGH_WATER:
            self._is_paused = True
            self._transport.pause_reading()
        self._wake()

    def eof_received(self) -> None:
        self._is_over = True
        self._wake()

    def connection_lost(self, exc: Exception | None) -> None:
        self._is_over = True
        self._is_broken = exc is not None
        self._wake()
        if not self.closed.done():
            self.closed.set_result(None)

    # Callers use these.

    @property
    def is_usable(self) -> bool:
        """Whether another call may be sent."""
        return (
            not self._is_over
            and not self._is_busy
            and not self._is_spent
            and not self._transport.is_closing()
        )

    def abort(self) -> None:
        """Closes at once, without a word."""
        self._is_over = True
        self._transport.abort()

    def close(self) -> None:
        """Closes an idle connection in good order."""
        self._is_over = True
        self._transport.close()

    async def exchange(
        self, method: str, target: str, headers: list[tuple[str, str]], body: bytes
    ) -> Answer:
        """Sends a request and reads its answer up to the limits.

        The connection is usable afterwards or closed; cancelled, it is closed.

        Raises:
            ConnectionLost, ProtocolFailure, ResponseTooLarge: see there.
        """
        self._is_busy = True
        # Until it is known how the answer ends.
        self._is_spent = True
        self._received = 0
        self.calls += 1
        try:
            self._transport.write(_request(method, target, headers, body))
            if not self._inbox:
                await self._something()
            answer = self._plain(method) or await self._read(method, target, headers, body)
            self._finish(answer)
        except h11.RemoteProtocolError as exc:
            raise self._failure(exc) from None
        finally:
            self._http = None
            self._is_busy = False
            if not self.is_usable:
                self.abort()
        return answer

    def _plain(self, method: str) -> Answer | None:
        if method == "HEAD" or len(self._inbox) > _BITE:
            return None
        answer = plain_answer(
            bytes(self._inbox),
            header_bytes=self._limits.header_bytes,
            headers=_MAX_RESPONSE_HEADERS,
            body_bytes=self._limits.body_bytes,
        )
        if answer is not None:
            self._inbox.clear()
        return answer

    async def _read(
        self, method: str, target: str, headers: list[tuple[str, str]], body: bytes
    ) -> Answer:
        limit = self._limits.header_bytes
        self._http = http = h11.Connection(h11.CLIENT, max_incomplete_event_size=limit)
        # What these return was sent already.
        http.send(h11.Request(method=method, target=target, headers=headers))
        if body:
            http.send(h11.Data(data=body))
        http.send(h11.EndOfMessage())
        head = await self._read_head(http)
        fields = tuple((k.decode("latin-1"), v.decode("latin-1")) for k, v in head.headers)
        kept, is_truncated = await self._read_body(http)
        return Answer(head.status_code, fields, kept, is_truncated)

    async def _read_head(self, http: h11.Connection) -> h11.Response:
        for _ in range(_MAX_INTERIM):
            event = await self._next_event(http)
            if isinstance(event, h11.Response) and event.http_version in _VERSIONS:
                self._check_head(event)
                return event
            if not isinstance(event, h11.InformationalResponse):
                raise ProtocolFailure(self.host, "sent no answer of HTTP/1.1")
        raise ProtocolFailure(self.host, f"sent more than {_MAX_INTERIM} interim answers")

    def _check_head(self, head: h11.Response) -> None:
        fields = list(head.headers)
        size = sum(len(name) + len(value) + 4 for name, value in fields)
        if size > self._limits.header_bytes or len(fields) > _MAX_RESPONSE_HEADERS:
            raise self._too_large()

    async def _read_body(self, http: h11.Connection) -> tuple[bytes, bool]:
        kept = bytearray()
        for _ in range(self._limits.pieces):
            event = await self._next_event(http)
            if not isinstance(event, h11.Data):  # the end of the message
                return bytes(kept), False
            kept += event.data
            is_too_long = len(kept) > self._limits.body_bytes
            if is_too_long or self._received > self._limits.wire_bytes:
                break
        return bytes(kept[: self._limits.body_bytes]), True

    async def _next_event(self, http: h11.Connection) -> Any:
        while (event := http.next_event()) is h11.NEED_DATA:
            http.receive_data(await self._receive())
        return event

    async def _something(self) -> None:
        """Waits until something came, or nothing will."""
        while not self._inbox and not self._is_over:
            self._waiter = asyncio.get_running_loop().create_future()
            await self._waiter

    async def _receive(self) -> bytes:
        await self._something()
        if not self._inbox:
            if self._received == 0 or not self._is_readable_to_the_end:
                raise ConnectionLost(self.host, is_before_answer=self._received == 0)
            return b""
        data = bytes(self._inbox[:_BITE])
        del self._inbox[:_BITE]
        self._received += len(data)
        if self._is_paused and not self._inbox and not self._is_over:
            self._is_paused = False
            self._transport.resume_reading()
        return data

    @property
    def _is_readable_to_the_end(self) -> bool:
        # An answer without a length ends with its connection; h11 knows which one that is.
        http = self._http
        return not self._is_broken and http is not None and http.their_state is h11.SEND_BODY

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def _finish(self, answer: Answer) -> None:
        is_complete = not answer.is_truncated and not self._inbox and not self._is_over
        is_sent = self._transport.get_write_buffer_size() == 0
        self._is_spent = not (is_complete and is_sent and self._ends_plainly(answer))

    def _ends_plainly(self, answer: Answer) -> bool:
        """Whether it is beyond doubt where the answer ended."""
        http = self._http
        if http is None:
            return True
        # A peer that gives two lengths may be one of two that disagree on where this ends.
        both = {name for name, _ in answer.headers} >= {"content-length", "transfer-encoding"}
        return (
            not both
            and http.trailing_data == (b"", False)
            and http.our_state is h11.DONE
            and http.their_state is h11.DONE
        )

    def _failure(self, exc: h11.RemoteProtocolError) -> Exception:
        if exc.error_status_hint == 431:
            return self._too_large()
        if self._is_over and not self._inbox:
            return ConnectionLost(self.host, is_before_answer=False)
        # What the peer sent is not repeated: it may be anything.
        return ProtocolFailure(self.host, "sent something that is not HTTP/1.1")

    def _too_large(self) -> ResponseTooLarge:
        limit = self._limits.header_bytes
        return ResponseTooLarge(
            self.host,
            f"sent an answer whose head exceeds {limit} bytes or {_MAX_RESPONSE_HEADERS} headers",
        )


def _request(method: str, target: str, headers: list[tuple[str, str]], body: bytes) -> bytes:
    """A request as it is sent. Its parts were checked; line breaks in them are looked for again."""
    lines = [f"{method} {target} HTTP/1.1", *(f"{name}: {value}" for name, value in headers)]
    head = "\r\n".join(lines)
    if head.count("\r") != len(headers) or head.count("\n") != len(headers):
        raise ValueError("a part of a request holds a line break")
    return b"%b\r\n\r\n%b" % (head.encode("ascii"), body)
