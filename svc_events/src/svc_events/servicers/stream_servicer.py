"""`oms.event.v1.StreamService`."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from typing import Any, Final

from oms.event.v1 import stream_service_pb2 as pb
from oms.event.v1 import stream_service_pb2_grpc as pb_grpc
from oms_core.errors import (
    InvalidField,
    InvalidUpdateMask,
    PreconditionViolation,
    ResourceInUse,
    StaleEtag,
)
from oms_core.paging import decode_page_token, encode_page_token, page_size
from oms_rpc.update_masks import updated

from svc_events.adapters.jetstream.streams import EventStreams
from svc_events.domain.subjects import DEFAULT_STREAM
from svc_events.names import stream_of
from svc_events.resources import StreamUsers
from svc_events.stream_convert import options_from_pb, stream_to_pb

_CHANGEABLE: Final = (
    "description",
    "max_age",
    "max_bytes",
    "max_events",
    "max_event_bytes",
    "overflow",
    "replicas",
    "duplicate_window",
)
_NAME: Final = re.compile(r"streams/[a-z][a-z0-9-]{0,62}")
_QUERY: Final = ("streams",)
_MOST_NAMED: Final = 100


class StreamServicer(pb_grpc.StreamServiceServicer):
    """Streams, which lie in JetStream alone.

    Args:
        replicas: How many servers keep a stream that does not say so itself.
        users: Ask who names a stream, before it is deleted.
    """

    def __init__(
        self, streams: EventStreams, *, replicas: int, users: Sequence[StreamUsers]
    ) -> None:
        self._streams = streams
        self._replicas = replicas
        self._users = users
        # JetStream has no compare-and-swap for a stream's settings; this much is ours to do.
        self._changing = asyncio.Lock()

    async def CreateStream(
        self, request: pb.CreateStreamRequest, context: Any
    ) -> pb.CreateStreamResponse:
        options = options_from_pb(request.stream, replicas=self._replicas)
        made = await self._streams.create(request.stream_id, options)
        return pb.CreateStreamResponse(stream=stream_to_pb(made))

    async def GetStream(self, request: pb.GetStreamRequest, context: Any) -> pb.GetStreamResponse:
        found = await self._streams.get(stream_of(request.name))
        return pb.GetStreamResponse(stream=stream_to_pb(found))

    async def ListStreams(
        self, request: pb.ListStreamsRequest, context: Any
    ) -> pb.ListStreamsResponse:
        cursor = decode_page_token(_QUERY, request.page_token, length=1)
        after = cursor[0] if cursor else ""
        left = [each for each in await self._streams.list() if each.stream_id > after]
        most = page_size(request.page_size)
        token = encode_page_token(_QUERY, [left[most - 1].stream_id]) if len(left) > most else ""
        return pb.ListStreamsResponse(streams=map(stream_to_pb, left[:most]), next_page_token=token)

    async def UpdateStream(
        self, request: pb.UpdateStreamRequest, context: Any
    ) -> pb.UpdateStreamResponse:
        stream_id = _id_in(request.stream.name)
        async with self._changing:
            found = await self._streams.get(stream_id)
            _check_etag(request.stream.name, request.stream.etag, found.options.etag)
            current = stream_to_pb(found)
            _check_storage(request, current)
            wanted = updated(current, request.stream, request.update_mask, _CHANGEABLE)
            options = options_from_pb(wanted, replicas=self._replicas)
            changed = await self._streams.update(stream_id, options)
        return pb.UpdateStreamResponse(stream=stream_to_pb(changed))

    async def DeleteStream(
        self, request: pb.DeleteStreamRequest, context: Any
    ) -> pb.DeleteStreamResponse:
        stream_id = stream_of(request.name)
        if stream_id == DEFAULT_STREAM:
            raise _in_use(request.name, ["the built-in stream is always there"])
        async with self._changing:
            found = await self._streams.get(stream_id)
            _check_etag(request.name, request.etag, found.options.etag)
            named = [name for find in self._users for name in await find(stream_id)]
            if named:
                raise _in_use(request.name, [f"{name} names it" for name in named])
            await self._streams.delete(stream_id)
        return pb.DeleteStreamResponse()

    async def PurgeStream(
        self, request: pb.PurgeStreamRequest, context: Any
    ) -> pb.PurgeStreamResponse:
        if request.keep and request.before_sequence:
            raise InvalidField.of("keep", "excludes before_sequence; give one of them")
        purged = await self._streams.purge(
            stream_of(request.name),
            before_sequence=request.before_sequence,
            event_type=_purgeable(request.type),
            keep=request.keep,
        )
        return pb.PurgeStreamResponse(purged_count=purged)


def _id_in(name: str) -> str:
    """The stream's id; the proto has no rule for the name of a stream that is created, too."""
    if not _NAME.fullmatch(name):
        raise InvalidField.of("stream.name", f"{name!r} is not streams/{{stream}}")
    return stream_of(name)


def _check_etag(name: str, expected: str, actual: str) -> None:
    if expected and expected != actual:
        raise StaleEtag.of(name, expected, actual)


def _check_storage(request: pb.UpdateStreamRequest, current: pb.Stream) -> None:
    wanted = request.stream.storage
    is_meant = not request.update_mask.paths or "storage" in request.update_mask.paths
    if is_meant and wanted not in (current.storage, pb.STREAM_STORAGE_UNSPECIFIED):
        raise InvalidUpdateMask(
            "update_mask: 'storage' can't be changed; make another stream",
            metadata={"path": "storage"},
        )


def _purgeable(event_type: str) -> str:
    """The type, or the beginning of types, that the broker can tell apart from others."""
    if event_type == "*":
        return ""
    if event_type.endswith("*") and not event_type.endswith(".*"):
        raise InvalidField.of(
            "type", f"{event_type[:100]!r}: what stands before the * has to end with a dot"
        )
    return event_type


def _in_use(name: str, why: Sequence[str]) -> ResourceInUse:
    more = f" (and {len(why) - 1} more)" if len(why) > 1 else ""
    return ResourceInUse(
        f"{name!r} can't be deleted: {why[0]}{more}",
        metadata={"resource_type": "stream", "resource_name": name},
        preconditions=[
            PreconditionViolation("RESOURCE_IN_USE", name, each) for each in why[:_MOST_NAMED]
        ],
    )
