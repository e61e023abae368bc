"""What the answers to reads of graph databases have in common."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from typing import Any, TypeVar, cast

from google.api.httpbody_pb2 import HttpBody
from oms.common.v1.revision_pb2 import Revision as RevisionMessage

from svc_datakernel import graph_convert
from svc_datakernel.domain.graph.store import Body, Stream
from svc_datakernel.servicers.framing import Frame, framed

R = TypeVar("R")


async def tell(context: Any, commit_id: str, revision: RevisionMessage | None = None) -> None:
    """Sends the response metadata `oms-data-version` and `oms-commit`."""
    if commit_id:
        await context.send_initial_metadata(graph_convert.read_metadata(commit_id, revision))


async def whole(
    context: Any,
    body: Body,
    response: Callable[..., R],
    revision: RevisionMessage | None = None,
) -> R:
    """A response with an answer in JSON."""
    await tell(context, body.commit_id, revision)
    return response(body=graph_convert.from_body(body.data), commit_id=body.commit_id)


async def streamed(
    context: Any,
    stream: Stream,
    response: Callable[..., R],
    *,
    frame: Frame,
    content_type: str,
    revision: RevisionMessage | None = None,
) -> AsyncGenerator[R]:
    """Responses with an answer in pieces; closes the stream."""
    async with aclosing(cast("AsyncGenerator[bytes]", stream.parts)) as parts:
        await tell(context, stream.commit_id, revision)
        async for piece in framed(parts, frame):
            body = HttpBody(content_type=content_type, data=piece)
            yield response(body=body, commit_id=stream.commit_id)
