"""`oms.datakernel.v1.TagService`."""

from __future__ import annotations

from typing import Any

from oms.datakernel.v1 import tag_service_pb2 as pb
from oms.datakernel.v1 import tag_service_pb2_grpc as pb_grpc
from oms_core.clock import Clock
from oms_core.paging import decode_page_token, encode_page_token, page_size

from svc_datakernel import convert
from svc_datakernel.domain.graph.requests import Tag
from svc_datakernel.domain.versioning import Tags


class TagServicer(pb_grpc.TagServiceServicer):
    """Tags, as the store keeps them."""

    def __init__(self, store: Tags, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def CreateTag(self, request: pb.CreateTagRequest, context: Any) -> pb.CreateTagResponse:
        database, _ = convert.segments(request.parent)
        tag = await self._store.create_tag(
            database,
            request.tag_id,
            convert.to_revision(request.target, "target"),
            author=convert.to_author(self._clock.now()),
            message=request.message,
        )
        return pb.CreateTagResponse(tag=_from_tag(database, tag))

    async def GetTag(self, request: pb.GetTagRequest, context: Any) -> pb.GetTagResponse:
        database, name = convert.segments(request.name)
        return pb.GetTagResponse(tag=_from_tag(database, await self._store.get_tag(database, name)))

    async def ListTags(self, request: pb.ListTagsRequest, context: Any) -> pb.ListTagsResponse:
        database, _ = convert.segments(request.parent)
        query = ("tags", database)
        cursor = decode_page_token(query, request.page_token, length=1)
        size = page_size(request.page_size)
        found = await self._store.list_tags(
            database, after=cursor[0] if cursor else "", limit=size + 1
        )
        return pb.ListTagsResponse(
            tags=[_from_tag(database, tag) for tag in found[:size]],
            next_page_token=encode_page_token(query, [found[size - 1].name])
            if len(found) > size
            else "",
        )

    async def DeleteTag(self, request: pb.DeleteTagRequest, context: Any) -> pb.DeleteTagResponse:
        database, name = convert.segments(request.name)
        await self._store.delete_tag(database, name)
        return pb.DeleteTagResponse()


def _from_tag(database: str, tag: Tag) -> pb.Tag:
    return pb.Tag(
        name=f"databases/{database}/tags/{tag.name}",
        commit_id=tag.commit_id,
        message=tag.message,
        author=tag.author,
        create_time=convert.timestamp(tag.create_time_us),
    )
