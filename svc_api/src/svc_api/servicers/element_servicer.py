"""The servicers of every kind of element, made from the kind's row and its proto.

By convention `object_type` is served by `ObjectTypeService` in
`oms/ontology/v1/object_type_service.proto`, whose six methods have the names and
fields that the row implies. A kind whose proto strays from it fails at start.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from google.protobuf import message_factory
from oms.common.v1.revision_pb2 import Revision
from oms_core.errors import ResourceNotFound
from oms_core.paging import decode_page_token, encode_page_token, page_size

from svc_api.adapters.ontology_store import Applied, OntologyStore
from svc_api.convert import body_of, fingerprint_of, update_change
from svc_api.domain.changes import Change, ChangePlan, Operation
from svc_api.domain.elements import StoredElement
from svc_api.domain.kinds import ElementKind
from svc_api.domain.names import (
    last_segment,
    ontology_id,
    ontology_of_element,
    parse_element_name,
)
from svc_api.domain.snapshot import Snapshot
from svc_api.messages import Messages

_PAGE_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class _Surface:
    """How a kind looks in the API: its response messages and the field of several elements."""

    get: Callable[..., Any]
    batch_get: Callable[..., Any]
    list: Callable[..., Any]
    create: Callable[..., Any]
    update: Callable[..., Any]
    delete: Callable[..., Any]
    plural_field: str
    plural_name: str


class ElementHandlers:
    """The six methods, for one kind."""

    def __init__(
        self, kind: ElementKind, surface: _Surface, store: OntologyStore, messages: Messages
    ) -> None:
        self._kind = kind
        self._surface = surface
        self._store = store
        self._messages = messages

    async def create(self, request: Any, context: Any) -> Any:
        """Creates an element."""
        element_id = getattr(request, f"{self._kind.field}_id")
        change = Change(
            Operation.CREATE,
            (self._kind.collection, element_id),
            body=body_of(getattr(request, self._kind.field)),
            path=self._kind.field,
        )
        ontology = ontology_id(request.parent)
        applied = await self._apply(ontology, request, change)
        return self._surface.create(**self._written(ontology, change, applied))

    async def get(self, request: Any, context: Any) -> Any:
        """Gets an element as of a revision."""
        ontology = ontology_id(request.name)
        snapshot = await self._snapshot(ontology, request)
        element = self._require(snapshot, last_segment(request.name), request.name)
        message = self._messages.of(ontology, element)
        return self._surface.get(**{self._kind.field: message}, commit_id=snapshot.commit_id)

    async def batch_get(self, request: Any, context: Any) -> Any:
        """Gets several elements as of one revision."""
        ontology = ontology_id(request.parent)
        keys = [
            parse_element_name(name, ontology=ontology, field=f"names[{index}]", kind=self._kind)
            for index, name in enumerate(request.names)
        ]
        snapshot = await self._snapshot(ontology, request)
        messages = [
            self._messages.of(ontology, self._require(snapshot, key[1], name))
            for key, name in zip(keys, request.names, strict=True)
        ]
        fields = {self._surface.plural_field: messages}
        return self._surface.batch_get(**fields, commit_id=snapshot.commit_id)

    async def list(self, request: Any, context: Any) -> Any:
        """Lists elements by id; every page reads the commit of the first one."""
        ontology = ontology_id(request.parent)
        query = (self._kind.collection, request.parent, _canonical(request.revision))
        cursor = decode_page_token(query, request.page_token, length=2)
        if cursor is None:
            snapshot, after = await self._snapshot(ontology, request), ""
        else:
            after = cursor[1]
            snapshot = await self._store.snapshot(ontology, Revision(commit=cursor[0]))
        ids = snapshot.elements.ids(self._kind.collection)
        start = bisect_right(ids, after) if after else 0
        page = self._page(snapshot, ids[start : start + page_size(request.page_size)])
        has_more = start + len(page) < len(ids)
        cursor = (snapshot.commit_id, last_segment(page[-1].name)) if has_more else ()
        return self._surface.list(
            **{self._surface.plural_field: page},
            next_page_token=encode_page_token(query, cursor) if has_more else "",
            commit_id=snapshot.commit_id,
            total_size=len(ids),
        )

    async def update(self, request: Any, context: Any) -> Any:
        """Changes the fields of an element that the mask names."""
        message = getattr(request, self._kind.field)
        field = f"{self._kind.field}.name"
        ontology = ontology_of_element(message.name, field=field)
        key = parse_element_name(message.name, ontology=ontology, field=field, kind=self._kind)
        change = update_change(message, request.update_mask.paths, key=key, path=self._kind.field)
        applied = await self._apply(ontology, request, change)
        return self._surface.update(**self._written(ontology, change, applied))

    async def delete(self, request: Any, context: Any) -> Any:
        """Deletes an element that nothing refers to."""
        key = (self._kind.collection, last_segment(request.name))
        change = Change(Operation.DELETE, key, etag=request.etag, path="name")
        applied = await self._apply(ontology_id(request.name), request, change)
        return self._surface.delete(commit_id=applied.commit_id)

    async def _apply(self, ontology: str, request: Any, change: Change) -> Applied:
        verb = change.operation.value.capitalize()
        noun = self._kind.field.replace("_", " ")
        return await self._store.apply(
            ontology,
            request.branch,
            ChangePlan([change]),
            expected_head=request.expected_head,
            message=request.message or f"{verb} {noun} {change.key[1]}",
            request_id=request.request_id,
            fingerprint=fingerprint_of(request),
        )

    def _written(self, ontology: str, change: Change, applied: Applied) -> dict[str, Any]:
        element = applied.snapshot.get(change.key) if applied.snapshot else None
        assert element is not None, "a single change always comes with its snapshot"
        message = self._messages.of(ontology, element)
        return {self._kind.field: message, "commit_id": applied.commit_id}

    async def _snapshot(self, ontology: str, request: Any) -> Snapshot:
        revision = request.revision if request.HasField("revision") else None
        return await self._store.snapshot(ontology, revision)

    def _require(self, snapshot: Snapshot, element_id: str, name: str) -> StoredElement:
        element = snapshot.elements.get((self._kind.collection, element_id))
        if element is None:
            where = f"at commit {snapshot.commit_id}"
            raise ResourceNotFound.of(self._kind.field, name, where)
        return element

    def _page(self, snapshot: Snapshot, ids: Sequence[str]) -> Sequence[Any]:
        page: list[Any] = []
        size = 0
        for element_id in ids:
            element = snapshot.elements[self._kind.collection, element_id]
            message = self._messages.of(snapshot.ontology, element)
            size += message.ByteSize()
            if page and size > _PAGE_BYTES:
                break
            page.append(message)
        return page


def _canonical(message: Any) -> str:
    return message.SerializeToString(deterministic=True).hex()


def element_servicer(
    kind: ElementKind, store: OntologyStore, messages: Messages
) -> tuple[Callable[[Any, Any], None], object]:
    """The servicer of a kind's proto service, and the function that adds it to a server."""
    noun = kind.document_type
    messages_module: Any = import_module(f"oms.ontology.v1.{kind.field}_service_pb2")
    grpc_module: Any = import_module(f"oms.ontology.v1.{kind.field}_service_pb2_grpc")
    surface = _surface(messages_module.DESCRIPTOR.services_by_name[f"{noun}Service"], noun)
    methods = {
        f"Create{noun}": ElementHandlers.create,
        f"Get{noun}": ElementHandlers.get,
        f"BatchGet{surface.plural_name}": ElementHandlers.batch_get,
        f"List{surface.plural_name}": ElementHandlers.list,
        f"Update{noun}": ElementHandlers.update,
        f"Delete{noun}": ElementHandlers.delete,
    }
    generated = getattr(grpc_module, f"{noun}ServiceServicer")
    servicer_class: Any = type(f"{noun}Servicer", (ElementHandlers, generated), methods)
    add_to_server = getattr(grpc_module, f"add_{noun}ServiceServicer_to_server")
    return add_to_server, servicer_class(kind, surface, store, messages)


def _surface(service: Any, noun: str) -> _Surface:
    outputs = {method.name: method.output_type for method in service.methods}
    plural_name = next(
        name.removeprefix("BatchGet") for name in outputs if name.startswith("BatchGet")
    )
    listed = outputs[f"List{plural_name}"].fields
    responses: dict[str, Any] = {
        name: message_factory.GetMessageClass(output) for name, output in outputs.items()
    }
    return _Surface(
        get=responses[f"Get{noun}"],
        batch_get=responses[f"BatchGet{plural_name}"],
        list=responses[f"List{plural_name}"],
        create=responses[f"Create{noun}"],
        update=responses[f"Update{noun}"],
        delete=responses[f"Delete{noun}"],
        plural_field=next(field.name for field in listed if field.message_type is not None),
        plural_name=plural_name,
    )
