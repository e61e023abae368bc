from buf.validate import validate_pb2 as _validate_pb2
from google.api import annotations_pb2 as _annotations_pb2
from oms.common.v1 import method_policy_pb2 as _method_policy_pb2
from oms.common.v1 import revision_pb2 as _revision_pb2
from oms.object.v1 import filter_pb2 as _filter_pb2
from oms.object.v1 import object_pb2 as _object_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class AggregateFunction(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    AGGREGATE_FUNCTION_UNSPECIFIED: _ClassVar[AggregateFunction]
    AGGREGATE_FUNCTION_COUNT: _ClassVar[AggregateFunction]
    AGGREGATE_FUNCTION_COUNT_DISTINCT: _ClassVar[AggregateFunction]
    AGGREGATE_FUNCTION_SUM: _ClassVar[AggregateFunction]
    AGGREGATE_FUNCTION_AVERAGE: _ClassVar[AggregateFunction]
    AGGREGATE_FUNCTION_MIN: _ClassVar[AggregateFunction]
    AGGREGATE_FUNCTION_MAX: _ClassVar[AggregateFunction]
AGGREGATE_FUNCTION_UNSPECIFIED: AggregateFunction
AGGREGATE_FUNCTION_COUNT: AggregateFunction
AGGREGATE_FUNCTION_COUNT_DISTINCT: AggregateFunction
AGGREGATE_FUNCTION_SUM: AggregateFunction
AGGREGATE_FUNCTION_AVERAGE: AggregateFunction
AGGREGATE_FUNCTION_MIN: AggregateFunction
AGGREGATE_FUNCTION_MAX: AggregateFunction

class CreateObjectRequest(_message.Message):
    __slots__ = ("parent", "object_id", "object", "branch", "expected_head", "message", "request_id")
    PARENT_FIELD_NUMBER: _ClassVar[int]
    OBJECT_ID_FIELD_NUMBER: _ClassVar[int]
    OBJECT_FIELD_NUMBER: _ClassVar[int]
    BRANCH_FIELD_NUMBER: _ClassVar[int]
    EXPECTED_HEAD_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    parent: str
    object_id: str
    object: _object_pb2.Object
    branch: str
    expected_head: str
    message: str
    request_id: str
    def __init__(self, parent: _Optional[str] = ..., object_id: _Optional[str] = ..., object: _Optional[_Union[_object_pb2.Object, _Mapping]] = ..., branch: _Optional[str] = ..., expected_head: _Optional[str] = ..., message: _Optional[str] = ..., request_id: _Optional[str] = ...) -> None: ...

class CreateObjectResponse(_message.Message):
    __slots__ = ("object", "commit_id")
    OBJECT_FIELD_NUMBER: _ClassVar[int]
    COMMIT_ID_FIELD_NUMBER: _ClassVar[int]
    object: _object_pb2.Object
    commit_id: str
    def __init__(self, object: _Optional[_Union[_object_pb2.Object, _Mapping]] = ..., commit_id: _Optional[str] = ...) -> None: ...

class GetObjectRequest(_message.Message):
    __slots__ = ("name", "revision", "properties", "value_format")
    NAME_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    PROPERTIES_FIELD_NUMBER: _ClassVar[int]
    VALUE_FORMAT_FIELD_NUMBER: _ClassVar[int]
    name: str
    revision: _revision_pb2.Revision
    properties: _containers.RepeatedScalarFieldContainer[str]
    value_format: _object_pb2.ValueFormat
    def __init__(self, name: _Optional[str] = ..., revision: _Optional[_Union[_revision_pb2.Revision, _Mapping]] = ..., properties: _Optional[_Iterable[str]] = ..., value_format: _Optional[_Union[_object_pb2.ValueFormat, str]] = ...) -> None: ...

class GetObjectResponse(_message.Message):
    __slots__ = ("object", "commit_id")
    OBJECT_FIELD_NUMBER: _ClassVar[int]
    COMMIT_ID_FIELD_NUMBER: _ClassVar[int]
    object: _object_pb2.Object
    commit_id: str
    def __init__(self, object: _Optional[_Union[_object_pb2.Object, _Mapping]] = ..., commit_id: _Optional[str] = ...) -> None: ...

class BatchGetObjectsRequest(_message.Message):
    __slots__ = ("parent", "names", "revision", "properties", "allow_missing", "value_format")
    PARENT_FIELD_NUMBER: _ClassVar[int]
    NAMES_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    PROPERTIES_FIELD_NUMBER: _ClassVar[int]
    ALLOW_MISSING_FIELD_NUMBER: _ClassVar[int]
    VALUE_FORMAT_FIELD_NUMBER: _ClassVar[int]
    parent: str
    names: _containers.RepeatedScalarFieldContainer[str]
    revision: _revision_pb2.Revision
    properties: _containers.RepeatedScalarFieldContainer[str]
    allow_missing: bool
    value_format: _object_pb2.ValueFormat
    def __init__(self, parent: _Optional[str] = ..., names: _Optional[_Iterable[str]] = ..., revision: _Optional[_Union[_revision_pb2.Revision, _Mapping]] = ..., properties: _Optional[_Iterable[str]] = ..., allow_missing: _Optional[bool] = ..., value_format: _Optional[_Union[_object_pb2.ValueFormat, str]] = ...) -> None: ...

class BatchGetObjectsResponse(_message.Message):
    __slots__ = ("objects", "missing_names", "commit_id")
    OBJECTS_FIELD_NUMBER: _ClassVar[int]
    MISSING_NAMES_FIELD_NUMBER: _ClassVar[int]
    COMMIT_ID_FIELD_NUMBER: _ClassVar[int]
    objects: _containers.RepeatedCompositeFieldContainer[_object_pb2.Object]
    missing_names: _containers.RepeatedScalarFieldContainer[str]
    commit_id: str
    def __init__(self, objects: _Optional[_Iterable[_Union[_object_pb2.Object, _Mapping]]] = ..., missing_names: _Optional[_Iterable[str]] = ..., commit_id: _Optional[str] = ...) -> None: ...

class ListObjectsRequest(_message.Message):
    __slots__ = ("parent", "revision", "page_size", "page_token", "properties", "value_format", "skip", "from_end")
    PARENT_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    PROPERTIES_FIELD_NUMBER: _ClassVar[int]
    VALUE_FORMAT_FIELD_NUMBER: _ClassVar[int]
    SKIP_FIELD_NUMBER: _ClassVar[int]
    FROM_END_FIELD_NUMBER: _ClassVar[int]
    parent: str
    revision: _revision_pb2.Revision
    page_size: int
    page_token: str
    properties: _containers.RepeatedScalarFieldContainer[str]
    value_format: _object_pb2.ValueFormat
    skip: int
    from_end: bool
    def __init__(self, parent: _Optional[str] = ..., revision: _Optional[_Union[_revision_pb2.Revision, _Mapping]] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ..., properties: _Optional[_Iterable[str]] = ..., value_format: _Optional[_Union[_object_pb2.ValueFormat, str]] = ..., skip: _Optional[int] = ..., from_end: _Optional[bool] = ...) -> None: ...

class ListObjectsResponse(_message.Message):
    __slots__ = ("objects", "next_page_token", "commit_id", "total_size", "start_index")
    OBJECTS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    COMMIT_ID_FIELD_NUMBER: _ClassVar[int]
    TOTAL_SIZE_FIELD_NUMBER: _ClassVar[int]
    START_INDEX_FIELD_NUMBER: _ClassVar[int]
    objects: _containers.RepeatedCompositeFieldContainer[_object_pb2.Object]
    next_page_token: str
    commit_id: str
    total_size: int
    start_index: int
    def __init__(self, objects: _Optional[_Iterable[_Union[_object_pb2.Object, _Mapping]]] = ..., next_page_token: _Optional[str] = ..., commit_id: _Optional[str] = ..., total_size: _Optional[int] = ..., start_index: _Optional[int] = ...) -> None: ...

class SearchObjectsRequest(_message.Message):
    __slots__ = ("parent", "filter", "order_by", "revision", "page_size", "page_token", "properties", "value_format", "skip", "from_end")
    PARENT_FIELD_NUMBER: _ClassVar[int]
    FILTER_FIELD_NUMBER: _ClassVar[int]
    ORDER_BY_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    PROPERTIES_FIELD_NUMBER: _ClassVar[int]
    VALUE_FORMAT_FIELD_NUMBER: _ClassVar[int]
    SKIP_FIELD_NUMBER: _ClassVar[int]
    FROM_END_FIELD_NUMBER: _ClassVar[int]
    parent: str
    filter: _filter_pb2.Filter
    order_by: _containers.RepeatedCompositeFieldContainer[_filter_pb2.Order]
    revision: _revision_pb2.Revision
    page_size: int
    page_token: str
    properties: _containers.RepeatedScalarFieldContainer[str]
    value_format: _object_pb2.ValueFormat
    skip: int
    from_end: bool
    def __init__(self, parent: _Optional[str] = ..., filter: _Optional[_Union[_filter_pb2.Filter, _Mapping]] = ..., order_by: _Optional[_Iterable[_Union[_filter_pb2.Order, _Mapping]]] = ..., revision: _Optional[_Union[_revision_pb2.Revision, _Mapping]] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ..., properties: _Optional[_Iterable[str]] = ..., value_format: _Optional[_Union[_object_pb2.ValueFormat, str]] = ..., skip: _Optional[int] = ..., from_end: _Optional[bool] = ...) -> None: ...

class SearchObjectsResponse(_message.Message):
    __slots__ = ("objects", "next_page_token", "commit_id", "total_size", "start_index")
    OBJECTS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    COMMIT_ID_FIELD_NUMBER: _ClassVar[int]
    TOTAL_SIZE_FIELD_NUMBER: _ClassVar[int]
    START_INDEX_FIELD_NUMBER: _ClassVar[int]
    objects: _containers.RepeatedCompositeFieldContainer[_object_pb2.Object]
    next_page_token: str
    commit_id: str
    total_size: int
    start_index: int
    def __init__(self, objects: _Optional[_Iterable[_Union[_object_pb2.Object, _Mapping]]] = ..., next_page_token: _Optional[str] = ..., commit_id: _Optional[str] = ..., total_size: _Optional[int] = ..., start_index: _Optional[int] = ...) -> None: ...

class Aggregate(_message.Message):
    __slots__ = ("function", "property")
    FUNCTION_FIELD_NUMBER: _ClassVar[int]
    PROPERTY_FIELD_NUMBER: _ClassVar[int]
    function: AggregateFunction
    property: str
    def __init__(self, function: _Optional[_Union[AggregateFunction, str]] = ..., property: _Optional[str] = ...) -> None: ...

class AggregateObjectsRequest(_message.Message):
    __slots__ = ("parent", "filter", "group_by", "aggregates", "revision", "max_groups")
    PARENT_FIELD_NUMBER: _ClassVar[int]
    FILTER_FIELD_NUMBER: _ClassVar[int]
    GROUP_BY_FIELD_NUMBER: _ClassVar[int]
    AGGREGATES_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    MAX_GROUPS_FIELD_NUMBER: _ClassVar[int]
    parent: str
    filter: _filter_pb2.Filter
    group_by: _containers.RepeatedScalarFieldContainer[str]
    aggregates: _containers.RepeatedCompositeFieldContainer[Aggregate]
    revision: _revision_pb2.Revision
    max_groups: int
    def __init__(self, parent: _Optional[str] = ..., filter: _Optional[_Union[_filter_pb2.Filter, _Mapping]] = ..., group_by: _Optional[_Iterable[str]] = ..., aggregates: _Optional[_Iterable[_Union[Aggregate, _Mapping]]] = ..., revision: _Optional[_Union[_revision_pb2.Revision, _Mapping]] = ..., max_groups: _Optional[int] = ...) -> None: ...

class ObjectGroup(_message.Message):
    __slots__ = ("keys", "results", "object_count")
    KEYS_FIELD_NUMBER: _ClassVar[int]
    RESULTS_FIELD_NUMBER: _ClassVar[int]
    OBJECT_COUNT_FIELD_NUMBER: _ClassVar[int]
    keys: _containers.RepeatedCompositeFieldContainer[GroupValue]
    results: _containers.RepeatedCompositeFieldContainer[GroupValue]
    object_count: int
    def __init__(self, keys: _Optional[_Iterable[_Union[GroupValue, _Mapping]]] = ..., results: _Optional[_Iterable[_Union[GroupValue, _Mapping]]] = ..., object_count: _Optional[int] = ...) -> None: ...

class GroupValue(_message.Message):
    __slots__ = ("value",)
    VALUE_FIELD_NUMBER: _ClassVar[int]
    value: _object_pb2.Value
    def __init__(self, value: _Optional[_Union[_object_pb2.Value, _Mapping]] = ...) -> None: ...

class AggregateObjectsResponse(_message.Message):
    __slots__ = ("groups", "total_groups", "commit_id")
    GROUPS_FIELD_NUMBER: _ClassVar[int]
    TOTAL_GROUPS_FIELD_NUMBER: _ClassVar[int]
    COMMIT_ID_FIELD_NUMBER: _ClassVar[int]
    groups: _containers.RepeatedCompositeFieldContainer[ObjectGroup]
    total_groups: int
    commit_id: str
    def __init__(self, groups: _Optional[_Iterable[_Union[ObjectGroup, _Mapping]]] = ..., total_groups: _Optional[int] = ..., commit_id: _Optional[str] = ...) -> None: ...

class UpdateObjectRequest(_message.Message):
    __slots__ = ("object", "update_properties", "allow_missing", "branch", "expected_head", "message", "request_id")
    OBJECT_FIELD_NUMBER: _ClassVar[int]
    UPDATE_PROPERTIES_FIELD_NUMBER: _ClassVar[int]
    ALLOW_MISSING_FIELD_NUMBER: _ClassVar[int]
    BRANCH_FIELD_NUMBER: _ClassVar[int]
    EXPECTED_HEAD_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    object: _object_pb2.Object
    update_properties: _containers.RepeatedScalarFieldContainer[str]
    allow_missing: bool
    branch: str
    expected_head: str
    message: str
    request_id: str
    def __init__(self, object: _Optional[_Union[_object_pb2.Object, _Mapping]] = ..., update_properties: _Optional[_Iterable[str]] = ..., allow_missing: _Optional[bool] = ..., branch: _Optional[str] = ..., expected_head: _Optional[str] = ..., message: _Optional[str] = ..., request_id: _Optional[str] = ...) -> None: ...

class UpdateObjectResponse(_message.Message):
    __slots__ = ("object", "commit_id")
    OBJECT_FIELD_NUMBER: _ClassVar[int]
    COMMIT_ID_FIELD_NUMBER: _ClassVar[int]
    object: _object_pb2.Object
    commit_id: str
    def __init__(self, object: _Optional[_Union[_object_pb2.Object, _Mapping]] = ..., commit_id: _Optional[str] = ...) -> None: ...

class DeleteObjectRequest(_message.Message):
    __slots__ = ("name", "etag", "delete_links", "branch", "expected_head", "message", "request_id")
    NAME_FIELD_NUMBER: _ClassVar[int]
    ETAG_FIELD_NUMBER: _ClassVar[int]
    DELETE_LINKS_FIELD_NUMBER: _ClassVar[int]
    BRANCH_FIELD_NUMBER: _ClassVar[int]
    EXPECTED_HEAD_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    name: str
    etag: str
    delete_links: bool
    branch: str
    expected_head: str
    message: str
    request_id: str
    def __init__(self, name: _Optional[str] = ..., etag: _Optional[str] = ..., delete_links: _Optional[bool] = ..., branch: _Optional[str] = ..., expected_head: _Optional[str] = ..., message: _Optional[str] = ..., request_id: _Optional[str] = ...) -> None: ...

class DeleteObjectResponse(_message.Message):
    __slots__ = ("commit_id",)
    COMMIT_ID_FIELD_NUMBER: _ClassVar[int]
    commit_id: str
    def __init__(self, commit_id: _Optional[str] = ...) -> None: ...

class ObjectUpdate(_message.Message):
    __slots__ = ("object", "update_properties")
    OBJECT_FIELD_NUMBER: _ClassVar[int]
    UPDATE_PROPERTIES_FIELD_NUMBER: _ClassVar[int]
    object: _object_pb2.Object
    update_properties: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, object: _Optional[_Union[_object_pb2.Object, _Mapping]] = ..., update_properties: _Optional[_Iterable[str]] = ...) -> None: ...

