"""The two ways the demo talks to OMS: REST through Envoy, and gRPC."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import grpc
import httpx
from google.api.httpbody_pb2 import HttpBody
from oms.ontology.v1 import transfer_service_pb2 as transfer

_PART = 512 * 1024
_TIMEOUT_S = 300.0


async def parts_of(path: Path, advance: Callable[[float], None]) -> AsyncIterator[bytes]:
    """The parts of a file, each reported as sent."""
    data = await asyncio.to_thread(path.read_bytes)
    for start in range(0, len(data), _PART):
        part = data[start : start + _PART]
        yield part
        advance(len(part))


class Rest:
    """REST calls; an error of the server ends the demo with its message."""

    def __init__(self, url: str, token: str) -> None:
        self._http = httpx.AsyncClient(
            base_url=url, headers={"authorization": f"Bearer {token}"}, timeout=_TIMEOUT_S
        )

    async def __aenter__(self) -> Rest:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.aclose()

    async def call(self, verb: str, path: str, **rest: Any) -> Any:
        """Answers the JSON of a call."""
        answer = await self._http.request(verb, path, **rest)
        if answer.is_error:
            raise SystemExit(f"{verb} {path} answered {answer.status_code}: {answer.text}")
        return answer.json()

    async def status(self, path: str, **params: str) -> int:
        """Answers the HTTP status of a GET."""
        return (await self._http.get(path, params=params)).status_code

    async def upload(
        self, path: str, file: Path, advance: Callable[[float], None], **params: str
    ) -> Any:
        """Sends a Turtle file as the body of a call."""
        return await self.call(
            "POST",
            path,
            params=params,
            content=parts_of(file, advance),
            headers={"content-type": "text/turtle"},
        )

    async def download(self, path: str, **params: str) -> AsyncIterator[bytes]:
        """The parts of a downloaded file."""
        async with self._http.stream("GET", path, params=params) as answer:
            if answer.is_error:
                raise SystemExit(
                    f"GET {path} answered {answer.status_code}: {await answer.aread()!r}"
                )
            async for part in answer.aiter_bytes():
                yield part


async def import_requests(
    first: transfer.ImportOntologyRequest, file: Path, advance: Callable[[float], None]
) -> AsyncIterator[transfer.ImportOntologyRequest]:
    """The messages of an import over gRPC: the first with every field, then parts of the file."""
    yield first
    async for part in parts_of(file, advance):
        yield transfer.ImportOntologyRequest(body=HttpBody(content_type="text/turtle", data=part))


def connect(target: str) -> grpc.aio.Channel:
    """A channel to the server."""
    return grpc.aio.insecure_channel(target)
