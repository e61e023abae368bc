"""The objects of one ontology as of one commit, over gRPC."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final
from uuid import uuid4

import grpc.aio
from oms.common.v1.revision_pb2 import Revision
from oms.object.v1 import filter_pb2, object_pb2
from oms.object.v1 import link_service_pb2 as link_pb2
from oms.object.v1 import link_service_pb2_grpc as link_grpc
from oms.object.v1 import object_service_pb2 as pb
from oms.object.v1 import object_service_pb2_grpc as object_grpc
from oms_core.call import current_call
from oms_core.errors import InvalidField, LimitExceeded, UnsupportedOperation
from oms_rpc.errors import from_rpc_error

from svc_graphql.adapters.paging import (
    MAX_PAGE,
    cursor_at,
    first_of,
    no_cursor,
    orders,
    position_of,
)
from svc_graphql.adapters.values import (
    Decode,
    Facts,
    Filters,
    decoder,
    direction,
    negated,
    single_decoder,
    to_value,
)
from svc_graphql.domain.execution.folding import folded
from svc_graphql.domain.execution.requests import (
    EMPTY_PAGE,
    Aggregate,
    Change,
    Commit,
    Committed,
    Find,
    Follow,
    Group,
    Page,
    Paging,
    Put,
    PutMode,
    Relate,
    Remove,
    Row,
)
from svc_graphql.domain.generated.scalars import is_object_id
from svc_graphql.domain.ontology.inheritance import Hierarchy
from svc_graphql.domain.ontology.model import BaseType, Ontology

_BATCH: Final = 1_000
_NO_PROPERTY: Final = ("_",)
_FUNCTIONS: Final = {
    "count": pb.AGGREGATE_FUNCTION_COUNT,
    "distinct": pb.AGGREGATE_FUNCTION_COUNT_DISTINCT,
    "sum": pb.AGGREGATE_FUNCTION_SUM,
    "avg": pb.AGGREGATE_FUNCTION_AVERAGE,
    "min": pb.AGGREGATE_FUNCTION_MIN,
    "max": pb.AGGREGATE_FUNCTION_MAX,
}


class KnownOntology:
    """An ontology with what is derived from it once: filters, and what reads each property."""

    def __init__(self, ontology: Ontology) -> None:
        self.ontology = ontology
        self.hierarchy = Hierarchy(ontology)
        self.filters = Filters(ontology, self.hierarchy)
        self._decoders: dict[str, dict[str, Decode]] = {}

    def decoders(self, type_: str) -> dict[str, Decode]:
        """What reads each property of a type."""
        if type_ not in self._decoders:
            known = self.hierarchy.properties(type_) if type_ in self.ontology.object_types else ()
            self._decoders[type_] = {one.id: decoder(one) for one in known}
        return self._decoders[type_]


@contextmanager
def rpc_errors() -> Generator[None]:
    """Raises what a call answered as an `OmsError`."""
    try:
        yield
    except grpc.aio.AioRpcError as exc:
        raise from_rpc_error(exc) from exc


def as_caller() -> list[tuple[str, str]]:
    """Metadata that makes a call the caller's own: the peer checks what the caller may do."""
    call = current_call()
    if call is None or call.identity is None:
        return []
    return [("authorization", f"Bearer {call.identity.token}")]