class ObjectDelete(_message.Message):
    __slots__ = ("name", "etag", "delete_links")
    NAME_FIELD_NUMBER: _ClassVar[int]
    ETAG_FIELD_NUMBER: _ClassVar[int]
    DELETE_LINKS_FIELD_NUMBER: _ClassVar[int]
    name: str
    etag: str
    delete_links: bool
    def __init__(self, name: _Optional[str] = ..., etag: _Optional[str] = ..., delete_links: _Optional[bool] = ...) -> None: ...

class ObjectChange(_message.Message):
    __slots__ = ("create", "update", "upsert", "delete", "link", "unlink")
    CREATE_FIELD_NUMBER: _ClassVar[int]
    UPDATE_FIELD_NUMBER: _ClassVar[int]
    UPSERT_FIELD_NUMBER: _ClassVar[int]
    DELETE_FIELD_NUMBER: _ClassVar[int]
    LINK_FIELD_NUMBER: _ClassVar[int]
    UNLINK_FIELD_NUMBER: _ClassVar[int]
    create: _object_pb2.Object
    update: ObjectUpdate
    upsert: _object_pb2.Object
    delete: ObjectDelete
    link: _object_pb2.Link
    unlink: _object_pb2.Link
    def __init__(self, create: _Optional[_Union[_object_pb2.Object, _Mapping]] = ..., update: _Optional[_Union[ObjectUpdate, _Mapping]] = ..., upsert: _Optional[_Union[_object_pb2.Object, _Mapping]] = ..., delete: _Optional[_Union[ObjectDelete, _Mapping]] = ..., link: _Optional[_Union[_object_pb2.Link, _Mapping]] = ..., unlink: _Optional[_Union[_object_pb2.Link, _Mapping]] = ...) -> None: ...

