"""Values and filters: proto ↔ domain, the only place."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final

from oms.object.v1 import filter_pb2, object_pb2
from oms_core.errors import InvalidField, UnsupportedOperation

from svc_graphql.domain.execution.requests import (
    All,
    Compare,
    Condition,
    Keys,
    Linked,
    Not,
    Operator,
    Referred,
    Search,
    Some,
)
from svc_graphql.domain.generated.scalars import is_object_id
from svc_graphql.domain.ontology.inheritance import Hierarchy
from svc_graphql.domain.ontology.model import (
    BaseType,
    EnumReference,
    ObjectReference,
    Ontology,
    Property,
)

Decode = Callable[[Any], Any]
_WHOLE: Final = frozenset({BaseType.INT, BaseType.YEAR})
_NUMBERS: Final = frozenset({BaseType.INTEGER, BaseType.LONG, BaseType.DECIMAL})
_TEXTS: Final = frozenset(
    {BaseType.STRING, BaseType.DATE, BaseType.TIME, BaseType.DATE_TIME, BaseType.DURATION}
    | {BaseType.URI, BaseType.BINARY, BaseType.CUSTOM}
)
_COMPARISONS: Final = {
    Operator.EQ: filter_pb2.COMPARISON_OPERATOR_EQUAL,
    Operator.NE: filter_pb2.COMPARISON_OPERATOR_NOT_EQUAL,
    Operator.LT: filter_pb2.COMPARISON_OPERATOR_LESS,
    Operator.LE: filter_pb2.COMPARISON_OPERATOR_LESS_OR_EQUAL,
    Operator.GT: filter_pb2.COMPARISON_OPERATOR_GREATER,
    Operator.GE: filter_pb2.COMPARISON_OPERATOR_GREATER_OR_EQUAL,
}
_MATCHES: Final = {
    Operator.CONTAINS: filter_pb2.TEXT_OPERATOR_CONTAINS,
    Operator.STARTS_WITH: filter_pb2.TEXT_OPERATOR_PREFIX,
    Operator.ENDS_WITH: filter_pb2.TEXT_OPERATOR_SUFFIX,
    Operator.MATCHES: filter_pb2.TEXT_OPERATOR_REGEX,
}


# --- values as they come -------------------------------------------------------------------


def decoder(declared: Property | None) -> Decode:
    """What reads a property's values; of an unknown property, by their kind alone."""
    if declared is None:
        return any_value
    one = single_decoder(declared.type)
    if not declared.is_list:
        return one
    return lambda value: [one(inner) for inner in value.list.values]


def single_decoder(type_: Any) -> Decode:
    """What reads single values. Whole numbers beyond 32 bits and decimals stay text: exact."""
    if isinstance(type_, ObjectReference):
        return lambda value: value.reference or any_value(value)
    if type_ in _WHOLE:
        return _whole
    if type_ is BaseType.FLOAT:
        return _float
    if type_ in _NUMBERS:
        return lambda value: value.number or any_value(value)
    if type_ in _TEXTS or isinstance(type_, EnumReference):
        return lambda value: value.text or any_value(value)
    return any_value


def any_value(value: Any) -> Any:
    """A value by its kind: a number as JSON has it."""
    kind = value.WhichOneof("kind")
    if kind == "number":
        text = value.number
        return int(text) if text.lstrip("-").isdigit() else float(text)
    if kind == "list":
        return [any_value(inner) for inner in value.list.values]
    if kind == "language_text":
        return {"language": value.language_text.language, "text": value.language_text.text}
    return getattr(value, kind) if kind else None


def _whole(value: Any) -> Any:
    text = value.number
    try:
        return int(text)
    except ValueError:
        return any_value(value)


def _float(value: Any) -> Any:
    text = value.number
    return float(text) if text else any_value(value)


# --- values as they go ---------------------------------------------------------------------


def to_value(declared: Property, value: Any, *, field: str) -> object_pb2.Value:
    """A property's value as a message.

    Raises:
        InvalidField: it is of no kind that the property takes.
    """
    if isinstance(value, list) and declared.is_list:
        entries = [to_single(declared.type, inner, field=field) for inner in value]
        return object_pb2.Value(list=object_pb2.ValueList(values=entries))
    return to_single(declared.type, value, field=field)


def to_single(type_: Any, value: Any, *, field: str) -> object_pb2.Value:
    """A single value as a message."""
    if isinstance(type_, ObjectReference):
        if not is_object_id(value):
            raise InvalidField.of(field, f"{value[:80]!r} is no id such as {type_.object_type}/a")
        return object_pb2.Value(reference=value)
    if type_ in _TEXTS or isinstance(type_, EnumReference):
        return object_pb2.Value(text=value)
    if type_ in _NUMBERS:
        return object_pb2.Value(number=number_text(value))
    if not isinstance(type_, BaseType) or type_ is BaseType.GEO:
        raise UnsupportedOperation(f"{field}: values of this type can't be stored yet")
    return _by_python_type(value, field=field)


