"""The objects of one ontology as of one commit, over gRPC."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from oms.common.v1.revision_pb2 import Revision
from oms.object.v1 import filter_pb2, object_pb2
from oms.object.v1 import link_service_pb2 as link_pb2
from oms.object.v1 import link_service_pb2_grpc as link_grpc
from oms.object.v1 import object_service_pb2 as pb
from oms.object.v1 import object_service_pb2_grpc as object_grpc
from oms_core.errors import InvalidField, LimitExceeded, UnsupportedOperation

from svc_graphql.adapters.calls import as_caller, rpc_errors
from svc_graphql.adapters.changing import ChangeMessages, with_ids
from svc_graphql.adapters.known import KnownOntology
from svc_graphql.adapters.paging import Span, cursors_at, orders, read_span, span_of
from svc_graphql.adapters.values import (
    Decode,
    Facts,
    direction,
    negated,
    single_decoder,
)
from svc_graphql.domain.execution.folding import folded
from svc_graphql.domain.execution.requests import (
    EMPTY_PAGE,
    Aggregate,
    Commit,
    Committed,
    Find,
    Follow,
    Group,
    Layout,
    Page,
    Paging,
    Put,
    Row,
)
from svc_graphql.domain.generated.scalars import is_object_id
from svc_graphql.domain.ontology.model import BaseType

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
        span = _span_of(paging)
        condition = folded(paging.condition)
        if condition is False:
            return EMPTY_PAGE
        asked = pb.SearchObjectsRequest(
            parent=f"{self._parent}/{request.type}",
            order_by=orders(paging),
            revision=Revision(commit=span.commit_id) if span.commit_id else self._revision,
            properties=_properties(paging.properties),
            value_format=object_pb2.VALUE_FORMAT_JSON,
        )
        if not isinstance(condition, bool):
            type_ = request.type.partition("/")[2]
            asked.filter.CopyFrom(self._known.filters.message(condition, type_))
        found = await read_span(asked, span, self._search)
        cursors = cursors_at(found.start, len(found.objects), found.answer.commit_id)
        return Page(
            self._rows(found.objects, paging.properties),
            has_next=found.has_next,
            has_previous=found.start > 0,
            cursors=cursors if paging.with_cursors else (),
            total=found.total,
        )

    async def _search(self, asked: pb.SearchObjectsRequest) -> pb.SearchObjectsResponse:
        with rpc_errors():
            return await self._objects.SearchObjects(asked, metadata=as_caller())

    async def follow(self, request: Follow, ids: Sequence[str]) -> Mapping[str, Page]:
        paging = request.paging
        span = _span_of(paging)
        condition = folded(paging.condition)
        if condition is False:
            return {}
        asked = link_pb2.TraverseLinksRequest(
            parent=self._parent,
            steps=[
                link_pb2.LinkStep(
                    link_type=request.link_type, direction=direction(request.is_inverse)
                )
            ],
            order_by=orders(paging),
            max_per_source=max(1, span.count),
            skip_per_source=0 if span.is_from_end else span.start,
            from_end=span.is_from_end,
            revision=self._revision,
            properties=_properties(paging.properties),
            value_format=object_pb2.VALUE_FORMAT_JSON,
        )
        if not isinstance(condition, bool):
            end = self._known.filters.end(request.link_type, request.is_inverse)
            asked.filter.CopyFrom(self._known.filters.message(condition, end))
        pages: dict[str, Page] = {}
        for start in range(0, len(ids), _BATCH):
            pages |= await self._traverse(asked, ids[start : start + _BATCH], paging, span)
        return pages

    async def _traverse(
        self, asked: Any, ids: Sequence[str], paging: Paging, span: Span
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
            left = await self._traverse(asked, ids[:half], paging, span)
            return left | await self._traverse(asked, ids[half:], paging, span)
        rows = {row.id: row for row in self._rows(answer.objects, paging.properties)}
        return {
            one.source: _part(one, rows, span, with_cursors=paging.with_cursors)
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
                value_format=object_pb2.VALUE_FORMAT_JSON,
            )
            with rpc_errors():
                answer = await self._objects.BatchGetObjects(asked, metadata=as_caller())
            found |= {row.id: row for row in self._rows(answer.objects, properties)}
        return found

    def _rows(
        self, messages: Iterable[object_pb2.Object], properties: tuple[str, ...] | None
    ) -> list[Row]:
        """Objects whose values are JSON."""
        rows: list[Row] = []
        layouts: dict[str, Layout] = {}
        start = len(self._parent) + len("/objectTypes/")
        for message in messages:
            type_, _, key = message.name[start:].partition("/objects/")
            json = message.values_json
            if type_ not in layouts:
                layouts[type_] = self._known.layout(type_, properties, json)
            facts = Facts(message, type_)
            rows.append(Row(f"{type_}/{key}", type_, None, facts, json=json, layout=layouts[type_]))
        return rows

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
        changes = with_ids(request)
        asked = pb.ApplyObjectChangesRequest(
            parent=self._parent,
            changes=ChangeMessages(self._known, self._parent).of(changes),
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


_SOME_KEY: Final = filter_pb2.Filter(ids=filter_pb2.IdList(ids=["a"]))
_NEVER: Final = filter_pb2.FilterList(filters=[_SOME_KEY, negated(_SOME_KEY)])


def _span_of(paging: Paging) -> Span:
    return span_of(first=paging.first, after=paging.after, last=paging.last, before=paging.before)


def _part(traversal: Any, rows: Mapping[str, Row], span: Span, *, with_cursors: bool) -> Page:
    """The page of one object that links start from."""
    targets, total = list(traversal.targets)[: span.count], traversal.total_size
    start = min(span.start, total)
    if span.is_from_end:
        start = min(total, max(start, total - len(targets)))
        targets = targets[len(targets) - (total - start) :] if start < total else []
    return Page(
        [rows[target] for target in targets],
        has_next=start + len(targets) < total,
        has_previous=start > 0,
        cursors=cursors_at(start, len(targets), "") if with_cursors else (),
        total=total,
    )


def _properties(properties: tuple[str, ...] | None) -> tuple[str, ...]:
    """As the request has them: it takes none for all, so none is one that there isn't."""
    return () if properties is None else properties or _NO_PROPERTY


def _groups(first: int | None) -> int:
    if first is not None and not 1 <= first <= 10_000:
        raise InvalidField.of("first", f"{first} is not within 1 and 10000")
    return first or 0
