"""Links between objects."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from oms.object.v1 import link_service_pb2 as pb
from oms.object.v1 import link_service_pb2_grpc as pb_grpc
from oms_core.errors import InvalidField, LimitExceeded
from oms_core.paging import decode_page_token, encode_page_token, page_size

from svc_api.adapters.objects.questions import Questions, Step
from svc_api.adapters.objects.store import ObjectDraft, ObjectStore, WrittenObjects
from svc_api.convert import fingerprint_of
from svc_api.domain.names import ontology_id
from svc_api.domain.objects.changes import LinkChange
from svc_api.domain.objects.model import LinkKey, Ref, parse_ref
from svc_api.domain.objects.world import World
from svc_api.object_convert import (
    ObjectMessages,
    filter_of,
    is_outgoing,
    link_of,
    offset_of,
    orders_of,
    to_link,
)

_DEFAULT_TARGETS = 100
_MOST_TARGETS = 10_000


class LinkServicer(pb_grpc.LinkServiceServicer):
    """Makes, takes away, lists and follows links."""

    def __init__(self, store: ObjectStore, questions: Questions) -> None:
        self._store = store
        self._questions = questions

    async def CreateLink(
        self, request: pb.CreateLinkRequest, context: Any
    ) -> pb.CreateLinkResponse:
        change = LinkChange(link_of(request.link), is_made=True, is_strict=True, path="link")
        written = await self._apply(request, change, f"Link {change.link}")
        return pb.CreateLinkResponse(link=request.link, commit_id=written.commit_id)

    async def DeleteLink(
        self, request: pb.DeleteLinkRequest, context: Any
    ) -> pb.DeleteLinkResponse:
        change = LinkChange(link_of(request.link), is_made=False, is_strict=True, path="link")
        written = await self._apply(request, change, f"Unlink {change.link}")
        return pb.DeleteLinkResponse(commit_id=written.commit_id)

    async def _apply(self, request: Any, change: LinkChange, message: str) -> WrittenObjects:
        return await self._store.apply(
            ObjectDraft(
                ontology_id(request.parent),
                request.branch,
                [],
                [change],
                expected_head=request.expected_head,
                message=request.message or message,
                request_id=request.request_id,
                fingerprint=fingerprint_of(request),
            )
        )

    async def ListLinks(self, request: pb.ListLinksRequest, context: Any) -> pb.ListLinksResponse:
        ontology = ontology_id(request.parent)
        asked = (request.parent, request.link_type, request.source, request.target)
        query = (*asked, request.revision.SerializeToString(deterministic=True).hex())
        cursor = decode_page_token(query, request.page_token, length=2)
        if cursor is None:
            commit_id, start = await self._commit(ontology, request), 0
        else:
            await self._store.ontologies.require(ontology)
            commit_id, start = cursor[0], offset_of(cursor[1])
        found = await self._links(ontology, commit_id, request)
        stop = start + page_size(request.page_size)
        token = encode_page_token(query, (commit_id, str(stop))) if stop < len(found) else ""
        return pb.ListLinksResponse(
            links=map(to_link, found[start:stop]),
            next_page_token=token,
            commit_id=commit_id,
            total_size=len(found),
        )

    async def _links(
        self, ontology: str, commit_id: str, request: pb.ListLinksRequest
    ) -> Sequence[LinkKey]:
        catalogue = await self._store.catalogue(ontology, commit_id)
        if request.link_type and catalogue.link_type(request.link_type) is None:
            raise InvalidField.of("link_type", f"link type {request.link_type!r} does not exist")
        types = [request.link_type] if request.link_type else catalogue.link_types
        world = await self._store.world(ontology, commit_id, types=(), links=types)
        return [link for link_type in types for link in _of_type(world, link_type, request)]

    async def TraverseLinks(
        self, request: pb.TraverseLinksRequest, context: Any
    ) -> pb.TraverseLinksResponse:
        ontology = ontology_id(request.parent)
        commit_id = await self._commit(ontology, request)
        reached = await self._questions.traverse(
            ontology,
            commit_id,
            [parse_ref(source) for source in request.sources],
            [Step(step.link_type, is_outgoing(step.direction)) for step in request.steps],
            filter_=filter_of(request.filter) if request.HasField("filter") else None,
            orders=orders_of(request.order_by),
        )
        most, skip = request.max_per_source or _DEFAULT_TARGETS, request.skip_per_source
        part = _last if request.from_end else _first
        chosen = {ref: part(refs, skip, most) for ref, refs in reached.items()}
        _check_size(sum(map(len, chosen.values())))
        objects = await self._store.get(
            ontology, commit_id, sorted({ref for refs in chosen.values() for ref in refs})
        )
        catalogue = await self._store.catalogue(ontology, commit_id)
        messages = ObjectMessages(ontology, catalogue, request)
        return pb.TraverseLinksResponse(
            traversals=[
                pb.Traversal(
                    source=source,
                    targets=map(str, chosen[parse_ref(source)]),
                    total_size=len(reached[parse_ref(source)]),
                )
                for source in request.sources
            ],
            objects=[messages.message(stored) for stored in objects.values() if stored is not None],
            commit_id=commit_id,
        )

    async def _commit(self, ontology: str, request: Any) -> str:
        revision = request.revision if request.HasField("revision") else None
        return await self._store.ontologies.resolve(ontology, revision)


def _of_type(world: World, link_type: str, request: pb.ListLinksRequest) -> Sequence[LinkKey]:
    partition = world.links[link_type]
    if request.source:
        source = parse_ref(request.source)
        links = [LinkKey(link_type, source, end) for end in partition.out.get(source, ())]
    elif request.target:
        target = parse_ref(request.target)
        links = [LinkKey(link_type, end, target) for end in partition.into.get(target, ())]
    else:
        return list(partition.links(link_type))
    return [link for link in links if not request.target or str(link.target) == request.target]


def _first(refs: Sequence[Ref], skip: int, most: int) -> Sequence[Ref]:
    return refs[skip : skip + most]


def _last(refs: Sequence[Ref], skip: int, most: int) -> Sequence[Ref]:
    stop = max(0, len(refs) - skip)
    return refs[max(0, stop - most) : stop]


def _check_size(count: int) -> None:
    if count > _MOST_TARGETS:
        raise LimitExceeded(
            f"{count} objects would be answered, more than {_MOST_TARGETS}; ask for fewer sources "
            "or set max_per_source",
            metadata={"limit": "traversal_objects"},
        )