def number_text(text: str) -> str:
    """A whole or decimal number as JSON writes it, with the digits that it has.

    >>> number_text("+007"), number_text("-.50"), number_text("3.")
    ('7', '-0.50', '3')
    """
    sign = "-" if text.startswith("-") else ""
    whole, _, fraction = text.lstrip("+-").partition(".")
    whole = whole.lstrip("0") or "0"
    return f"{sign}{whole}.{fraction}" if fraction else f"{sign}{whole}"


def _by_python_type(value: Any, *, field: str) -> object_pb2.Value:
    match value:
        case bool():
            return object_pb2.Value(boolean=value)
        case int() | float() | Decimal():
            return object_pb2.Value(number=repr(value))
        case str():
            return object_pb2.Value(text=value)
        case {"language": str(language), "text": str(text), **rest} if not rest:
            inner = object_pb2.LanguageText(language=language, text=text)
            return object_pb2.Value(language_text=inner)
        case _:
            raise InvalidField.of(
                field, "takes a text, a number, a boolean or a text with its language"
            )


# --- filters -------------------------------------------------------------------------------


class Filters:
    """Conditions as messages. `at` is the id of the type whose properties are meant."""

    def __init__(self, ontology: Ontology, hierarchy: Hierarchy) -> None:
        self._ontology = ontology
        self._hierarchy = hierarchy

    def message(  # noqa: PLR0911 - one for each condition
        self, condition: Condition, at: str
    ) -> filter_pb2.Filter:
        """A condition that was folded, as a message.

        Raises:
            InvalidField: a value is of no kind that its property takes.
        """
        pb = filter_pb2
        match condition:
            case All(parts):
                return pb.Filter(all=self._list(parts, at))
            case Some(parts):
                return pb.Filter(any=self._list(parts, at))
            case Not(part):
                return negated(self.message(part, at))
            case Keys(keys):
                return pb.Filter(ids=pb.IdList(ids=keys))
            case Search(words):
                return pb.Filter(search=words)
            case Referred(name, part):
                inner = self.message(part, self._referred(at, name))
                return pb.Filter(referenced=pb.ReferencedFilter(property=name, filter=inner))
            case Linked():
                return pb.Filter(linked=self._linked(condition))
            case Compare():
                return self._compare(condition, at)

    def _list(self, parts: tuple[Condition, ...], at: str) -> filter_pb2.FilterList:
        return filter_pb2.FilterList(filters=[self.message(one, at) for one in parts])

    def _referred(self, at: str, name: str) -> str:
        declared = self._hierarchy.property_of(at, name)
        assert declared is not None
        assert isinstance(declared.type, ObjectReference)
        return declared.type.object_type

    def _linked(self, condition: Linked) -> filter_pb2.LinkedFilter:
        found = filter_pb2.LinkedFilter(
            link_type=condition.link_type, direction=direction(condition.is_inverse)
        )
        if condition.condition != All():
            end = self.end(condition.link_type, condition.is_inverse)
            found.filter.CopyFrom(self.message(condition.condition, end))
        return found

    def end(self, link_type: str, is_inverse: bool) -> str:
        """The one type at the far end of a link type, empty when there are several."""
        link = self._ontology.link_types[link_type]
        ends = link.sources if is_inverse else link.targets
        return ends[0] if len(ends) == 1 else ""

    def _compare(self, condition: Compare, at: str) -> filter_pb2.Filter:
        pb, name, value = filter_pb2, condition.property, condition.value
        operator = condition.operator
        if operator is Operator.IS_NULL:
            return pb.Filter(is_null=name) if value else pb.Filter(is_not_null=name)
        if operator in _MATCHES:
            return pb.Filter(
                text=pb.TextMatch(
                    property=name,
                    operator=_MATCHES[operator],
                    pattern=value,
                    ignore_case=condition.ignores_case,
                )
            )
        declared = self._hierarchy.property_of(at, name)
        assert declared is not None
        if operator is Operator.IN:
            values = [to_single(declared.type, one, field=name) for one in value]
            return pb.Filter(one_of=pb.Membership(property=name, values=values))
        return pb.Filter(
            compare=pb.Comparison(
                property=name,
                operator=_COMPARISONS[operator],
                value=to_single(declared.type, value, field=name),
            )
        )


def negated(inner: filter_pb2.Filter) -> filter_pb2.Filter:
    """The filter that holds where another doesn't."""
    found = filter_pb2.Filter()
    getattr(found, "not").CopyFrom(inner)  # a keyword of Python
    return found


def direction(is_inverse: bool) -> Any:
    """Which way a link is followed."""
    incoming = object_pb2.LINK_DIRECTION_INCOMING
    return incoming if is_inverse else object_pb2.LINK_DIRECTION_OUTGOING


class Facts:
    """What the store says of an object, read when it is asked for."""

    __slots__ = ("_message", "_type")

    def __init__(self, message: Any, type_: str) -> None:
        self._message = message
        self._type = type_

    def get(self, name: str) -> str | None:
        """One fact, None of an unknown one."""
        message = self._message
        match name:
            case "objectType":
                return self._type
            case "etag":
                return message.etag or None
            case "createTime" | "updateTime":
                field = "create_time" if name == "createTime" else "update_time"
                there = message.HasField(field)
                return getattr(message, field).ToJsonString() if there else None
            case "createdBy":
                return message.created_by or None
            case "updatedBy":
                return message.updated_by or None
            case _:
                return None
