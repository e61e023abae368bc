"""Where the value of each field of a generated schema comes from.

A binding stands in the `extensions` of its field under `BINDING`. There are two kinds: a reading
takes the value from what is at hand; a fetch asks for the values of all sources at once.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from svc_graphql.domain.execution.requests import (
    EMPTY_PAGE,
    Aggregate,
    Ask,
    Change,
    ChangedObject,
    Commit,
    CommittedChanges,
    Find,
    Follow,
    Get,
    Group,
    Page,
    Paging,
    Row,
)

BINDING: Final = "oms"
Arguments = Mapping[str, Any]


class Reading(ABC):
    """Takes a value from its source, without asking anybody."""

    __slots__ = ()

    def column(self, sources: Sequence[Any]) -> list[Any]:
        """The values of several sources, in their order."""
        return [self.value(source) for source in sources]

    @abstractmethod
    def value(self, source: Any) -> Any:
        """The value of one source."""


@dataclass(frozen=True, slots=True)
class ObjectId(Reading):
    """The id of an object."""

    def column(self, sources: Sequence[Row]) -> list[Any]:
        return [source.id for source in sources]

    def value(self, source: Row) -> Any:
        return source.id


@dataclass(frozen=True, slots=True)
class ObjectKey(Reading):
    """The id of an object without its type."""

    def value(self, source: Row) -> Any:
        return source.id.partition("/")[2]


@dataclass(frozen=True, slots=True)
class PropertyValue(Reading):
    """A property of an object."""

    property: str

    def column(self, sources: Sequence[Row]) -> list[Any]:
        name = self.property
        return [source.values.get(name) for source in sources]

    def value(self, source: Row) -> Any:
        return source.values.get(self.property)


@dataclass(frozen=True, slots=True)
class Facts(Reading):
    """What the store says of an object."""

    def value(self, source: Row) -> Any:
        return source.facts


@dataclass(frozen=True, slots=True)
class Entry(Reading):
    """An entry of a mapping: of a struct, a fact, a group's key."""

    key: Any

    def column(self, sources: Sequence[Mapping[Any, Any]]) -> list[Any]:
        key = self.key
        return [source.get(key) for source in sources]

    def value(self, source: Mapping[Any, Any]) -> Any:
        return source.get(self.key)


@dataclass(frozen=True, slots=True)
class Attribute(Reading):
    """An attribute of a page, an edge, a group or a payload."""

    name: str

    def value(self, source: Any) -> Any:
        return getattr(source, self.name)


@dataclass(frozen=True, slots=True)
class Itself(Reading):
    """The source again: a part of it in a type of its own."""

    def value(self, source: Any) -> Any:
        return source


@dataclass(frozen=True, slots=True)
class Figures(Reading):
    """The figures of a group that one function gives, by property."""

    function: str

    def value(self, source: Group) -> Any:
        return source.figures.get(self.function, {})


class Root:
    """What the fields of a root type start from."""

    __slots__ = ("changes", "commit_id")

    def __init__(self, commit_id: str, changes: CommittedChanges | None = None) -> None:
        self.commit_id = commit_id
        self.changes = changes


@dataclass(frozen=True, slots=True)
class OntologyRead(Reading):
    """The ontology that a schema is of, as of the commit that is read."""

    make: Callable[[str], Any]

    def value(self, source: Root) -> Any:
        return self.make(source.commit_id)


@dataclass(frozen=True, slots=True)
class ChangesRead(Reading):
    """What a commit changed among the objects of a type; `type` as in `Find`."""

    type: str

    def value(self, source: Root) -> Any:
        return source.changes


class Edge:
    """An object on a page, with its cursor there."""

    __slots__ = ("cursor", "node")

    def __init__(self, node: Row, cursor: str) -> None:
        self.node = node
        self.cursor = cursor


@dataclass(frozen=True, slots=True)
class Edges(Reading):
    """The edges of a page."""

    def value(self, source: Page) -> Any:
        return [Edge(row, cursor) for row, cursor in zip(source.rows, source.cursors, strict=True)]


