"""What a generated schema asks for: objects, links, counts and changes, whoever keeps them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, Protocol


class Values(Protocol):
    """Values by name: a mapping, or what reads them when they are asked for."""

    def get(self, name: str, /) -> Any:
        """The value of that name, None when there is none."""
        ...


@dataclass(frozen=True, slots=True)
class Layout:
    """What is known of values that come as a JSON object, in the form that GraphQL writes them in.

    Attributes:
        properties: The members, in order, each null where there is no value.
        parse: Reads one.
    """

    properties: tuple[str, ...]
    parse: Callable[[bytes], Values]


class Row:
    """An object.

    `id` is `{type}/{key}`; `type` the id of its object type; `values` its properties by id;
    `facts` what the store says of it, such as when it was created. Values that came as `json` of
    a `layout` are read when they are asked for.
    """

    __slots__ = ("_values", "facts", "id", "json", "layout", "type")

    def __init__(
        self,
        id_: str,
        type_: str,
        values: Values | None,
        facts: Values,
        *,
        json: bytes = b"",
        layout: Layout | None = None,
    ) -> None:
        self.id = id_
        self.type = type_
        self.facts = facts
        self.json = json
        self.layout = layout
        self._values = values

    @property
    def values(self) -> Values:
        """Properties by id."""
        if self._values is None:
            assert self.layout is not None, "a row without values has JSON"
            self._values = self.layout.parse(self.json)
        return self._values


class Operator(Enum):
    """How a property is compared. `IS_NULL` takes a boolean, `IN` a list."""

    EQ = "eq"
    NE = "ne"
    IN = "in"
    LT = "lt"
    LE = "le"
    GT = "gt"
    GE = "ge"
    CONTAINS = "contains"
    STARTS_WITH = "startsWith"
    ENDS_WITH = "endsWith"
    MATCHES = "matches"
    IS_NULL = "isNull"


@dataclass(frozen=True, slots=True)
class Compare:
    """A property compared with a value of its type; one of a list is enough."""

    property: str
    operator: Operator
    value: Any
    ignores_case: bool = False


@dataclass(frozen=True, slots=True)
class Keys:
    """The object's key, which is its id without its type, is one of these."""

    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Search:
    """Words that occur in the object's texts."""

    words: str


@dataclass(frozen=True, slots=True)
class Linked:
    """An object at the other end of a link type meets a condition."""

    link_type: str
    is_inverse: bool
    condition: Condition


@dataclass(frozen=True, slots=True)
class Referred:
    """The object that a property refers to meets a condition."""

    property: str
    condition: Condition


@dataclass(frozen=True, slots=True)
class All:
    """Every part holds; true of no parts."""

    parts: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class Some:
    """A part holds; false of no parts."""

    parts: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not hold."""

    part: Condition


Condition = Compare | Keys | Search | Linked | Referred | All | Some | Not


KEY = "@id"
"""Stands for the key of an object where a property is named."""


@dataclass(frozen=True, slots=True)
class Order:
    """A property to order by, or `KEY`."""

    property: str
    is_descending: bool = False


@dataclass(frozen=True, slots=True)
class Paging:
    """Which objects, in what order, how many of them, and which of their properties.

    Those after one cursor and before another, of these the first ones, or the last ones if
    `last` is given; not both. Without either a default. `properties` None: every one.
    """

    condition: Condition | None = None
    order: tuple[Order, ...] = ()
    first: int | None = None
    after: str = ""
    last: int | None = None
    before: str = ""
    with_total: bool = False
    with_cursors: bool = False
    properties: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Find:
    """Objects of a type and its descendants, or of an interface.

    `type` is `objectTypes/{id}` or `interfaces/{id}`.
    """

    type: str
    paging: Paging = Paging()


@dataclass(frozen=True, slots=True)
class Follow:
    """Objects at the other end of a link type."""

    link_type: str
    is_inverse: bool
    paging: Paging = Paging()


@dataclass(frozen=True, slots=True)
class Get:
    """Objects by id: `ids`, or those that each source names. `properties` as in `Paging`.

    With `is_ordered` the answer has every id, in the order of `ids`.
    """

    ids: tuple[str, ...] = ()
    properties: tuple[str, ...] | None = None
    is_ordered: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """Some objects, in order. `cursors` are one for each, or empty when nobody asked.

    `total` is how many there are over all pages, None when nobody asked.
    """

    rows: Sequence[Row]
    has_next: bool = False
    has_previous: bool = False
    cursors: Sequence[str] = ()
    total: int | None = None


EMPTY_PAGE = Page((), total=0)


@dataclass(frozen=True, slots=True)
class Aggregate:
    """Figures over objects, in groups of equal values of `group_by`; `type` as in `Find`.

    `figures` are pairs of a function (`sum`, `avg`, `min`, `max`, `count`, `distinct`) and a
    property.
    """

    type: str
    condition: Condition | None = None
    group_by: tuple[str, ...] = ()
    figures: tuple[tuple[str, str], ...] = ()
    first: int | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """One group: its values of `group_by`, its objects' count, figures by function and property."""

    keys: Mapping[str, Any]
    count: int
    figures: Mapping[str, Mapping[str, Any]]


