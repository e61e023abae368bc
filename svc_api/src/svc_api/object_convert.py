"""Proto ↔ domain for objects and links, the only place."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any, cast

from oms.object.v1 import filter_pb2, object_pb2
from oms.object.v1 import object_service_pb2 as pb
from oms_core.errors import InvalidPageToken

from svc_api.domain.objects.changes import LinkChange, ObjectChange, Operation
from svc_api.domain.objects.filters import (
    AllOf,
    AnyOf,
    Comparator,
    Compare,
    Filter,
    Ids,
    IsNull,
    Linked,
    Not,
    OneOf,
    Order,
    Referenced,
    Search,
    TextMatch,
    TextOperator,
)
from svc_api.domain.objects.model import (
    LinkKey,
    Ref,
    StoredObject,
    check_id,
    parse_object_name,
    parse_ref,
)
from svc_api.domain.objects.querying import Aggregate, Function
from svc_api.domain.objects.types import Catalogue, PropertyDef
from svc_api.object_json import JsonValues

_EVERY = "*"


# --- values --------------------------------------------------------------------------------


def value_of(message: object_pb2.Value) -> Any:
    """A value as the domain has it."""
    kind = message.WhichOneof("kind")
    if kind == "number":
        return number_of(message.number)
    if kind == "list":
        return [value_of(inner) for inner in message.list.values]
    if kind == "language_text":
        return {"language": message.language_text.language, "text": message.language_text.text}
    return getattr(message, str(kind))


def number_of(text: str) -> int | Decimal:
    """A number as JSON writes it."""
    return int(text) if text.lstrip("-").isdigit() else Decimal(text)


def to_value(value: Any, definition: PropertyDef | None = None) -> object_pb2.Value:
    """A value as a message; that of a property that refers to objects is a reference."""
    if isinstance(value, bool):
        return object_pb2.Value(boolean=value)
    if isinstance(value, str):
        if definition is not None and definition.target:
            return object_pb2.Value(reference=value)
        return object_pb2.Value(text=value)
    if isinstance(value, list):
        entries = [to_value(inner, definition) for inner in cast("list[Any]", value)]
        return object_pb2.Value(list=object_pb2.ValueList(values=entries))
    if isinstance(value, dict):
        found = cast("dict[str, str]", value)
        text = object_pb2.LanguageText(language=found["language"], text=found["text"])
        return object_pb2.Value(language_text=text)
    return object_pb2.Value(number=str(value))


def group_value(value: Any, definition: PropertyDef | None = None) -> pb.GroupValue:
    """A value, or none."""
    if value is None:
        return pb.GroupValue()
    return pb.GroupValue(value=to_value(value, definition))


# --- objects -------------------------------------------------------------------------------


class ObjectMessages:
    """Makes messages of objects, with the properties and in the form that a request asks for.

    Args:
        asked: The request; has `properties` and `value_format`. None: all properties, as messages.
    """

    def __init__(self, ontology: str, catalogue: Catalogue, asked: Any = None) -> None:
        self._prefix = f"ontologies/{ontology}/objectTypes/"
        self._catalogue = catalogue
        self._properties: Sequence[str] = tuple(asked.properties) if asked is not None else ()
        self._chosen = frozenset(self._properties)
        is_json = asked is not None and asked.value_format == object_pb2.VALUE_FORMAT_JSON
        self._json: dict[str, JsonValues] | None = {} if is_json else None

    def message(self, stored: StoredObject) -> object_pb2.Object:
        """One object."""
        type_id, id_ = stored.ref
        message = object_pb2.Object(
            name=f"{self._prefix}{type_id}/objects/{id_}",
            values=self._values(stored) if self._json is None else None,
            etag=stored.etag,
            created_by=stored.created_by,
            updated_by=stored.updated_by,
        )
        if self._json is not None:
            message.values_json = self._writer(type_id, self._json).write(stored.values)
        # Several times as fast as a datetime.
        message.create_time.FromMicroseconds(stored.created_us)
        message.update_time.FromMicroseconds(stored.updated_us)
        return message

    def _writer(self, type_id: str, known: dict[str, JsonValues]) -> JsonValues:
        if type_id not in known:
            known[type_id] = JsonValues(self._catalogue.type(type_id), self._properties)
        return known[type_id]

    def _values(self, stored: StoredObject) -> dict[str, object_pb2.Value]:
        type_ = self._catalogue.type(stored.ref.type)
        definitions = type_.properties if type_ is not None else {}
        return {
            key: to_value(value, definitions.get(key))
            for key, value in stored.values.items()
            if not self._chosen or key in self._chosen
        }


def values_of(message: object_pb2.Object) -> dict[str, Any]:
    """The values of an object, in the order of property ids."""
    values: Mapping[str, object_pb2.Value] = message.values
    return {key: value_of(values[key]) for key in sorted(values)}


def update_of(
    message: object_pb2.Object,
    properties: Sequence[str],
    ref: Ref,
    *,
    path: str,
    is_lenient: bool = False,
) -> ObjectChange:
    """The change that an update asks for."""
    values = values_of(message)
    named = None if _EVERY in properties else frozenset(properties or values)
    return ObjectChange(
        Operation.UPDATE, ref, values, named, is_lenient=is_lenient, etag=message.etag, path=path
    )


def changes_of(
    changes: Sequence[pb.ObjectChange], ontology: str
) -> tuple[list[ObjectChange], list[LinkChange]]:
    """Changes as the domain has them.

    Raises:
        InvalidField: an object's name is of another form or ontology.
    """
    objects: list[ObjectChange] = []
    links: list[LinkChange] = []
    for index, change in enumerate(changes):
        kind = str(change.WhichOneof("operation"))
        path = f"changes[{index}].{kind}"
        if kind in {"link", "unlink"}:
            link = link_of(getattr(change, kind))
            links.append(LinkChange(link, kind == "link", is_strict=False, path=path))
        else:
            objects.append(_object_change(change, kind, ontology, path))
    return objects, links


def _object_change(change: pb.ObjectChange, kind: str, ontology: str, path: str) -> ObjectChange:
    if kind == "delete":
        asked = change.delete
        ref = parse_object_name(asked.name, ontology=ontology, field=f"{path}.name")
        return ObjectChange(
            Operation.DELETE, ref, etag=asked.etag, delete_links=asked.delete_links, path=path
        )
    if kind == "update":
        message = change.update.object
        path = f"{path}.object"
        ref = parse_object_name(message.name, ontology=ontology, field=f"{path}.name")
        return update_of(message, change.update.update_properties, ref, path=path)
    message = change.create if kind == "create" else change.upsert
    ref = parse_object_name(message.name, ontology=ontology, field=f"{path}.name")
    check_id(ref, field=f"{path}.name")
    etag = message.etag if kind == "upsert" else ""
    return ObjectChange(Operation(kind), ref, values_of(message), etag=etag, path=path)


def link_of(message: object_pb2.Link) -> LinkKey:
    """A link as the domain has it."""
    return LinkKey(message.link_type, parse_ref(message.source), parse_ref(message.target))


def to_link(link: LinkKey) -> object_pb2.Link:
    """A link as a message."""
    return object_pb2.Link(
        link_type=link.link_type, source=str(link.source), target=str(link.target)
    )


# --- questions -----------------------------------------------------------------------------


def filter_of(message: filter_pb2.Filter) -> Filter:
    """A filter as the domain has it."""
    kind = str(message.WhichOneof("condition"))
    return _FILTERS[kind](getattr(message, kind))


def _compare(asked: filter_pb2.Comparison) -> Filter:
    return Compare(asked.property, Comparator(asked.operator), value_of(asked.value))


def _text(asked: filter_pb2.TextMatch) -> Filter:
    return TextMatch(asked.property, TextOperator(asked.operator), asked.pattern, asked.ignore_case)


def _linked(asked: filter_pb2.LinkedFilter) -> Filter:
    inner = filter_of(asked.filter) if asked.HasField("filter") else None
    return Linked(asked.link_type, is_outgoing(asked.direction), inner)


_FILTERS: Mapping[str, Callable[[Any], Filter]] = {
    "compare": _compare,
    "one_of": lambda asked: OneOf(asked.property, [value_of(v) for v in asked.values]),
    "is_null": IsNull,
    "is_not_null": lambda asked: IsNull(asked, is_negated=True),
    "text": _text,
    "all": lambda asked: AllOf([filter_of(inner) for inner in asked.filters]),
    "any": lambda asked: AnyOf([filter_of(inner) for inner in asked.filters]),
    "not": lambda asked: Not(filter_of(asked)),
    "linked": _linked,
    "referenced": lambda asked: Referenced(asked.property, filter_of(asked.filter)),
    "search": Search,
    "ids": lambda asked: Ids(frozenset(asked.ids)),
}


def offset_of(text: str) -> int:
    """How many entries the pages before had, out of a page token.

    Raises:
        InvalidPageToken: the token was made by somebody else.
    """
    if not text.isascii() or not text.isdigit() or len(text) > 12:
        raise InvalidPageToken(
            "page_token is damaged; start again without one", metadata={"field": "page_token"}
        )
    return int(text)


def is_outgoing(direction: int) -> bool:
    """Whether links are followed from source to target."""
    return direction != object_pb2.LINK_DIRECTION_INCOMING


def orders_of(messages: Sequence[filter_pb2.Order]) -> list[Order]:
    """Orders as the domain has them."""
    return [Order(message.property, message.descending) for message in messages]


def aggregates_of(messages: Sequence[pb.Aggregate]) -> list[Aggregate]:
    """Aggregates as the domain has them."""
    return [Aggregate(Function(message.function), message.property) for message in messages]
