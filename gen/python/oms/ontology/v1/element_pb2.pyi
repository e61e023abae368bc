from buf.validate import validate_pb2 as _validate_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class DataType(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    DATA_TYPE_UNSPECIFIED: _ClassVar[DataType]
    DATA_TYPE_ANY: _ClassVar[DataType]
    DATA_TYPE_STRING: _ClassVar[DataType]
    DATA_TYPE_LANG_STRING: _ClassVar[DataType]
    DATA_TYPE_BOOLEAN: _ClassVar[DataType]
    DATA_TYPE_INTEGER: _ClassVar[DataType]
    DATA_TYPE_LONG: _ClassVar[DataType]
    DATA_TYPE_INT: _ClassVar[DataType]
    DATA_TYPE_NON_NEGATIVE_INTEGER: _ClassVar[DataType]
    DATA_TYPE_POSITIVE_INTEGER: _ClassVar[DataType]
    DATA_TYPE_DECIMAL: _ClassVar[DataType]
    DATA_TYPE_FLOAT: _ClassVar[DataType]
    DATA_TYPE_DOUBLE: _ClassVar[DataType]
    DATA_TYPE_DATE: _ClassVar[DataType]
    DATA_TYPE_TIME: _ClassVar[DataType]
    DATA_TYPE_DATE_TIME: _ClassVar[DataType]
    DATA_TYPE_DURATION: _ClassVar[DataType]
    DATA_TYPE_YEAR: _ClassVar[DataType]
    DATA_TYPE_URI: _ClassVar[DataType]
    DATA_TYPE_BINARY: _ClassVar[DataType]

class LifecycleStatus(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    LIFECYCLE_STATUS_UNSPECIFIED: _ClassVar[LifecycleStatus]
    LIFECYCLE_STATUS_EXPERIMENTAL: _ClassVar[LifecycleStatus]
    LIFECYCLE_STATUS_ACTIVE: _ClassVar[LifecycleStatus]
    LIFECYCLE_STATUS_DEPRECATED: _ClassVar[LifecycleStatus]
DATA_TYPE_UNSPECIFIED: DataType
DATA_TYPE_ANY: DataType
DATA_TYPE_STRING: DataType
DATA_TYPE_LANG_STRING: DataType
DATA_TYPE_BOOLEAN: DataType
DATA_TYPE_INTEGER: DataType
DATA_TYPE_LONG: DataType
DATA_TYPE_INT: DataType
DATA_TYPE_NON_NEGATIVE_INTEGER: DataType
DATA_TYPE_POSITIVE_INTEGER: DataType
DATA_TYPE_DECIMAL: DataType
DATA_TYPE_FLOAT: DataType
DATA_TYPE_DOUBLE: DataType
DATA_TYPE_DATE: DataType
DATA_TYPE_TIME: DataType
DATA_TYPE_DATE_TIME: DataType
DATA_TYPE_DURATION: DataType
DATA_TYPE_YEAR: DataType
DATA_TYPE_URI: DataType
DATA_TYPE_BINARY: DataType
LIFECYCLE_STATUS_UNSPECIFIED: LifecycleStatus
LIFECYCLE_STATUS_EXPERIMENTAL: LifecycleStatus
LIFECYCLE_STATUS_ACTIVE: LifecycleStatus
LIFECYCLE_STATUS_DEPRECATED: LifecycleStatus

class LocalizedText(_message.Message):
    __slots__ = ("language", "text")
    LANGUAGE_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    language: str
    text: str
    def __init__(self, language: _Optional[str] = ..., text: _Optional[str] = ...) -> None: ...

class Annotation(_message.Message):
    __slots__ = ("predicate", "iri", "literal")
    PREDICATE_FIELD_NUMBER: _ClassVar[int]
    IRI_FIELD_NUMBER: _ClassVar[int]
    LITERAL_FIELD_NUMBER: _ClassVar[int]
    predicate: str
    iri: str
    literal: Literal
    def __init__(self, predicate: _Optional[str] = ..., iri: _Optional[str] = ..., literal: _Optional[_Union[Literal, _Mapping]] = ...) -> None: ...

class Literal(_message.Message):
    __slots__ = ("text", "datatype", "language")
    TEXT_FIELD_NUMBER: _ClassVar[int]
    DATATYPE_FIELD_NUMBER: _ClassVar[int]
    LANGUAGE_FIELD_NUMBER: _ClassVar[int]
    text: str
    datatype: str
    language: str
    def __init__(self, text: _Optional[str] = ..., datatype: _Optional[str] = ..., language: _Optional[str] = ...) -> None: ...

class Property(_message.Message):
    __slots__ = ("property_id", "iri", "labels", "descriptions", "type", "is_required", "is_list", "status", "annotations")
    PROPERTY_ID_FIELD_NUMBER: _ClassVar[int]
    IRI_FIELD_NUMBER: _ClassVar[int]
    LABELS_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTIONS_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    IS_REQUIRED_FIELD_NUMBER: _ClassVar[int]
    IS_LIST_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    ANNOTATIONS_FIELD_NUMBER: _ClassVar[int]
    property_id: str
    iri: str
    labels: _containers.RepeatedCompositeFieldContainer[LocalizedText]
    descriptions: _containers.RepeatedCompositeFieldContainer[LocalizedText]
    type: PropertyType
    is_required: bool
    is_list: bool
    status: LifecycleStatus
    annotations: _containers.RepeatedCompositeFieldContainer[Annotation]
    def __init__(self, property_id: _Optional[str] = ..., iri: _Optional[str] = ..., labels: _Optional[_Iterable[_Union[LocalizedText, _Mapping]]] = ..., descriptions: _Optional[_Iterable[_Union[LocalizedText, _Mapping]]] = ..., type: _Optional[_Union[PropertyType, _Mapping]] = ..., is_required: _Optional[bool] = ..., is_list: _Optional[bool] = ..., status: _Optional[_Union[LifecycleStatus, str]] = ..., annotations: _Optional[_Iterable[_Union[Annotation, _Mapping]]] = ...) -> None: ...

class PropertyType(_message.Message):
    __slots__ = ("data_type", "object_type", "custom_datatype")
    DATA_TYPE_FIELD_NUMBER: _ClassVar[int]
    OBJECT_TYPE_FIELD_NUMBER: _ClassVar[int]
    CUSTOM_DATATYPE_FIELD_NUMBER: _ClassVar[int]
    data_type: DataType
    object_type: str
    custom_datatype: str
    def __init__(self, data_type: _Optional[_Union[DataType, str]] = ..., object_type: _Optional[str] = ..., custom_datatype: _Optional[str] = ...) -> None: ...

class Cardinality(_message.Message):
    __slots__ = ("min_count", "max_count")
    MIN_COUNT_FIELD_NUMBER: _ClassVar[int]
    MAX_COUNT_FIELD_NUMBER: _ClassVar[int]
    min_count: int
    max_count: int
    def __init__(self, min_count: _Optional[int] = ..., max_count: _Optional[int] = ...) -> None: ...
