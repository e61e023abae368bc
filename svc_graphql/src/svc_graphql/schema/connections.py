"""Relay connections over the pages of list methods.

A cursor names the page that its entry stands on, by the token that page was read with, and the
entry's place there. So a connection can go on after any entry, and reads the entry's page again.
Source: https://relay.dev/graphql/connections.htm
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import orjson
from graphql import (
    GraphQLArgument,
    GraphQLBoolean,
    GraphQLField,
    GraphQLInt,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLString,
)
from oms_core.errors import InvalidField, UnsupportedOperation

from svc_graphql.adapters.paging import cursors_at, read_span, span_of
from svc_graphql.schema.contract import Rpc, camel, type_name
from svc_graphql.schema.messages import OutputTypes, Record, Scope
from svc_graphql.schema.resolving import attribute, reads

DEFAULT_FIRST: Final = 20
MAX_FIRST: Final = 1_000
_MAX_CURSOR: Final = 4_096

PAGING: Final = {
    "first": GraphQLArgument(
        GraphQLInt,
        description=f"Most entries, 0 to {MAX_FIRST:,}. Left out: {DEFAULT_FIRST}.",
    ),
    "after": GraphQLArgument(GraphQLString, description="Cursor of the entry to go on after."),
    "last": GraphQLArgument(
        GraphQLInt, description="Most entries from the end, where a list can be read backward."
    ),
    "before": GraphQLArgument(GraphQLString, description="Cursor of the entry to end before."),
}
"""Arguments of a connection."""


@dataclass(frozen=True, slots=True)
class Page:
    """Part of a list.

    Attributes:
        response: The last response, for the fields beside the entries.
        entries: Each with its cursor.
        has_more: Whether there are more after it.
        is_first: Whether it is the beginning.
        scope: Where the entries were read.
    """

    response: Any
    entries: list[tuple[str, Any]]
    has_more: bool
    is_first: bool
    scope: Scope


@dataclass(frozen=True, slots=True)
class _Place:
    token: str
    index: int


async def read_page(
    rpc: Rpc,
    request: Any,
    call: Callable[[Any], Awaitable[Any]],
    given: Mapping[str, Any],
    scope_of: Callable[[Any, Any], Scope],
) -> Page:
    """Reads part of a list; in as few calls as the method's own limits allow.

    Args:
        given: Values of `PAGING`.
    Raises:
        InvalidField: a number is out of range, or a cursor is none of this list.
        UnsupportedOperation: the list can't be read backward.
    """
    if "from_end" in rpc.method.input_type.fields_by_name:
        return await _read_span(request, call, given, scope_of)
    if given.get("last") is not None or given.get("before"):
        raise UnsupportedOperation(
            f"{rpc.method.name} gives its pages forward only; use first and after in place of "
            "last and before",
            metadata={"method": rpc.method.name},
        )
    first, after = given.get("first"), given.get("after")
    first = DEFAULT_FIRST if first is None else first
    return await _read_forward(rpc, request, call, first=first, after=after, scope_of=scope_of)


async def _read_span(
    request: Any,
    call: Callable[[Any], Awaitable[Any]],
    given: Mapping[str, Any],
    scope_of: Callable[[Any, Any], Scope],
) -> Page:
    """Reads from either end; cursors count the entries, and name the commit."""
    span = span_of(
        first=given.get("first"),
        after=given.get("after") or "",
        last=given.get("last"),
        before=given.get("before") or "",
        default=DEFAULT_FIRST,
    )
    if span.commit_id:
        request.revision.commit = span.commit_id
    found = await read_span(request, span, call)
    cursors = cursors_at(found.start, len(found.objects), found.answer.commit_id)
    return Page(
        found.answer,
        list(zip(cursors, found.objects, strict=True)),
        found.has_next,
        found.start == 0,
        scope_of(request, found.answer),
    )


async def _read_forward(
    rpc: Rpc,
    request: Any,
    call: Callable[[Any], Awaitable[Any]],
    *,
    first: int,
    after: str | None,
    scope_of: Callable[[Any, Any], Scope],
) -> Page:
    if not 0 <= first <= MAX_FIRST:
        raise InvalidField.of("first", f"has to be 0 to {MAX_FIRST}")
    field = rpc.page_field
    place = _parse(after)
    token, skip = (place.token, place.index + 1) if place else ("", 0)
    entries: list[tuple[str, Any]] = []
    while True:
        request.page_token = token
        request.page_size = min(MAX_FIRST, max(1, first - len(entries) + skip))
        response = await call(request)
        found = list(getattr(response, field.name))
        wanted = found[skip : skip + first - len(entries)]
        entries += [(_cursor(token, skip + index), entry) for index, entry in enumerate(wanted)]
        has_more = skip + len(wanted) < len(found) or bool(response.next_page_token)
        if len(entries) >= first or not response.next_page_token:
            return Page(response, entries, has_more, after is None, scope_of(request, response))
        token, skip = response.next_page_token, max(0, skip - len(found))


def _cursor(token: str, index: int) -> str:
    return base64.urlsafe_b64encode(orjson.dumps([token, index])).decode().rstrip("=")


def _parse(cursor: str | None) -> _Place | None:
    if not cursor:
        return None
    place = _decoded(cursor) if len(cursor) <= _MAX_CURSOR else None
    if place is None:
        raise InvalidField.of("after", "is no cursor of this list")
    return place


def _decoded(cursor: str) -> _Place | None:
    try:
        parsed = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, binascii.Error):
        return None
    if not isinstance(parsed, list) or len(parsed) != 2:
        return None
    token, index = parsed
    is_ours = type(token) is str and type(index) is int and 0 <= index < MAX_FIRST
    return _Place(token, index) if is_ours else None


_PAGE_INFO: Final = GraphQLObjectType(
    "PageInfo",
    {
        "hasNextPage": GraphQLField(GraphQLNonNull(GraphQLBoolean), resolve=attribute("has_more")),
        "hasPreviousPage": GraphQLField(
            GraphQLNonNull(GraphQLBoolean), resolve=reads(lambda page: not page.is_first)
        ),
        "startCursor": GraphQLField(
            GraphQLString,
            resolve=reads(lambda page: page.entries[0][0] if page.entries else None),
        ),
        "endCursor": GraphQLField(
            GraphQLString,
            resolve=reads(lambda page: page.entries[-1][0] if page.entries else None),
        ),
    },
)


class ConnectionTypes:
    """The type of the connection of each list method."""

    def __init__(self, outputs: OutputTypes) -> None:
        self._outputs = outputs
        self._known: dict[str, GraphQLObjectType] = {}

    def of(self, rpc: Rpc) -> GraphQLObjectType:
        """The type of a method's connection."""
        if rpc.path not in self._known:
            name = type_name(rpc.method.output_type).removesuffix("Response")
            self._known[rpc.path] = GraphQLObjectType(
                f"{name}Connection",
                lambda: self._fields(rpc, name),
                description=f"Pages of `{rpc.path[1:]}`.",
            )
        return self._known[rpc.path]

    def _fields(self, rpc: Rpc, name: str) -> dict[str, GraphQLField]:
        node = self._outputs.object(rpc.page_field.message_type)
        edge = GraphQLObjectType(
            f"{name}Edge",
            {
                "cursor": GraphQLField(
                    GraphQLNonNull(GraphQLString), resolve=reads(lambda edge: edge[0])
                ),
                "node": GraphQLField(GraphQLNonNull(node), resolve=reads(lambda edge: edge[1])),
            },
        )
        fields = {
            "edges": GraphQLField(_many(edge), resolve=_edges),
            "nodes": GraphQLField(_many(node), resolve=_nodes),
            "pageInfo": GraphQLField(GraphQLNonNull(_PAGE_INFO), resolve=reads(lambda page: page)),
        }
        for field in rpc.method.output_type.fields:
            if field.name not in (rpc.page_field.name, "next_page_token"):
                fields[camel(field.name)] = _beside(self._outputs.field(field))
        return fields


def _many(kind: Any) -> Any:
    return GraphQLNonNull(GraphQLList(GraphQLNonNull(kind)))


def _edges(page: Page, _info: Any) -> list[tuple[str, Record]]:
    return [(cursor, Record(entry, page.scope)) for cursor, entry in page.entries]


def _nodes(page: Page, _info: Any) -> list[Record]:
    return [Record(entry, page.scope) for _, entry in page.entries]


def _beside(field: GraphQLField) -> GraphQLField:
    read: Any = field.resolve

    def resolve(page: Page, info: Any) -> Any:
        return read(Record(page.response, page.scope), info)

    return GraphQLField(field.type, resolve=resolve)