class ApplyObjectChangesRequest(_message.Message):
    __slots__ = ("parent", "changes", "branch", "expected_head", "message", "request_id", "validate_only")
    PARENT_FIELD_NUMBER: _ClassVar[int]
    CHANGES_FIELD_NUMBER: _ClassVar[int]
    BRANCH_FIELD_NUMBER: _ClassVar[int]
    EXPECTED_HEAD_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    VALIDATE_ONLY_FIELD_NUMBER: _ClassVar[int]
    parent: str
    changes: _containers.RepeatedCompositeFieldContainer[ObjectChange]
    branch: str
    expected_head: str
    message: str
    request_id: str
    validate_only: bool
    def __init__(self, parent: _Optional[str] = ..., changes: _Optional[_Iterable[_Union[ObjectChange, _Mapping]]] = ..., branch: _Optional[str] = ..., expected_head: _Optional[str] = ..., message: _Optional[str] = ..., request_id: _Optional[str] = ..., validate_only: _Optional[bool] = ...) -> None: ...

class ApplyObjectChangesResponse(_message.Message):
    __slots__ = ("commit_id", "unchanged", "objects")
    COMMIT_ID_FIELD_NUMBER: _ClassVar[int]
    UNCHANGED_FIELD_NUMBER: _ClassVar[int]
    OBJECTS_FIELD_NUMBER: _ClassVar[int]
    commit_id: str
    unchanged: bool
    objects: _containers.RepeatedCompositeFieldContainer[_object_pb2.Object]
    def __init__(self, commit_id: _Optional[str] = ..., unchanged: _Optional[bool] = ..., objects: _Optional[_Iterable[_Union[_object_pb2.Object, _Mapping]]] = ...) -> None: ...