@dataclass(frozen=True, slots=True)
class FirstCursor(Reading):
    """Where a page begins, None of an empty one."""

    def value(self, source: Page) -> Any:
        return source.cursors[0] if source.cursors else None


@dataclass(frozen=True, slots=True)
class LastCursor(Reading):
    """Where a page ends, None of an empty one."""

    def value(self, source: Page) -> Any:
        return source.cursors[-1] if source.cursors else None


class Selection:
    """The fields selected of an answer, by name, with what is selected of each.

    Aliases, type conditions and `@skip` are passed over: it may hold too much, never too little.
    """

    __slots__ = ("_fields", "_properties")

    def __init__(self, fields: Tree, properties: Mapping[str, str]) -> None:
        """Takes a tree of names, and ids of properties by the names of their fields."""
        self._fields = fields
        self._properties = properties

    def __contains__(self, name: str) -> bool:
        return name in self._fields

    def __iter__(self) -> Iterator[str]:
        return iter(self._fields)

    def below(self, name: str) -> Selection:
        """What is selected of a field; nothing when it isn't selected itself."""
        return Selection(self._fields.get(name, Tree()), self._properties)

    @property
    def properties(self) -> tuple[str, ...]:
        """Ids of the properties selected directly, in order."""
        known = self._properties
        return tuple(dict.fromkeys(known[name] for name in self._fields if name in known))

    @property
    def of_rows(self) -> tuple[str, ...]:
        """Ids of the properties selected of the objects on a page."""
        nodes, edges = self.below("nodes"), self.below("edges").below("node")
        return tuple(dict.fromkeys((*nodes.properties, *edges.properties)))


class Tree(dict[str, "Tree"]):
    """Names of fields, each with those selected below it."""


class Fetch(ABC):
    """Asks for the values of all sources of a field at once: what is asked alike is asked once."""

    __slots__ = ()

    @abstractmethod
    def ask(self, arguments: Arguments, selection: Selection) -> Ask:
        """What is asked for."""

    def keys(self, source: Any) -> Sequence[str]:
        """The ids that the answer is asked for; none where it does not depend on the source."""
        return ()

    def value(self, source: Any, answer: Any) -> Any:
        """The value of one source, out of the answer."""
        return answer


@dataclass(frozen=True, slots=True)
class FindPage(Fetch):
    """A page of the objects of a type; `type` as in `Find`."""

    type: str

    def ask(self, arguments: Arguments, selection: Selection) -> Ask:
        return Find(self.type, paging(arguments, selection))


@dataclass(frozen=True, slots=True)
class FindOne(Fetch):
    """The object with an id, None when there is none or it is of none of the types. None: any."""

    types: frozenset[str] | None = None

    def ask(self, arguments: Arguments, selection: Selection) -> Ask:
        return Get((arguments["id"],), selection.properties)

    def value(self, source: Any, answer: Mapping[str, Row]) -> Any:
        row = next(iter(answer.values()), None)
        is_one = row is not None and (self.types is None or row.type in self.types)
        return row if is_one else None


@dataclass(frozen=True, slots=True)
class FindSeveral(Fetch):
    """The objects with the ids, in their order, None for one that is not there."""

    def ask(self, arguments: Arguments, selection: Selection) -> Ask:
        return Get(tuple(arguments["ids"]), selection.properties, is_ordered=True)

    def value(self, source: Any, answer: Mapping[str, Row | None]) -> Any:
        return list(answer.values())


@dataclass(frozen=True, slots=True)
class ObjectAfter(Fetch):
    """A changed object as the commit left it, None of one that was deleted."""

    def ask(self, arguments: Arguments, selection: Selection) -> Ask:
        return Get(properties=selection.properties)

    def keys(self, source: ChangedObject) -> Sequence[str]:
        return () if source.change == "DELETED" else (source.id,)

    def value(self, source: ChangedObject, answer: Mapping[str, Row]) -> Any:
        return answer.get(source.id)


