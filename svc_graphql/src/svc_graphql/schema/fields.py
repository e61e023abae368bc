"""Fields of the schema: one for each method, and those that lead from one resource to others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from google.protobuf.descriptor import Descriptor
from graphql import (
    GraphQLArgument,
    GraphQLField,
    GraphQLID,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLString,
)
from oms.common.v1 import revision_pb2
from oms_core.errors import InvalidField, OmsError

from svc_graphql.schema.connections import PAGING, ConnectionTypes, Page, read_page
from svc_graphql.schema.contract import Rpc, message_of, type_name
from svc_graphql.schema.inputs import InputTypes, fill
from svc_graphql.schema.messages import OutputTypes, Record
from svc_graphql.schema.payloads import Payloads, Refusal, is_refusal
from svc_graphql.schema.reading import Reading, call, revision, scope_of
from svc_graphql.schema.references import REFERENCES, Reference
from svc_graphql.schema.resolving import itself
from svc_graphql.schema.resources import Resource, Resources, global_id, name_of_id

_PAGE_FIELDS: Final = ("page_size", "page_token", "skip", "from_end")
_MAX_NODES: Final = 1_000
AT: Final = {
    "branch": GraphQLArgument(GraphQLString, description="Left out: `main`."),
    "asOf": GraphQLArgument(
        GraphQLString,
        description="A commit's id, `tag:` and a tag, or a time (RFC 3339). Left out: the head.",
    ),
}
"""Arguments of what can be read as of a revision."""


class Fields:
    """Makes fields. Types that fields need are made when the schema is put together."""

    def __init__(self, methods: Sequence[Rpc]) -> None:
        self.resources = Resources(methods)
        self.node = GraphQLInterfaceType(
            "Node",
            {"id": GraphQLField(GraphQLNonNull(GraphQLID))},
            resolve_type=lambda record, _info, _type: type_name(record.message.DESCRIPTOR),
            description="A resource that can be got by its id.",
        )
        self.outputs = OutputTypes(self._further, self._interfaces)
        self.inputs = InputTypes(self.outputs)
        self.connections = ConnectionTypes(self.outputs)
        self.payloads = Payloads()

    # Fields of methods

    def query(self, rpc: Rpc) -> GraphQLField:
        """A method that reads and answers once."""
        is_dated = _is_dated(rpc)
        without = ("revision",) if is_dated else ()

        async def resolve(_source: Any, info: Any, **given: Any) -> Record:
            request = _request(rpc, given)
            response = await call(info.context, rpc, request)
            return Record(response, scope_of(request, response))

        return GraphQLField(
            GraphQLNonNull(self.outputs.object(rpc.method.output_type)),
            args=self._arguments(rpc, without, AT if is_dated else {}),
            resolve=resolve,
            description=rpc.about,
        )

    def list(self, rpc: Rpc) -> GraphQLField:
        """A method that reads pages: a connection."""
        is_dated = _is_dated(rpc)
        without = (*_PAGE_FIELDS, *(("revision",) if is_dated else ()))

        async def resolve(_source: Any, info: Any, **given: Any) -> Page:
            return await _page(rpc, _request(rpc, given), info, given)

        return GraphQLField(
            GraphQLNonNull(self.connections.of(rpc)),
            args=self._arguments(rpc, without, {**PAGING, **(AT if is_dated else {})}),
            resolve=resolve,
            description=rpc.about,
        )

    def mutation(self, rpc: Rpc) -> GraphQLField:
        """A method that changes something: its response, or why it was refused."""
        response = self.outputs.object(rpc.method.output_type)
        name = type_name(rpc.method.output_type).removesuffix("Response")

        async def resolve(_source: Any, info: Any, **given: Any) -> Record | Refusal:
            try:
                request = _request(rpc, given)
                answer = await call(info.context, rpc, request)
            except OmsError as exc:
                if is_refusal(exc):
                    return Refusal(exc)
                raise
            return Record(answer, scope_of(request, answer))

        return GraphQLField(
            GraphQLNonNull(self.payloads.union(f"{name}Result", response)),
            args=self._arguments(rpc, (), {}),
            resolve=resolve,
            description=rpc.about,
        )

    def subscription(self, rpc: Rpc) -> GraphQLField:
        """A method that answers with a stream, opened for its caller alone."""

        async def source(_source: Any, info: Any, **given: Any) -> Any:
            request = _request(rpc, given)
            async for response in rpc.stream(info.context.channel, request):
                yield Record(response, scope_of(request, response))

        return GraphQLField(
            GraphQLNonNull(self.outputs.object(rpc.method.output_type)),
            args=self._arguments(rpc, (), {}),
            subscribe=source,
            resolve=itself,
            description=rpc.about,
        )

    def _arguments(
        self, rpc: Rpc, without: Sequence[str], further: Mapping[str, GraphQLArgument]
    ) -> dict[str, GraphQLArgument]:
        made = self.inputs.of_request(rpc, without=without)
        return {**({"input": GraphQLArgument(made)} if made is not None else {}), **further}

    # Nodes

    def node_fields(self) -> dict[str, GraphQLField]:
        """`node` and `nodes`."""
        ids = GraphQLNonNull(GraphQLList(GraphQLNonNull(GraphQLID)))
        return {
            "node": GraphQLField(
                self.node,
                args={
                    "id": GraphQLArgument(GraphQLNonNull(GraphQLID), out_name="node_id"),
                    **AT,
                },
                resolve=self._resolve_node,
                description="The resource with an id; null when there is none.",
            ),
            "nodes": GraphQLField(
                GraphQLNonNull(GraphQLList(self.node)),
                args={"ids": GraphQLArgument(ids), **AT},
                resolve=self._resolve_nodes,
                description=f"The resources with up to {_MAX_NODES:,} ids, in their order.",
            ),
            "resource": GraphQLField(
                self.node,
                args={"name": GraphQLArgument(GraphQLNonNull(GraphQLString)), **AT},
                resolve=self._resolve_resource,
                description="The resource with a name, such as `ontologies/acme`.",
            ),
        }

    async def _resolve_node(
        self, _source: Any, info: Any, node_id: str, **at: Any
    ) -> Record | None:
        return await self._named(info, name_of_id(node_id), at)

    async def _resolve_resource(
        self, _source: Any, info: Any, name: str, **at: Any
    ) -> Record | None:
        return await self._named(info, name, at)

    def _resolve_nodes(self, _source: Any, info: Any, ids: list[str], **at: Any) -> list[Any]:
        if len(ids) > _MAX_NODES:
            raise InvalidField.of("ids", f"has {len(ids)} ids, more than {_MAX_NODES}")
        return [self._named(info, name_of_id(each), at) for each in ids]

    async def _named(self, info: Any, name: str, at: Mapping[str, Any]) -> Record | None:
        resource = self.resources.of_name(name)
        if resource is None:
            return None
        when = revision(at.get("branch"), at.get("asOf")) if resource.takes_revision else None
        return await Reading.of(info.context).load(resource, name, when)

    def _interfaces(self, message: Descriptor) -> list[GraphQLInterfaceType]:
        return [self.node] if message.full_name in self.resources.by_message else []

    def _further(self, message: Descriptor) -> dict[str, GraphQLField]:
        fields: dict[str, GraphQLField] = {}
        resource = self.resources.by_message.get(message.full_name)
        if resource is not None:
            fields["id"] = GraphQLField(GraphQLNonNull(GraphQLID), resolve=_node_id)
            for name, rpc in resource.children.items():
                if name not in message.fields_by_camelcase_name:
                    fields[name] = self._children(rpc)
        for reference in REFERENCES.get(message.full_name, ()):
            is_many = message.fields_by_name[reference.field].is_repeated
            fields[reference.shown] = self._referred(reference, is_many=is_many)
        return fields

    def _children(self, rpc: Rpc) -> GraphQLField:
        is_dated = _is_dated(rpc)
        without = ("parent", *_PAGE_FIELDS, *(("revision",) if is_dated else ()))
        left = [f for f in rpc.method.input_type.fields if f.name not in without]
        filters = self.inputs.filters(rpc, without) if left else None

        async def resolve(record: Record, info: Any, **given: Any) -> Page:
            request = _request(rpc, {**given, "input": given.get("filter") or {}})
            request.parent = record.message.name
            return await _page(rpc, request, info, given)

        return GraphQLField(
            GraphQLNonNull(self.connections.of(rpc)),
            args={
                **PAGING,
                **(AT if is_dated else {}),
                **({"filter": GraphQLArgument(filters)} if filters is not None else {}),
            },
            resolve=resolve,
            description=rpc.about,
        )

    def _referred(self, reference: Reference, *, is_many: bool) -> GraphQLField:
        resource = self.resources.by_message[reference.target]
        response = resource.get.method.output_type
        target = self.outputs.object(message_of(response.fields_by_name[resource.response_field]))
        read = _ManyReader(reference, resource) if is_many else _OneReader(reference, resource)
        kind = GraphQLNonNull(GraphQLList(target)) if is_many else target
        return GraphQLField(
            kind,
            resolve=read,
            description="Read at the commit that the element was read at.",
        )


class _OneReader:
    def __init__(self, reference: Reference, resource: Resource) -> None:
        self._reference = reference
        self._resource = resource

    async def __call__(self, record: Record, info: Any) -> Record | None:
        key = getattr(record.message, self._reference.field)
        if not key:
            return None
        [found] = await self.read(record, info, [key])
        return found

    async def read(self, record: Record, info: Any, keys: Sequence[str]) -> list[Record | None]:
        """The elements with ids."""
        scope = record.scope
        parent = scope.parent or "/".join(getattr(record.message, "name", "").split("/")[:2])
        names = [f"{parent}/{self._reference.collection}/{key}" for key in keys]
        at = revision_pb2.Revision(commit=scope.commit) if scope.commit else None
        return await Reading.of(info.context).load_all(self._resource, names, at)


class _ManyReader(_OneReader):
    async def __call__(self, record: Record, info: Any) -> Any:
        return await self.read(record, info, list(getattr(record.message, self._reference.field)))


def _is_dated(rpc: Rpc) -> bool:
    field = rpc.method.input_type.fields_by_name.get("revision")
    return field is not None and field.message_type is revision_pb2.Revision.DESCRIPTOR


def _request(rpc: Rpc, given: Mapping[str, Any]) -> Any:
    request = fill(rpc.request_type(), given.get("input") or {})
    if _is_dated(rpc) and ("branch" in given or "asOf" in given):
        at = revision(given.get("branch"), given.get("asOf"))
        if at is not None:
            request.revision.CopyFrom(at)
    return request


async def _page(rpc: Rpc, request: Any, info: Any, given: Mapping[str, Any]) -> Page:
    async def read(page_request: Any) -> Any:
        return await call(info.context, rpc, page_request)

    return await read_page(rpc, request, read, given, scope_of)


def _node_id(record: Record, _info: Any) -> str:
    return global_id(record.message.name)
