"""Files in parts: RDF on its way in, bodies on their way out."""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator
from pathlib import Path
from typing import Any, Final

from google.api.httpbody_pb2 import HttpBody
from oms.ontology.v1.transfer_service_pb2 import ImportOntologyRequest

_PART_BYTES: Final = 256 * 1024


def import_requests(
    request: ImportOntologyRequest, source: str | Path | bytes | Iterable[bytes]
) -> Iterator[ImportOntologyRequest]:
    """The messages of an import: the first has `request` and the first part, others a part each."""
    parts = _parts(source)
    first = ImportOntologyRequest()
    first.CopyFrom(request)
    first.body.data = next(parts, b"")
    yield first
    for part in parts:
        yield ImportOntologyRequest(body=HttpBody(data=part))


def _parts(source: str | Path | bytes | Iterable[bytes]) -> Iterator[bytes]:
    if isinstance(source, str | Path):
        with Path(source).open("rb") as file:
            while part := file.read(_PART_BYTES):
                yield part
    elif isinstance(source, bytes):
        for start in range(0, len(source), _PART_BYTES):
            yield source[start : start + _PART_BYTES]
    else:
        yield from source


def parts_of(stream: Iterable[Any]) -> Iterator[bytes]:
    """The bytes of messages with a `body`."""
    for message in stream:
        yield message.body.data


async def parts_of_async(stream: AsyncIterable[Any]) -> AsyncIterator[bytes]:
    """The bytes of messages with a `body`."""
    async for message in stream:
        yield message.body.data