@dataclass(frozen=True, slots=True)
class ReferredObject(Fetch):
    """The object that a property refers to, None where it is gone."""

    property: str

    def ask(self, arguments: Arguments, selection: Selection) -> Ask:
        return Get(properties=selection.properties)

    def keys(self, source: Row) -> Sequence[str]:
        value = source.values.get(self.property)
        return (value,) if isinstance(value, str) else ()

    def value(self, source: Row, answer: Mapping[str, Row]) -> Any:
        value = source.values.get(self.property)
        return answer.get(value) if isinstance(value, str) else None


@dataclass(frozen=True, slots=True)
class ReferredObjects(Fetch):
    """The objects that a property refers to, in its order, None for one that is gone."""

    property: str

    def ask(self, arguments: Arguments, selection: Selection) -> Ask:
        return Get(properties=selection.properties)

    def keys(self, source: Row) -> Sequence[str]:
        value = source.values.get(self.property)
        return [one for one in value if isinstance(one, str)] if isinstance(value, list) else ()

    def value(self, source: Row, answer: Mapping[str, Row]) -> Any:
        value = source.values.get(self.property)
        if not isinstance(value, list):
            return None
        return [answer.get(one) if isinstance(one, str) else None for one in value]


@dataclass(frozen=True, slots=True)
class LinkedObject(Fetch):
    """The one object at the other end of a link type, None without a link."""

    link_type: str
    is_inverse: bool

    def ask(self, arguments: Arguments, selection: Selection) -> Ask:
        paging = Paging(first=1, properties=selection.properties)
        return Follow(self.link_type, self.is_inverse, paging)

    def keys(self, source: Row) -> Sequence[str]:
        return (source.id,)

    def value(self, source: Row, answer: Mapping[str, Page]) -> Any:
        page = answer.get(source.id)
        return page.rows[0] if page is not None and page.rows else None


@dataclass(frozen=True, slots=True)
class LinkedPage(Fetch):
    """A page of the objects at the other end of a link type."""

    link_type: str
    is_inverse: bool

    def ask(self, arguments: Arguments, selection: Selection) -> Ask:
        return Follow(self.link_type, self.is_inverse, paging(arguments, selection))

    def keys(self, source: Row) -> Sequence[str]:
        return (source.id,)

    def value(self, source: Row, answer: Mapping[str, Page]) -> Any:
        return answer.get(source.id, EMPTY_PAGE)


FUNCTIONS: Final = ("count", "distinct", "sum", "avg", "min", "max")


@dataclass(frozen=True, slots=True)
class AggregateGroups(Fetch):
    """Groups of objects of a type, with the figures that are selected; `type` as in `Find`."""

    type: str

    def ask(self, arguments: Arguments, selection: Selection) -> Ask:
        figures = [
            (function, property_)
            for function in FUNCTIONS
            for property_ in selection.below(function).properties
        ]
        return Aggregate(
            self.type,
            condition=arguments.get("filter"),
            group_by=tuple(arguments.get("groupBy") or ()),
            figures=tuple(figures),
            first=arguments.get("first"),
        )


@dataclass(frozen=True, slots=True)
class ApplyChanges(Fetch):
    """One commit, of what `changes` reads out of the arguments."""

    changes: ReadChanges

    def ask(self, arguments: Arguments, selection: Selection) -> Ask:
        objects = (*selection.below("object").properties, *selection.below("objects").properties)
        return Commit(
            changes=self.changes(arguments),
            properties=tuple(sorted(set(objects))),
            message=arguments.get("message") or "",
            expected_head=arguments.get("expectedHead") or "",
            request_id=arguments.get("requestId") or "",
        )


ReadChanges = Callable[[Arguments], tuple[Change, ...]]


def paging(arguments: Arguments, selection: Selection) -> Paging:
    """What the arguments of a connection ask for."""
    return Paging(
        condition=arguments.get("filter"),
        order=tuple(arguments.get("orderBy") or ()),
        first=arguments.get("first"),
        after=arguments.get("after") or "",
        last=arguments.get("last"),
        before=arguments.get("before") or "",
        with_total="totalCount" in selection,
        with_cursors="edges" in selection or "pageInfo" in selection,
        properties=selection.of_rows,
    )