class PutMode(Enum):
    """What is done about an object that is there already, or is not."""

    CREATE = "create"
    UPDATE = "update"
    UPSERT = "upsert"


@dataclass(frozen=True, slots=True)
class Put:
    """An object to create, change or replace. An empty `id` in a creation: a new one.

    In an update, `values` are the properties to set, and None takes one away.
    """

    mode: PutMode
    type: str
    id: str
    values: Mapping[str, Any]
    etag: str = ""


@dataclass(frozen=True, slots=True)
class Remove:
    """An object to delete, with its links if that is wished."""

    id: str
    etag: str = ""
    with_links: bool = False


@dataclass(frozen=True, slots=True)
class Relate:
    """A link to make, or to take away."""

    link_type: str
    source: str
    target: str
    is_removed: bool = False


Change = Put | Remove | Relate


@dataclass(frozen=True, slots=True)
class Commit:
    """Changes that become one commit. `properties` as in `Paging`, of the objects answered."""

    changes: tuple[Change, ...]
    properties: tuple[str, ...] | None = None
    message: str = ""
    expected_head: str = ""
    request_id: str = ""


@dataclass(frozen=True, slots=True)
class Committed:
    """What came of a commit: its id, and the object of each change, None where there is none."""

    commit_id: str
    rows: Sequence[Row | None] = ()

    @property
    def row(self) -> Row | None:
        """The object of the first change."""
        return self.rows[0] if self.rows else None


@dataclass(frozen=True, slots=True)
class ChangedObject:
    """An object that a commit changed; `change` is `CREATED`, `UPDATED` or `DELETED`."""

    id: str
    type: str
    change: str


@dataclass(frozen=True, slots=True)
class CommittedChanges:
    """Objects that a commit changed, with what is known of the commit."""

    commit_id: str
    branch: str
    author: str
    message: str
    commit_time: str
    changes: Sequence[ChangedObject]


Ask = Find | Follow | Get | Aggregate | Commit


class Objects(Protocol):
    """Where the objects of one ontology are, as of one commit. Errors of calls are raised."""

    @property
    def commit_id(self) -> str:
        """The commit that is read."""
        ...

    async def find(self, request: Find) -> Page:
        """One page of objects."""
        ...

    async def get(
        self, ids: Sequence[str], properties: tuple[str, ...] | None
    ) -> Mapping[str, Row]:
        """Objects by id, without those that are not there; `properties` as in `Paging`."""
        ...

    async def follow(self, request: Follow, ids: Sequence[str]) -> Mapping[str, Page]:
        """A page for each object that links start from; none for one without links."""
        ...

    async def aggregate(self, request: Aggregate) -> Sequence[Group]:
        """Groups, in the order of their keys."""
        ...

    async def commit(self, request: Commit) -> Committed:
        """Applies all changes, or none."""
        ...

    def at(self, commit_id: str) -> Objects:
        """The same objects as of another commit."""
        ...
