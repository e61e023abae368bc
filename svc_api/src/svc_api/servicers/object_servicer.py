"""Objects: instances of the object types of an ontology."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from oms.common.v1.revision_pb2 import Revision
from oms.object.v1 import object_pb2
from oms.object.v1 import object_service_pb2 as pb
from oms.object.v1 import object_service_pb2_grpc as pb_grpc
from oms_core.errors import InvalidField, ResourceNotFound
from oms_core.paging import decode_page_token, encode_page_token, page_size

from svc_api.adapters.objects.questions import Question, Questions
from svc_api.adapters.objects.store import ObjectDraft, ObjectStore, WrittenObjects
from svc_api.convert import fingerprint_of
from svc_api.domain.elements import Key
from svc_api.domain.names import ontology_id, ontology_of_element
from svc_api.domain.objects.changes import LinkChange, ObjectChange, Operation
from svc_api.domain.objects.model import Ref, StoredObject, parse_object_name
from svc_api.object_convert import (
    ObjectMessages,
    aggregates_of,
    changes_of,
    filter_of,
    group_value,
    offset_of,
    orders_of,
    update_of,
    values_of,
)

_PAGE_BYTES = 1024 * 1024
_MOST_ANSWERED = 1000
_DEFAULT_GROUPS = 1000
# Which part of the answer to a question is wanted, and how it is shown.
_OF_PAGES = ("page_size", "page_token", "skip", "from_end")
_OF_ANSWERS = (*_OF_PAGES, "properties", "value_format")


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
        message = ObjectMessages(ontology, catalogue, request).message(found)
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
        messages = ObjectMessages(ontology, catalogue, request)
        objects = [messages.message(stored) for ref in refs if (stored := found[ref]) is not None]
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
        identity = _identity(request, _OF_PAGES)
        commit_id, start = await self._begin(ontology, request, identity)
        question = Question(ontology, commit_id, asked.key, asked.filter, asked.orders)
        found = await self._questions.find(question, _identity(request, _OF_ANSWERS))
        catalogue = await self._store.catalogue(ontology, commit_id)
        messages = ObjectMessages(ontology, catalogue, request)
        size = page_size(request.page_size)
        if request.from_end:
            following = max(0, len(found) - request.skip)
            page = _last(messages, found[max(0, following - size) : following])
            token = ""
        else:
            start = min(start + request.skip, len(found))
            page = _first(messages, found[start : start + size])
            following = start + len(page)
            token = encode_page_token(identity, (commit_id, str(following)))
        return {
            "objects": page,
            "next_page_token": token if following < len(found) else "",
            "commit_id": commit_id,
            "total_size": len(found),
            "start_index": following - len(page),
        }

    async def _begin(
        self, ontology: str, request: Any, identity: tuple[str, ...]
    ) -> tuple[str, int]:
        """The commit that is read, and how many objects the pages before had."""
        if request.from_end and request.page_token:
            raise InvalidField.of("from_end", "can't be used together with page_token; use skip")
        cursor = decode_page_token(identity, request.page_token, length=2)
        if cursor is None:
            return await self._commit(ontology, request), 0
        await self._store.ontologies.require(ontology)
        return cursor[0], offset_of(cursor[1])

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
            page = _first(ObjectMessages(ontology, catalogue), stored)
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
        return ObjectMessages(ontology, catalogue).message(stored)

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


def _identity(request: Any, passed_over: Sequence[str]) -> tuple[str, ...]:
    """What a question is, whatever some of its fields say."""
    asked = type(request)()
    asked.CopyFrom(request)
    for field in passed_over:
        asked.ClearField(field)
    return (asked.DESCRIPTOR.full_name, asked.SerializeToString(deterministic=True).hex())


def _missing(name: str, commit_id: str) -> ResourceNotFound:
    return ResourceNotFound.of("object", name, f"at commit {commit_id}")


def _first(messages: ObjectMessages, objects: Iterable[StoredObject]) -> list[object_pb2.Object]:
    """The first objects that fit into one answer; at least one."""
    page: list[object_pb2.Object] = []
    size = 0
    for stored in objects:
        message = messages.message(stored)
        size += message.ByteSize()
        if page and size > _PAGE_BYTES:
            break
        page.append(message)
    return page


def _last(messages: ObjectMessages, objects: Sequence[StoredObject]) -> list[object_pb2.Object]:
    """The last objects that fit into one answer, in their order; at least one."""
    return _first(messages, reversed(objects))[::-1]
