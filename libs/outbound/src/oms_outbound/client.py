"""Calls to the outside."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from dataclasses import dataclass
from types import TracebackType
from typing import Final, Self

from oms_core.clock import Clock, SystemClock
from oms_core.errors import InvalidField

from oms_outbound.connection import Connection
from oms_outbound.dial import Dialer
from oms_outbound.errors import ConnectionLost, OutboundTimeout, Phase
from oms_outbound.headers import check_headers
from oms_outbound.messages import OutboundRequest, OutboundResponse, Timings
from oms_outbound.plain import Answer
from oms_outbound.policy import OutboundPolicy
from oms_outbound.pool import Pool, Slots, origin_of
from oms_outbound.resolver import Resolver, SystemResolver
from oms_outbound.targets import Targets
from oms_outbound.urls import CheckedUrl, check_url

METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
# RFC 9110, 9.2.2
_IDEMPOTENT: Final = frozenset({"GET", "HEAD", "PUT", "DELETE", "OPTIONS"})
_BODY_EXPECTED: Final = frozenset({"POST", "PUT", "PATCH"})
_MAX_CHECKED_URLS: Final = 4096


@dataclass(frozen=True, slots=True)
class _Prepared:
    url: CheckedUrl
    method: str
    headers: list[tuple[str, str]]
    body: bytes
    timeout_s: float
    is_repeatable: bool


@dataclass(slots=True)
class _Progress:
    """When each phase began; what a timeout names."""

    phase: Phase
    started_at: float
    queued_at: float
    resolved_at: float
    connected_at: float


class OutboundClient:
    """Sends requests to hosts that the policy permits, and reads bounded answers.

    One for a process and policy; used by one event loop, by any number of tasks. It never
    follows a redirect, never uses a proxy, and never retries, except that a repeatable request
    is sent once more when a kept connection turned out to be closed.

    Args:
        policy: What may be called.
        resolver: Looks names up; what it says is judged all the same.
        clock: Times and ages.
    """

    def __init__(
        self,
        policy: OutboundPolicy,
        *,
        resolver: Resolver | None = None,
        clock: Clock | None = None,
    ) -> None:
        self.policy = policy
        self._clock = clock or SystemClock()
        self._targets = Targets(policy, resolver or SystemResolver(), self._clock)
        self._dialer = Dialer(policy, self._clock)
        self._pool = Pool(policy, self._clock)
        self._slots = Slots(policy)
        self._checked: OrderedDict[str, CheckedUrl] = OrderedDict()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        exc: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Closes every connection; calls still in progress fail with `ConnectionLost`."""
        await self._targets.close()
        await self._pool.close()

    def check_url(self, url: str, *, field: str = "url") -> CheckedUrl:
        """Checks a URL against the client's policy; see `oms_outbound.check_url`."""
        checked = self._checked.get(url)
        if checked is None:
            checked = check_url(url, self.policy, field=field)
            self._checked[url] = checked
            if len(self._checked) > _MAX_CHECKED_URLS:
                self._checked.popitem(last=False)
        return checked

    async def send(self, request: OutboundRequest) -> OutboundResponse:
        """Sends a request and returns its answer, whatever its status.

        Raises:
            InvalidField: the URL (`UrlRefused`), a header, the method or the body is refused.
            OutboundError: there was no answer; each subclass is documented by itself.
        """
        prepared = self._prepare(request)
        now = self._clock.monotonic()
        progress = _Progress("queue", now, now, now, now)
        try:
            async with asyncio.timeout(prepared.timeout_s):
                return await self._send(prepared, progress)
        except TimeoutError:
            host = prepared.url.host
            raise OutboundTimeout(host, progress.phase, prepared.timeout_s) from None

    async def _send(self, request: _Prepared, progress: _Progress) -> OutboundResponse:
        async with self._slots.taken(origin_of(request.url)):
            progress.queued_at, progress.phase = self._clock.monotonic(), "dns"
            addresses = await self._targets.addresses_of(request.url)
            progress.resolved_at, progress.phase = self._clock.monotonic(), "connect"
            connection = self._pool.take(request.url, addresses)
            if connection is not None:
                try:
                    return await self._exchange(request, connection, progress)
                except ConnectionLost as exc:
                    if not (exc.is_before_answer and request.is_repeatable):
                        raise
                progress.phase = "connect"
            connection = await self._dialer.open(request.url, addresses)
            self._pool.register(connection)
            self._targets.prefer(request.url.host, connection.address)
            return await self._exchange(request, connection, progress)

    async def _exchange(
        self, request: _Prepared, connection: Connection, progress: _Progress
    ) -> OutboundResponse:
        progress.connected_at, progress.phase = self._clock.monotonic(), "response"
        answer = await connection.exchange(
            request.method, request.url.target, request.headers, request.body
        )
        self._pool.give_back(request.url, connection)
        return self._response(answer, connection, progress)

    def _response(
        self, answer: Answer, connection: Connection, progress: _Progress
    ) -> OutboundResponse:
        timings = Timings(
            queue_s=progress.queued_at - progress.started_at,
            dns_s=progress.resolved_at - progress.queued_at,
            connect_s=progress.connected_at - progress.resolved_at,
            total_s=self._clock.monotonic() - progress.started_at,
        )
        return OutboundResponse(
            status=answer.status,
            headers=answer.headers,
            body=answer.body,
            is_truncated=answer.is_truncated,
            timings=timings,
            address=connection.address,
            is_reused=connection.calls > 1,
        )

    def _prepare(self, request: OutboundRequest) -> _Prepared:
        url = self.check_url(str(request.url))
        method, body = request.method, request.body
        if method not in METHODS:
            raise InvalidField.of("method", f"{method[:32]!r} is not one of {sorted(METHODS)}")
        if len(body) > self.policy.max_request_bytes:
            most = self.policy.max_request_bytes
            raise InvalidField.of("body", f"has {len(body)} bytes; {most} are the most")
        repeatable = request.is_repeatable
        limit = self.policy.total_timeout_s
        return _Prepared(
            url=url,
            method=method,
            headers=self._headers(request, url),
            body=body,
            timeout_s=limit if request.timeout_s is None else min(request.timeout_s, limit),
            is_repeatable=method in _IDEMPOTENT if repeatable is None else repeatable,
        )

    def _headers(self, request: OutboundRequest, url: CheckedUrl) -> list[tuple[str, str]]:
        headers = [("host", url.authority), ("user-agent", self.policy.user_agent)]
        headers += check_headers(request.headers, self.policy)
        # Nothing is decompressed, so nothing can expand.
        headers.append(("accept-encoding", "identity"))
        if request.body or request.method in _BODY_EXPECTED:
            headers.append(("content-length", str(len(request.body))))
        return headers
