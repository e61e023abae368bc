"""Documents on their way from what a caller sent to the expanded form."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from svc_datakernel.domain.graph import expanded
from svc_datakernel.domain.graph.flat import Flat
from svc_datakernel.domain.graph.schema.model import Family
from svc_datakernel.domain.graph.writing.violations import invalid


class Link(NamedTuple):
    """`@linked-by`: a document that is to refer to this one through a property."""

    property: str
    target: str | Pending


class Pending(NamedTuple):
    """A reference to what another document captures under a name."""

    capture: str


class Many(list[Any]):
    """Values of a Set, in the order sent."""


@dataclass(slots=True)
class DocumentNode:
    """A document or subdocument whose values are checked and whose id may be still to be made.

    Args:
        values: By name of property: expanded values, `DocumentNode`, `Pending`, `Many`, and
            `{"@list": […]}` or `{"@array": […]}` of these.
        submitted_id: Compact IRI that the caller gave; None for none.
        id: Compact IRI, None until it is made.
    """

    type: str
    values: dict[str, Any] = field(default_factory=dict[str, Any])
    submitted_id: str | None = None
    capture: str | None = None
    id: str | None = None
    links: list[Link] = field(default_factory=list[Link])


class Captures:
    """Ids that documents of one request captured, by name."""

    def __init__(self) -> None:
        self._bound: dict[str, DocumentNode] = {}
        self._asked: dict[str, None] = {}

    def bind(self, name: Any, node: DocumentNode) -> None:
        """Takes a name for a document.

        Raises:
            InvalidDocument: it is taken already, or no text.
        """
        if type(name) is not str:
            raise invalid("CaptureIsNotAString", node.type, f"@capture is {name!r}, not a text")
        if name in self._bound:
            why = f"the capture {name!r} was bound by another document of the request"
            raise invalid("CaptureIdAlreadyBound", node.type, why, {"capture": name})
        self._bound[name] = node

    def ask(self, name: Any) -> Pending:
        """A reference to whatever takes a name.

        Raises:
            InvalidDocument: it is no text.
        """
        if type(name) is not str:
            raise invalid("CaptureIsNotAString", "@ref", f"@ref is {name!r}, not a text")
        self._asked[name] = None
        return Pending(name)

    def id_of(self, pending: Pending) -> str | None:
        """The id that was captured; None while it is not made."""
        node = self._bound.get(pending.capture)
        return node.id if node is not None else None

    def check(self) -> None:
        """Checks that everything asked for was captured.

        Raises:
            InvalidDocument: names what was not.
        """
        lost = [name for name in self._asked if name not in self._bound]
        if lost:
            why = f"captures were referred to and never bound: {', '.join(lost)}"
            raise invalid("NotAllCapturesFound", "body", why, {"captures": ",".join(lost)})


def placed_nodes(value: Any, place: str = "") -> Iterator[tuple[DocumentNode, str]]:
    """Documents in a value, each with its indexes in lists and arrays as a path, `0/1/`."""
    if isinstance(value, DocumentNode):
        yield value, place
    elif isinstance(value, Many):
        for item in value:
            yield from placed_nodes(item, place)
    elif isinstance(value, dict):
        for container in ("@list", "@array"):
            if container in value:
                yield from _placed_items(value[container], place)


def _placed_items(items: list[Any], place: str) -> Iterator[tuple[DocumentNode, str]]:
    for index, item in enumerate(items):
        here = f"{place}{index}/"
        if isinstance(item, list) and not isinstance(item, Many):
            yield from _placed_items(item, here)
        else:
            yield from placed_nodes(item, here)


class Finished:
    """A document with its id, in expanded form.

    Args:
        body: The expanded form as a dictionary, or None where there are its bytes.
        json: Its canonical bytes, or None where they are still to be written.
        references: What it refers to, as property, range, family and id; None for unknown.
        flat: The triples of the bytes, where they are known.
    """

    __slots__ = ("_body", "_json", "flat", "id", "references", "type")

    def __init__(
        self,
        id: str,  # noqa: A002
        type: str,  # noqa: A002
        body: dict[str, Any] | None,
        json: bytes | None = None,
        references: Sequence[tuple[str, str, Family, str]] | None = None,
        *,
        flat: Flat | None = None,
    ) -> None:
        self.id = id
        self.type = type
        self.references = references
        self.flat = flat
        self._body = body
        self._json = json

    @property
    def body(self) -> dict[str, Any]:
        """The expanded form as a dictionary, which may be changed."""
        if self._body is None:
            assert self._json is not None
            self._body = expanded.parse(self._json)
        self._json = self.flat = None
        return self._body

    @property
    def json(self) -> bytes:
        """The canonical bytes."""
        if self._json is not None:
            return self._json
        assert self._body is not None
        return expanded.dump(self._body)


class Finisher:
    """Puts ids in place: makes expanded documents of nodes."""

    def __init__(self, captures: Captures, subdocuments: frozenset[str]) -> None:
        self._captures = captures
        self._subdocuments = subdocuments
        self.finished: list[Finished] = []

    def finish(self, node: DocumentNode) -> None:
        """Adds a document, after those that stand in it without being parts of it."""
        assert node.id is not None
        body = self._body(node)
        self.finished.append(Finished(node.id, node.type, body))

    def _body(self, node: DocumentNode) -> dict[str, Any]:
        body: dict[str, Any] = {}
        for name, value in node.values.items():
            made = self._value(value)
            if made is not None:
                body[name] = made
        return body

    def _value(self, value: Any) -> Any:
        if isinstance(value, Many):
            items = [self._value(item) for item in value]
            return expanded.gather(_joined(items))
        if isinstance(value, DocumentNode):
            return self._inner(value)
        if isinstance(value, Pending):
            return {"@id": self._captures.id_of(value)}
        if isinstance(value, dict):
            if "@list" in value:
                return {"@list": [self._value(item) for item in value["@list"]]}
            if "@array" in value:
                items = self._items(value["@array"])
                return {"@array": items} if items else None
        return value

    def _items(self, items: list[Any]) -> list[Any]:
        return [
            self._items(item)
            if isinstance(item, list) and not isinstance(item, Many)
            else self._value(item)
            for item in items
        ]

    def _inner(self, node: DocumentNode) -> dict[str, Any]:
        if node.type not in self._subdocuments:
            self.finish(node)
            return {"@id": node.id}
        return {"@id": node.id, "@type": node.type, **self._body(node)}


def _joined(items: list[Any]) -> list[Any]:
    """Values in which subdocuments of one id are joined to one."""
    found: list[Any] = []
    at: dict[str, int] = {}
    for item in items:
        if not expanded.is_subdocument(item):
            found.append(item)
        elif item["@id"] in at:
            found[at[item["@id"]]] = join(found[at[item["@id"]]], item)
        else:
            at[item["@id"]] = len(found)
            found.append(item)
    return found


def join(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """Two expanded forms of one document as one: the union of the values of each property."""
    joined = dict(one)
    for name, value in other.items():
        if name not in joined:
            joined[name] = value
        elif name not in ("@id", "@type", "@json") and joined[name] != value:
            both = [*expanded.values_of(joined[name]), *expanded.values_of(value)]
            joined[name] = expanded.gather(_joined(both))
    return joined