class GrpcObjects:
    """Implements `Objects`."""

    def __init__(
        self, channel: Any, known: KnownOntology, *, commit_id: str, branch: str | None
    ) -> None:
        """Calls nothing yet.

        Args:
            channel: To the service of ontologies.
            commit_id: What is read.
            branch: What is written to; None: nothing is.
        """
        self._channel = channel
        self._objects: Any = object_grpc.ObjectServiceStub(channel)
        self._links: Any = link_grpc.LinkServiceStub(channel)
        self._known = known
        self._parent = f"ontologies/{known.ontology.id}"
        self.commit_id = commit_id
        self._branch = branch
        self._revision = Revision(commit=commit_id)

    def at(self, commit_id: str) -> GrpcObjects:
        return GrpcObjects(self._channel, self._known, commit_id=commit_id, branch=self._branch)

    # --- pages -----------------------------------------------------------------------------

    async def find(self, request: Find) -> Page:
        paging = request.paging
        first = first_of(paging)
        condition = folded(paging.condition)
        if condition is False:
            return EMPTY_PAGE
        skip, token = position_of(paging.after)
        if skip > MAX_PAGE:
            raise no_cursor()
        asked = pb.SearchObjectsRequest(
            parent=f"{self._parent}/{request.type}",
            order_by=orders(paging),
            revision=self._revision,
            properties=_properties(paging.properties),
        )
        if not isinstance(condition, bool):
            type_ = request.type.partition("/")[2]
            asked.filter.CopyFrom(self._known.filters.message(condition, type_))
        return await self._pages(asked, paging, first=first, skip=skip, token=token)

    async def _pages(
        self, asked: Any, paging: Paging, *, first: int, skip: int, token: str
    ) -> Page:
        """As many answers as a page needs: one holds at most 1 MiB."""
        rows: list[Row] = []
        cursors: list[str] = []
        while True:
            asked.page_size = min(MAX_PAGE, max(1, skip + first - len(rows)))
            asked.page_token = token
            with rpc_errors():
                answer = await self._objects.SearchObjects(asked, metadata=as_caller())
            there = list(answer.objects)[skip:]
            wanted = there[: first - len(rows)]
            rows += map(self._row, wanted)
            if paging.with_cursors:
                ends = range(skip + 1, skip + len(wanted) + 1)
                cursors += [cursor_at(end, token) for end in ends]
            skip = max(0, skip - len(answer.objects))
            token = answer.next_page_token
            if len(rows) == first or not token:
                has_next = bool(token) or len(there) > len(wanted)
                break
        if cursors and token and len(there) == len(wanted):
            cursors[-1] = cursor_at(0, token)  # so that the next page begins where an answer does
        return Page(
            rows,
            has_next=has_next,
            has_previous=bool(paging.after),
            cursors=cursors,
            total=answer.total_size,
        )

    async def follow(self, request: Follow, ids: Sequence[str]) -> Mapping[str, Page]:
        paging = request.paging
        first = first_of(paging)
        condition = folded(paging.condition)
        if condition is False:
            return {}
        skip, _ = position_of(paging.after)
        asked = link_pb2.TraverseLinksRequest(
            parent=self._parent,
            steps=[
                link_pb2.LinkStep(
                    link_type=request.link_type, direction=direction(request.is_inverse)
                )
            ],
            order_by=orders(paging),
            max_per_source=max(1, first),
            skip_per_source=skip,
            revision=self._revision,
            properties=_properties(paging.properties),
        )
        if not isinstance(condition, bool):
            end = self._known.filters.end(request.link_type, request.is_inverse)
            asked.filter.CopyFrom(self._known.filters.message(condition, end))
        pages: dict[str, Page] = {}
        for start in range(0, len(ids), _BATCH):
            batch = ids[start : start + _BATCH]
            pages |= await self._traverse(asked, batch, paging, first=first, skip=skip)
        return pages

    async def _traverse(
        self, asked: Any, ids: Sequence[str], paging: Paging, *, first: int, skip: int
    ) -> dict[str, Page]:
        """One call; two of half the size each when one would answer too much."""
        request = link_pb2.TraverseLinksRequest()
        request.CopyFrom(asked)
        request.sources.extend(ids)
        try:
            with rpc_errors():
                answer = await self._links.TraverseLinks(request, metadata=as_caller())
        except LimitExceeded as exc:
            if exc.metadata.get("limit") != "traversal_objects" or len(ids) == 1:
                raise
            half = len(ids) // 2
            left = await self._traverse(asked, ids[:half], paging, first=first, skip=skip)
            return left | await self._traverse(asked, ids[half:], paging, first=first, skip=skip)
        rows = {row.id: row for row in map(self._row, answer.objects)}
        return {
            one.source: Page(
                [rows[target] for target in one.targets][:first],
                has_next=skip + min(first, len(one.targets)) < one.total_size,
                has_previous=skip > 0,
                cursors=[cursor_at(skip + n + 1, "") for n in range(min(first, len(one.targets)))],
                total=one.total_size,
            )
            for one in answer.traversals
        }

    async def get(
        self, ids: Sequence[str], properties: tuple[str, ...] | None
    ) -> Mapping[str, Row]:
        types = self._known.ontology.object_types
        names = [
            f"{self._parent}/objectTypes/{id_.replace('/', '/objects/')}"
            for id_ in ids
            if is_object_id(id_) and id_.partition("/")[0] in types
        ]
        found: dict[str, Row] = {}
        for start in range(0, len(names), _BATCH):
            asked = pb.BatchGetObjectsRequest(
                parent=self._parent,
                names=names[start : start + _BATCH],
                revision=self._revision,
                properties=_properties(properties),
                allow_missing=True,
            )
            with rpc_errors():
                answer = await self._objects.BatchGetObjects(asked, metadata=as_caller())
            found |= {row.id: row for row in map(self._row, answer.objects)}
        return found

    def _row(self, message: object_pb2.Object) -> Row:
        type_, _, key = message.name.split("/objectTypes/", 1)[1].partition("/objects/")
        decoders = self._known.decoders(type_)
        values = {
            name: decoders[name](value) if name in decoders else None
            for name, value in message.values.items()
        }
        return Row(f"{type_}/{key}", type_, values, Facts(message, type_))

    # --- figures ---------------------------------------------------------------------------

    async def aggregate(self, request: Aggregate) -> Sequence[Group]:
        condition = folded(request.condition)
        figures = request.figures or (("count", ""),)
        asked = pb.AggregateObjectsRequest(
            parent=f"{self._parent}/{request.type}",
            group_by=request.group_by,
            aggregates=[
                pb.Aggregate(function=_FUNCTIONS[function], property=name)
                for function, name in figures
            ],
            revision=self._revision,
            max_groups=_groups(request.first),
        )
        type_ = request.type.partition("/")[2]
        # A condition that nothing meets still has a group when there are no keys.
        wanted = filter_pb2.Filter(all=_NEVER) if condition is False else None
        if not isinstance(condition, bool):
            wanted = self._known.filters.message(condition, type_)
        if wanted is not None:
            asked.filter.CopyFrom(wanted)
        with rpc_errors():
            answer = await self._objects.AggregateObjects(asked, metadata=as_caller())
        return [self._group(one, type_, request, figures) for one in answer.groups]

    def _group(
        self, message: Any, type_: str, request: Aggregate, figures: Sequence[tuple[str, str]]
    ) -> Group:
        found: dict[str, dict[str, Any]] = {}
        for (function, name), result in zip(figures, message.results, strict=True):
            read = self._figure_decoder(type_, function, name)
            there = result.HasField("value")
            found.setdefault(function, {})[name] = read(result.value) if there else None
        keys = {
            name: self._single(type_, name)(key.value) if key.HasField("value") else None
            for name, key in zip(request.group_by, message.keys, strict=True)
        }
        return Group(keys, message.object_count, found)

    def _figure_decoder(self, type_: str, function: str, name: str) -> Decode:
        if function in ("count", "distinct"):
            return single_decoder(BaseType.INT)
        declared = self._known.hierarchy.property_of(type_, name)
        if function in ("sum", "avg") and declared and declared.type is not BaseType.FLOAT:
            return single_decoder(BaseType.DECIMAL)
        return self._single(type_, name)

    def _single(self, type_: str, name: str) -> Decode:
        declared = self._known.hierarchy.property_of(type_, name)
        assert declared is not None
        return single_decoder(declared.type)

    # --- changes ---------------------------------------------------------------------------

    async def commit(self, request: Commit) -> Committed:
        if self._branch is None:
            raise UnsupportedOperation(
                "a commit, a tag or a time can't be changed; send mutations to a branch"
            )
        changes = [_with_id(one) for one in request.changes]
        asked = pb.ApplyObjectChangesRequest(
            parent=self._parent,
            changes=[self._change(one) for one in changes],
            branch=self._branch,
            expected_head=request.expected_head,
            message=request.message,
            request_id=request.request_id,
        )
        with rpc_errors():
            answer = await self._objects.ApplyObjectChanges(asked, metadata=as_caller())
        rows = {row.id: row for row in map(self._row, answer.objects)}
        put = [one.id for one in changes if isinstance(one, Put)]
        if request.properties and len(rows) < len(set(put)):
            rows = await self.at(answer.commit_id).get(put, request.properties)
        return Committed(
            answer.commit_id,
            [rows.get(one.id) if isinstance(one, Put) else None for one in changes],
        )

    def _change(self, change: Change) -> pb.ObjectChange:
        match change:
            case Put():
                return self._put(change)
            case Remove(id_, etag, with_links):
                name = self._name(id_)
                delete = pb.ObjectDelete(name=name, etag=etag, delete_links=with_links)
                return pb.ObjectChange(delete=delete)
            case Relate(link_type, source, target, is_removed):
                for field, id_ in (("source", source), ("target", target)):
                    _check_id(id_, field)
                link = object_pb2.Link(link_type=link_type, source=source, target=target)
                return pb.ObjectChange(unlink=link) if is_removed else pb.ObjectChange(link=link)

    def _put(self, change: Put) -> pb.ObjectChange:
        values: dict[str, object_pb2.Value] = {}
        for name, value in change.values.items():
            declared = self._known.hierarchy.property_of(change.type, name)
            if value is not None and declared is not None:
                values[name] = to_value(declared, value, field=name)
        message = object_pb2.Object(name=self._name(change.id), values=values, etag=change.etag)
        if change.mode is PutMode.UPDATE:
            update = pb.ObjectUpdate(object=message, update_properties=list(change.values))
            return pb.ObjectChange(update=update)
        if change.mode is PutMode.CREATE:
            return pb.ObjectChange(create=message)
        return pb.ObjectChange(upsert=message)

    def _name(self, id_: str) -> str:
        _check_id(id_, "id")
        type_, _, key = id_.partition("/")
        return f"{self._parent}/objectTypes/{type_}/objects/{key}"


_SOME_KEY: Final = filter_pb2.Filter(ids=filter_pb2.IdList(ids=["a"]))
_NEVER: Final = filter_pb2.FilterList(filters=[_SOME_KEY, negated(_SOME_KEY)])


def _check_id(id_: str, field: str) -> None:
    if not is_object_id(id_):
        raise InvalidField.of(field, f"{id_[:80]!r} is no id such as Type/key")


def _with_id(change: Change) -> Change:
    if isinstance(change, Put) and not change.id:
        return Put(change.mode, change.type, f"{change.type}/{uuid4().hex}", change.values)
    return change


def _properties(properties: tuple[str, ...] | None) -> tuple[str, ...]:
    """As the request has them: it takes none for all, so none is one that there isn't."""
    return () if properties is None else properties or _NO_PROPERTY


def _groups(first: int | None) -> int:
    if first is not None and not 1 <= first <= 10_000:
        raise InvalidField.of("first", f"{first} is not within 1 and 10000")
    return first or 0
