"""Objects: instances of the object types of an ontology."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from oms.common.v1.revision_pb2 import Revision
from oms.object.v1 import object_pb2
from oms.object.v1 import object_service_pb2 as pb
from oms.object.v1 import object_service_pb2_grpc as pb_grpc
from oms_core.errors import ResourceNotFound
from oms_core.paging import decode_page_token, encode_page_token, page_size

from svc_api.adapters.objects.questions import Question, Questions
from svc_api.adapters.objects.store import ObjectDraft, ObjectStore, WrittenObjects
from svc_api.convert import fingerprint_of
from svc_api.domain.elements import Key
from svc_api.domain.names import ontology_id, ontology_of_element
from svc_api.domain.objects.changes import LinkChange, ObjectChange, Operation
from svc_api.domain.objects.model import Ref, StoredObject, parse_object_name
from svc_api.domain.objects.types import Catalogue
from svc_api.object_convert import (
    aggregates_of,
    changes_of,
    filter_of,
    group_value,
    offset_of,
    orders_of,
    to_object,
    update_of,
    values_of,
)

_PAGE_BYTES = 1024 * 1024
_MOST_ANSWERED = 1000
_DEFAULT_GROUPS = 1000


class ObjectServicer(pb_grpc.ObjectServiceServicer):
    """Reads and writes objects."""

    def __init__(self, store: ObjectStore, questions: Questions) -> None:
        self._store = store
        self._questions = questions

    async def CreateObject(
        self, request: pb.CreateObjectRequest, context: Any
    ) -> pb.CreateObjectResponse:
        ontology = ontology_id(request.parent)
        ref = Ref(request.parent.split("/")[3], request.object_id or _random_id(request))
        change = ObjectChange(Operation.CREATE, ref, values_of(request.object), path="object")
        written = await self._apply(ontology, request, f"Create object {ref}", [change])
        message = await self._changed(ontology, written, ref)
        return pb.CreateObjectResponse(object=message, commit_id=written.commit_id)

    async def GetObject(self, request: pb.GetObjectRequest, context: Any) -> pb.GetObjectResponse:
        ontology = ontology_id(request.name)
        ref = parse_object_name(request.name, ontology=ontology, field="name")
        commit_id = await self._commit(ontology, request)
        found = (await self._store.get(ontology, commit_id, [ref]))[ref]
        if found is None:
            raise _missing(request.name, commit_id)
        catalogue = await self._store.catalogue(ontology, commit_id)
        message = _message(ontology, catalogue, found, set(request.properties))
        return pb.GetObjectResponse(object=message, commit_id=commit_id)

    async def BatchGetObjects(
        self, request: pb.BatchGetObjectsRequest, context: Any
    ) -> pb.BatchGetObjectsResponse:
        ontology = ontology_id(request.parent)
        refs = [
            parse_object_name(name, ontology=ontology, field=f"names[{index}]")
            for index, name in enumerate(request.names)
        ]
        commit_id = await self._commit(ontology, request)
        found = await self._store.get(ontology, commit_id, refs)
        missing = [
            name for name, ref in zip(request.names, refs, strict=True) if found[ref] is None
        ]
        if missing and not request.allow_missing:
            raise _missing(missing[0], commit_id)
        catalogue = await self._store.catalogue(ontology, commit_id)
        chosen = set(request.properties)
        objects = [
            _message(ontology, catalogue, stored, chosen)
            for ref in refs
            if (stored := found[ref]) is not None
        ]
        return pb.BatchGetObjectsResponse(
            objects=objects, missing_names=missing, commit_id=commit_id
        )

    async def ListObjects(
        self, request: pb.ListObjectsRequest, context: Any
    ) -> pb.ListObjectsResponse:
        page = await self._page(request, Question("", "", _key(request.parent)))
        return pb.ListObjectsResponse(**page)

    async def SearchObjects(
        self, request: pb.SearchObjectsRequest, context: Any
    ) -> pb.SearchObjectsResponse:
        question = Question(
            "",
            "",
            _key(request.parent),
            filter_of(request.filter) if request.HasField("filter") else None,
            orders_of(request.order_by),
        )
        return pb.SearchObjectsResponse(**await self._page(request, question))

    async def _page(self, request: Any, asked: Question) -> dict[str, Any]:
        ontology = ontology_id(request.parent)
        identity = _identity(request)
        cursor = decode_page_token(identity, request.page_token, length=2)
        if cursor is None:
            commit_id, start = await self._commit(ontology, request), 0
        else:
            await self._store.ontologies.require(ontology)
            commit_id, start = cursor[0], offset_of(cursor[1])
        question = Question(ontology, commit_id, asked.key, asked.filter, asked.orders)
        found = await self._questions.find(question, identity)
        catalogue = await self._store.catalogue(ontology, commit_id)
        chosen = frozenset(request.properties)
        stop = start + page_size(request.page_size)
        page = _bounded(ontology, catalogue, found[start:stop], chosen)
        following = start + len(page)
        has_more = following < len(found)
        return {
            "objects": page,
            "next_page_token": encode_page_token(identity, (commit_id, str(following)))
            if has_more
            else "",
            "commit_id": commit_id,
            "total_size": len(found),
        }

    async def AggregateObjects(
        self, request: pb.AggregateObjectsRequest, context: Any
    ) -> pb.AggregateObjectsResponse:
        ontology = ontology_id(request.parent)
        commit_id = await self._commit(ontology, request)
        question = Question(
            ontology,
            commit_id,
            _key(request.parent),
            filter_of(request.filter) if request.HasField("filter") else None,
        )
        aggregates = aggregates_of(request.aggregates)
        scope, groups = await self._questions.aggregate(question, request.group_by, aggregates)
        keys = [scope.properties.get(property_id) for property_id in request.group_by]
        figures = [scope.properties.get(aggregate.property) for aggregate in aggregates]
        return pb.AggregateObjectsResponse(
            groups=[
                pb.ObjectGroup(
                    keys=map(group_value, group.keys, keys),
                    results=map(group_value, group.results, figures),
                    object_count=group.count,
                )
                for group in groups[: request.max_groups or _DEFAULT_GROUPS]
            ],
            total_groups=len(groups),
            commit_id=commit_id,
        )

    async def UpdateObject(
        self, request: pb.UpdateObjectRequest, context: Any
    ) -> pb.UpdateObjectResponse:
        ontology = ontology_of_element(request.object.name, field="object.name")
        ref = parse_object_name(request.object.name, ontology=ontology, field="object.name")
        change = update_of(
            request.object,
            request.update_properties,
            ref,
            path="object",
            is_lenient=request.allow_missing,
        )
        written = await self._apply(ontology, request, f"Update object {ref}", [change])
        message = await self._changed(ontology, written, ref)
        return pb.UpdateObjectResponse(object=message, commit_id=written.commit_id)

    async def DeleteObject(
        self, request: pb.DeleteObjectRequest, context: Any
    ) -> pb.DeleteObjectResponse:
        ontology = ontology_id(request.name)
        ref = parse_object_name(request.name, ontology=ontology, field="name")
        change = ObjectChange(
            Operation.DELETE,
            ref,
            etag=request.etag,
            delete_links=request.delete_links,
            path="name",
        )
        written = await self._apply(ontology, request, f"Delete object {ref}", [change])
        return pb.DeleteObjectResponse(commit_id=written.commit_id)

    async def ApplyObjectChanges(
        self, request: pb.ApplyObjectChangesRequest, context: Any
    ) -> pb.ApplyObjectChangesResponse:
        ontology = ontology_id(request.parent)
        objects, links = changes_of(request.changes, ontology)
        count = len(request.changes)
        told = f"Apply {count} change{'s' if count > 1 else ''} of objects"
        written = await self._apply(
            ontology, request, told, objects, links, validate_only=request.validate_only
        )
        answered: Sequence[object_pb2.Object] = ()
        if not request.validate_only and len(objects) <= _MOST_ANSWERED:
            catalogue = await self._store.catalogue(ontology, written.commit_id)
            there = [written.objects.get(change.ref) for change in objects]
            stored = [found for found in there if found is not None]
            page = _bounded(ontology, catalogue, stored, ())
            answered = page if len(page) == len(stored) else ()
        return pb.ApplyObjectChangesResponse(
            commit_id=written.commit_id, unchanged=written.unchanged, objects=answered
        )

    async def _apply(
        self,
        ontology: str,
        request: Any,
        message: str,
        objects: Sequence[ObjectChange],
        links: Sequence[LinkChange] = (),
        *,
        validate_only: bool = False,
    ) -> WrittenObjects:
        return await self._store.apply(
            ObjectDraft(
                ontology,
                request.branch,
                objects,
                links,
                expected_head=request.expected_head,
                message=request.message or message,
                request_id=request.request_id,
                fingerprint=fingerprint_of(request),
                validate_only=validate_only,
            )
        )

    async def _changed(self, ontology: str, written: WrittenObjects, ref: Ref) -> object_pb2.Object:
        objects: Mapping[Ref, StoredObject | None] = written.objects
        stored = objects.get(ref)
        if stored is None:
            # Left as it was; or written by an earlier call of the same request, and gone since.
            stored = (await self._store.get(ontology, written.commit_id, [ref]))[ref]
        assert stored is not None, "a commit that wrote an object has it"
        catalogue = await self._store.catalogue(ontology, written.commit_id)
        return _message(ontology, catalogue, stored, ())

    async def _commit(self, ontology: str, request: Any) -> str:
        revision: Revision | None = request.revision if request.HasField("revision") else None
        return await self._store.ontologies.resolve(ontology, revision)


def _random_id(request: pb.CreateObjectRequest) -> str:
    # The same for a repeated request, so that it finds what the first one made.
    if request.request_id:
        own = fingerprint_of(request) + request.request_id.encode()
        return hashlib.sha256(own).hexdigest()[:32]
    return secrets.token_hex(16)


def _key(parent: str) -> Key:
    _, _, collection, element_id = parent.split("/")
    return collection, element_id


def _identity(request: Any) -> tuple[str, ...]:
    """What a question is, whatever the size and the number of the page."""
    asked = type(request)()
    asked.CopyFrom(request)
    for field in ("page_size", "page_token"):
        asked.ClearField(field)
    return (asked.DESCRIPTOR.full_name, asked.SerializeToString(deterministic=True).hex())


def _missing(name: str, commit_id: str) -> ResourceNotFound:
    return ResourceNotFound.of("object", name, f"at commit {commit_id}")


def _message(
    ontology: str, catalogue: Catalogue, stored: StoredObject, chosen: Collection[str]
) -> object_pb2.Object:
    return to_object(ontology, stored, catalogue.type(stored.ref.type), chosen)


def _bounded(
    ontology: str, catalogue: Catalogue, objects: Sequence[StoredObject], chosen: Collection[str]
) -> list[object_pb2.Object]:
    """The first objects that fit into one answer; at least one."""
    page: list[object_pb2.Object] = []
    size = 0
    for stored in objects:
        message = _message(ontology, catalogue, stored, chosen)
        size += message.ByteSize()
        if page and size > _PAGE_BYTES:
            break
        page.append(message)
    return page
