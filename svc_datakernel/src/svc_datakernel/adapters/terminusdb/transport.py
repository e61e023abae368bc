"""Requests to the server: pooled, bounded in time and size, repeated only when they read."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, urlencode, urlsplit

import httpcore
from oms_core.errors import DeadlineExceeded, LimitExceeded, ServiceUnavailable

from svc_datakernel.adapters.terminusdb.access import ServerAccess
from svc_datakernel.adapters.terminusdb.network import QuickAckBackend

_RETRY_PAUSE_S: Final = 0.05
_RETRY_AFTER_S: Final = 1.0
_KEEPALIVE_S: Final = 30.0

Params = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Request:
    """One request.

    Args:
        path: Segments below `/api`, each encoded when it is sent.
        body: JSON, or None for no body.
        is_read: Changes nothing at the server, so that it may be tried again.
        timeout_s: Longest time from its first byte to the answer's last; None for the default.
    """

    method: str
    path: Sequence[str]
    params: Params | None = None
    body: bytes | None = None
    data_version: str = ""
    override: str = ""
    is_read: bool = False
    timeout_s: float | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server said; the names of headers in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def data_version(self) -> str:
        """The data version as the server writes it, such as `branch:<its commit id>`."""
        return self.headers.get("terminusdb-data-version", "")


@dataclass(frozen=True, slots=True)
class StreamedAnswer:
    """An answer whose body is still to come."""

    status: int
    headers: Mapping[str, str]
    parts: AsyncIterator[bytes]


class Transport:
    """The connections to one server. Whoever makes it closes it."""

    def __init__(self, access: ServerAccess) -> None:
        self._access = access
        self._url = access.endpoint.rstrip("/") + "/api"
        self._target = urlsplit(self._url).path
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=access.ssl_context(),
            max_connections=access.pool_size,
            max_keepalive_connections=access.pool_size,
            keepalive_expiry=_KEEPALIVE_S,
            network_backend=QuickAckBackend(),
        )

    async def aclose(self) -> None:
        """Closes every connection."""
        await self._pool.aclose()

    async def send(self, request: Request) -> Answer:
        """Sends a request and takes its whole answer, whatever its status.

        Raises:
            ServiceUnavailable: there is no connection, or it broke; for a write `outcome` in the
                metadata says `unknown` when the server may have done it all the same.
            DeadlineExceeded: the answer took too long.
            LimitExceeded: the answer is too large.
        """
        attempts = self._access.read_attempts if request.is_read else 1
        for attempt in range(1, attempts):
            try:
                return await self._send_once(request)
            except ServiceUnavailable:
                await asyncio.sleep(_RETRY_PAUSE_S * attempt)
        return await self._send_once(request)

    async def _send_once(self, request: Request) -> Answer:
        limit = self._access.total_timeout_s if request.timeout_s is None else request.timeout_s
        try:
            async with asyncio.timeout(limit), self._open(request) as answer:
                body = await self._collect(answer.parts)
                return Answer(answer.status, answer.headers, body)
        except TimeoutError as exc:
            raise self._too_slow(limit) from exc

    @asynccontextmanager
    async def stream(self, request: Request) -> AsyncGenerator[StreamedAnswer]:
        """Sends a request and gives its answer part by part. Never tried again.

        Raises: as `send`, also out of the parts.
        """
        async with self._open(request) as answer:
            yield answer

    @asynccontextmanager
    async def _open(self, request: Request) -> AsyncGenerator[StreamedAnswer]:
        try:
            async with self._pool.stream(
                request.method,
                self._url_of(request),
                headers=self._headers(request),
                content=request.body,
                extensions={"timeout": self._timeouts()},
            ) as response:
                parts = self._parts(response, request)
                async with aclosing(parts):
                    yield StreamedAnswer(response.status, _headers(response), parts)
        except httpcore.PoolTimeout as exc:
            raise ServiceUnavailable(
                f"every connection to TerminusDB at {self._access.name} is in use; try again later",
                retry_after_s=_RETRY_AFTER_S,
            ) from exc
        except (httpcore.ConnectError, httpcore.ConnectTimeout) as exc:
            raise self._unreachable("can't be reached") from exc
        except httpcore.TimeoutException as exc:
            raise self._too_slow(self._access.timeout_s) from exc
        except (httpcore.NetworkError, httpcore.ProtocolError) as exc:
            raise self._unreachable("broke the connection off", request) from exc

    async def _parts(self, response: httpcore.Response, request: Request) -> AsyncGenerator[bytes]:
        try:
            async for part in response.aiter_stream():
                yield part
        except httpcore.TimeoutException as exc:
            raise self._too_slow(self._access.timeout_s) from exc
        except (httpcore.NetworkError, httpcore.ProtocolError) as exc:
            raise self._unreachable("broke the answer off", request) from exc

    async def _collect(self, parts: AsyncIterator[bytes]) -> bytes:
        limit = self._access.most_answer_bytes
        collected: list[bytes] = []
        size = 0
        async for part in parts:
            size += len(part)
            if size > limit:
                raise LimitExceeded(
                    f"TerminusDB's answer is larger than {limit} bytes; ask for less at once",
                    metadata={"limit": str(limit)},
                )
            collected.append(part)
        return b"".join(collected)

    def _url_of(self, request: Request) -> httpcore.URL:
        path = "/".join(quote(segment, safe=":") for segment in request.path)
        query = urlencode(request.params, quote_via=quote) if request.params else ""
        target = f"{self._target}/{path}" + (f"?{query}" if query else "")
        parts = urlsplit(self._url)
        return httpcore.URL(
            scheme=parts.scheme,
            host=parts.hostname or "",
            port=parts.port,
            target=target.encode("ascii"),
        )

    def _headers(self, request: Request) -> list[tuple[str, str]]:
        headers = {
            "Host": self._access.name,
            "Authorization": self._access.authorization,
            "Accept": "application/json",
            "User-Agent": "oms-datakernel",
        }
        if request.body is not None:
            headers["Content-Type"] = "application/json"
        elif request.method in ("POST", "PUT"):
            headers["Content-Length"] = "0"
        if request.data_version:
            headers["TerminusDB-Data-Version"] = request.data_version
        if request.override:
            headers["X-HTTP-Method-Override"] = request.override
        return list(headers.items())

    def _timeouts(self) -> dict[str, float]:
        seconds = self._access.timeout_s
        return {"connect": min(seconds, 10.0), "read": seconds, "write": seconds, "pool": seconds}

    def _unreachable(self, what: str, request: Request | None = None) -> ServiceUnavailable:
        is_unknown = request is not None and not request.is_read
        advice = "it may have been done; read before you repeat it" if is_unknown else "try again"
        return ServiceUnavailable(
            f"TerminusDB at {self._access.name} {what}; {advice}",
            metadata={"service": "terminusdb", "outcome": "unknown" if is_unknown else "none"},
            retry_after_s=_RETRY_AFTER_S,
        )

    def _too_slow(self, seconds: float) -> DeadlineExceeded:
        return DeadlineExceeded(
            f"TerminusDB at {self._access.name} did not answer within {seconds:g} s",
            metadata={"service": "terminusdb"},
        )


def _headers(response: httpcore.Response) -> dict[str, str]:
    return {
        name.decode("ascii", "replace").lower(): value.decode("latin-1")
        for name, value in response.headers
    }
