from buf.validate import validate_pb2 as _validate_pb2
from oms.object.v1 import object_pb2 as _object_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ComparisonOperator(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    COMPARISON_OPERATOR_UNSPECIFIED: _ClassVar[ComparisonOperator]
    COMPARISON_OPERATOR_EQUAL: _ClassVar[ComparisonOperator]
    COMPARISON_OPERATOR_NOT_EQUAL: _ClassVar[ComparisonOperator]
    COMPARISON_OPERATOR_LESS: _ClassVar[ComparisonOperator]
    COMPARISON_OPERATOR_LESS_OR_EQUAL: _ClassVar[ComparisonOperator]
    COMPARISON_OPERATOR_GREATER: _ClassVar[ComparisonOperator]
    COMPARISON_OPERATOR_GREATER_OR_EQUAL: _ClassVar[ComparisonOperator]

class TextOperator(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    TEXT_OPERATOR_UNSPECIFIED: _ClassVar[TextOperator]
    TEXT_OPERATOR_CONTAINS: _ClassVar[TextOperator]
    TEXT_OPERATOR_PREFIX: _ClassVar[TextOperator]
    TEXT_OPERATOR_SUFFIX: _ClassVar[TextOperator]
    TEXT_OPERATOR_REGEX: _ClassVar[TextOperator]
COMPARISON_OPERATOR_UNSPECIFIED: ComparisonOperator
COMPARISON_OPERATOR_EQUAL: ComparisonOperator
COMPARISON_OPERATOR_NOT_EQUAL: ComparisonOperator
COMPARISON_OPERATOR_LESS: ComparisonOperator
COMPARISON_OPERATOR_LESS_OR_EQUAL: ComparisonOperator
COMPARISON_OPERATOR_GREATER: ComparisonOperator
COMPARISON_OPERATOR_GREATER_OR_EQUAL: ComparisonOperator
TEXT_OPERATOR_UNSPECIFIED: TextOperator
TEXT_OPERATOR_CONTAINS: TextOperator
TEXT_OPERATOR_PREFIX: TextOperator
TEXT_OPERATOR_SUFFIX: TextOperator
TEXT_OPERATOR_REGEX: TextOperator

class Filter(_message.Message):
    __slots__ = ("compare", "one_of", "is_null", "is_not_null", "text", "all", "any", "linked", "referenced", "search", "ids")
    COMPARE_FIELD_NUMBER: _ClassVar[int]
    ONE_OF_FIELD_NUMBER: _ClassVar[int]
    IS_NULL_FIELD_NUMBER: _ClassVar[int]
    IS_NOT_NULL_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    ALL_FIELD_NUMBER: _ClassVar[int]
    ANY_FIELD_NUMBER: _ClassVar[int]
    NOT_FIELD_NUMBER: _ClassVar[int]
    LINKED_FIELD_NUMBER: _ClassVar[int]
    REFERENCED_FIELD_NUMBER: _ClassVar[int]
    SEARCH_FIELD_NUMBER: _ClassVar[int]
    IDS_FIELD_NUMBER: _ClassVar[int]
    compare: Comparison
    one_of: Membership
    is_null: str
    is_not_null: str
    text: TextMatch
    all: FilterList
    any: FilterList
    linked: LinkedFilter
    referenced: ReferencedFilter
    search: str
    ids: IdList
    def __init__(self, compare: _Optional[_Union[Comparison, _Mapping]] = ..., one_of: _Optional[_Union[Membership, _Mapping]] = ..., is_null: _Optional[str] = ..., is_not_null: _Optional[str] = ..., text: _Optional[_Union[TextMatch, _Mapping]] = ..., all: _Optional[_Union[FilterList, _Mapping]] = ..., any: _Optional[_Union[FilterList, _Mapping]] = ..., linked: _Optional[_Union[LinkedFilter, _Mapping]] = ..., referenced: _Optional[_Union[ReferencedFilter, _Mapping]] = ..., search: _Optional[str] = ..., ids: _Optional[_Union[IdList, _Mapping]] = ..., **kwargs) -> None: ...

class FilterList(_message.Message):
    __slots__ = ("filters",)
    FILTERS_FIELD_NUMBER: _ClassVar[int]
    filters: _containers.RepeatedCompositeFieldContainer[Filter]
    def __init__(self, filters: _Optional[_Iterable[_Union[Filter, _Mapping]]] = ...) -> None: ...

class IdList(_message.Message):
    __slots__ = ("ids",)
    IDS_FIELD_NUMBER: _ClassVar[int]
    ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, ids: _Optional[_Iterable[str]] = ...) -> None: ...

class Comparison(_message.Message):
    __slots__ = ("property", "operator", "value")
    PROPERTY_FIELD_NUMBER: _ClassVar[int]
    OPERATOR_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    property: str
    operator: ComparisonOperator
    value: _object_pb2.Value
    def __init__(self, property: _Optional[str] = ..., operator: _Optional[_Union[ComparisonOperator, str]] = ..., value: _Optional[_Union[_object_pb2.Value, _Mapping]] = ...) -> None: ...

class Membership(_message.Message):
    __slots__ = ("property", "values")
    PROPERTY_FIELD_NUMBER: _ClassVar[int]
    VALUES_FIELD_NUMBER: _ClassVar[int]
    property: str
    values: _containers.RepeatedCompositeFieldContainer[_object_pb2.Value]
    def __init__(self, property: _Optional[str] = ..., values: _Optional[_Iterable[_Union[_object_pb2.Value, _Mapping]]] = ...) -> None: ...

class TextMatch(_message.Message):
    __slots__ = ("property", "operator", "pattern", "ignore_case")
    PROPERTY_FIELD_NUMBER: _ClassVar[int]
    OPERATOR_FIELD_NUMBER: _ClassVar[int]
    PATTERN_FIELD_NUMBER: _ClassVar[int]
    IGNORE_CASE_FIELD_NUMBER: _ClassVar[int]
    property: str
    operator: TextOperator
    pattern: str
    ignore_case: bool
    def __init__(self, property: _Optional[str] = ..., operator: _Optional[_Union[TextOperator, str]] = ..., pattern: _Optional[str] = ..., ignore_case: _Optional[bool] = ...) -> None: ...

class LinkedFilter(_message.Message):
    __slots__ = ("link_type", "direction", "filter")
    LINK_TYPE_FIELD_NUMBER: _ClassVar[int]
    DIRECTION_FIELD_NUMBER: _ClassVar[int]
    FILTER_FIELD_NUMBER: _ClassVar[int]
    link_type: str
    direction: _object_pb2.LinkDirection
    filter: Filter
    def __init__(self, link_type: _Optional[str] = ..., direction: _Optional[_Union[_object_pb2.LinkDirection, str]] = ..., filter: _Optional[_Union[Filter, _Mapping]] = ...) -> None: ...

class ReferencedFilter(_message.Message):
    __slots__ = ("property", "filter")
    PROPERTY_FIELD_NUMBER: _ClassVar[int]
    FILTER_FIELD_NUMBER: _ClassVar[int]
    property: str
    filter: Filter
    def __init__(self, property: _Optional[str] = ..., filter: _Optional[_Union[Filter, _Mapping]] = ...) -> None: ...

class Order(_message.Message):
    __slots__ = ("property", "descending")
    PROPERTY_FIELD_NUMBER: _ClassVar[int]
    DESCENDING_FIELD_NUMBER: _ClassVar[int]
    property: str
    descending: bool
    def __init__(self, property: _Optional[str] = ..., descending: _Optional[bool] = ...) -> None: ...
