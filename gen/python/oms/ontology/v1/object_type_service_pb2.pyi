import datetime

from buf.validate import validate_pb2 as _validate_pb2
from google.api import annotations_pb2 as _annotations_pb2
from google.protobuf import field_mask_pb2 as _field_mask_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from oms.common.v1 import method_policy_pb2 as _method_policy_pb2
from oms.common.v1 import revision_pb2 as _revision_pb2
from oms.ontology.v1 import element_pb2 as _element_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ObjectType(_message.Message):
    __slots__ = ("name", "iri", "labels", "descriptions", "parents", "interfaces", "properties", "is_abstract", "status", "annotations", "etag", "create_time", "update_time", "created_by", "updated_by")
    NAME_FIELD_NUMBER: _ClassVar[int]
    IRI_FIELD_NUMBER: _ClassVar[int]
    LABELS_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTIONS_FIELD_NUMBER: _ClassVar[int]
    PARENTS_FIELD_NUMBER: _ClassVar[int]
    INTERFACES_FIELD_NUMBER: _ClassVar[int]
    PROPERTIES_FIELD_NUMBER: _ClassVar[int]
    IS_ABSTRACT_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    ANNOTATIONS_FIELD_NUMBER: _ClassVar[int]
    ETAG_FIELD_NUMBER: _ClassVar[int]
    CREATE_TIME_FIELD_NUMBER: _ClassVar[int]
    UPDATE_TIME_FIELD_NUMBER: _ClassVar[int]
    CREATED_BY_FIELD_NUMBER: _ClassVar[int]
    UPDATED_BY_FIELD_NUMBER: _ClassVar[int]
    name: str
    iri: str
    labels: _containers.RepeatedCompositeFieldContainer[_element_pb2.LocalizedText]
    descriptions: _containers.RepeatedCompositeFieldContainer[_element_pb2.LocalizedText]
    parents: _containers.RepeatedScalarFieldContainer[str]
    interfaces: _containers.RepeatedScalarFieldContainer[str]
    properties: _containers.RepeatedCompositeFieldContainer[_element_pb2.Property]
    is_abstract: bool
    status: _element_pb2.LifecycleStatus
    annotations: _containers.RepeatedCompositeFieldContainer[_element_pb2.Annotation]
    etag: str
    create_time: _timestamp_pb2.Timestamp
    update_time: _timestamp_pb2.Timestamp
    created_by: str
    updated_by: str
    def __init__(self, name: _Optional[str] = ..., iri: _Optional[str] = ..., labels: _Optional[_Iterable[_Union[_element_pb2.LocalizedText, _Mapping]]] = ..., descriptions: _Optional[_Iterable[_Union[_element_pb2.LocalizedText, _Mapping]]] = ..., parents: _Optional[_Iterable[str]] = ..., interfaces: _Optional[_Iterable[str]] = ..., properties: _Optional[_Iterable[_Union[_element_pb2.Property, _Mapping]]] = ..., is_abstract: _Optional[bool] = ..., status: _Optional[_Union[_element_pb2.LifecycleStatus, str]] = ..., annotations: _Optional[_Iterable[_Union[_element_pb2.Annotation, _Mapping]]] = ..., etag: _Optional[str] = ..., create_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., update_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., created_by: _Optional[str] = ..., updated_by: _Optional[str] = ...) -> None: ...

class CreateObjectTypeRequest(_message.Message):
    __slots__ = ("parent", "object_type_id", "object_type", "branch", "expected_head", "message", "request_id")
    PARENT_FIELD_NUMBER: _ClassVar[int]
    OBJECT_TYPE_ID_FIELD_NUMBER: _ClassVar[int]
    OBJECT_TYPE_FIELD_NUMBER: _ClassVar[int]
    BRANCH_FIELD_NUMBER: _ClassVar[int]
    EXPECTED_HEAD_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    parent: str
    object_type_id: str
    object_type: ObjectType
    branch: str
    expected_head: str
    message: str
    request_id: str
    def __init__(self, parent: _Optional[str] = ..., object_type_id: _Optional[str] = ..., object_type: _Optional[_Union[ObjectType, _Mapping]] = ..., branch: _Optional[str] = ..., expected_head: _Optional[str] = ..., message: _Optional[str] = ..., request_id: _Optional[str] = ...) -> None: ...

class CreateObjectTypeResponse(_message.Message):
    __slots__ = ("object_type", "commit_id")
    OBJECT_TYPE_FIELD_NUMBER: _ClassVar[int]
    COMMIT_ID_FIELD_NUMBER: _ClassVar[int]
    object_type: ObjectType
    commit_id: str
    def __init__(self, object_type: _Optional[_Union[ObjectType, _Mapping]] = ..., commit_id: _Optional[str] = ...) -> None: ...

class GetObjectTypeRequest(_message.Message):
    __slots__ = ("name", "revision")
    NAME_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    name: str
    revision: _revision_pb2.Revision
    def __init__(self, name: _Optional[str] = ..., revision: _Optional[_Union[_revision_pb2.Revision, _Mapping]] = ...) -> None: ...

class GetObjectTypeResponse(_message.Message):
    __slots__ = ("object_type", "commit_id")
    OBJECT_TYPE_FIELD_NUMBER: _ClassVar[int]
    COMMIT_ID_FIELD_NUMBER: _ClassVar[int]
    object_type: ObjectType
    commit_id: str
    def __init__(self, object_type: _Optional[_Union[ObjectType, _Mapping]] = ..., commit_id: _Optional[str] = ...) -> None: ...

class BatchGetObjectTypesRequest(_message.Message):
    __slots__ = ("parent", "names", "revision")
    PARENT_FIELD_NUMBER: _ClassVar[int]
    NAMES_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    parent: str
    names: _containers.RepeatedScalarFieldContainer[str]
    revision: _revision_pb2.Revision
    def __init__(self, parent: _Optional[str] = ..., names: _Optional[_Iterable[str]] = ..., revision: _Optional[_Union[_revision_pb2.Revision, _Mapping]] = ...) -> None: ...

class BatchGetObjectTypesResponse(_message.Message):
    __slots__ = ("object_types", "commit_id")
    OBJECT_TYPES_FIELD_NUMBER: _ClassVar[int]
    COMMIT_ID_FIELD_NUMBER: _ClassVar[int]
    object_types: _containers.RepeatedCompositeFieldContainer[ObjectType]
    commit_id: str
    def __init__(self, object_types: _Optional[_Iterable[_Union[ObjectType, _Mapping]]] = ..., commit_id: _Optional[str] = ...) -> None: ...

class ListObjectTypesRequest(_message.Message):
    __slots__ = ("parent", "revision", "page_size", "page_token")
    PARENT_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    parent: str
    revision: _revision_pb2.Revision
    page_size: int
    page_token: str
    def __init__(self, parent: _Optional[str] = ..., revision: _Optional[_Union[_revision_pb2.Revision, _Mapping]] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListObjectTypesResponse(_message.Message):
    __slots__ = ("object_types", "next_page_token", "commit_id", "total_size")
    OBJECT_TYPES_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    COMMIT_ID_FIELD_NUMBER: _ClassVar[int]
    TOTAL_SIZE_FIELD_NUMBER: _ClassVar[int]
    object_types: _containers.RepeatedCompositeFieldContainer[ObjectType]
    next_page_token: str
    commit_id: str
    total_size: int
    def __init__(self, object_types: _Optional[_Iterable[_Union[ObjectType, _Mapping]]] = ..., next_page_token: _Optional[str] = ..., commit_id: _Optional[str] = ..., total_size: _Optional[int] = ...) -> None: ...

class UpdateObjectTypeRequest(_message.Message):
    __slots__ = ("object_type", "update_mask", "branch", "expected_head", "message", "request_id")
    OBJECT_TYPE_FIELD_NUMBER: _ClassVar[int]
    UPDATE_MASK_FIELD_NUMBER: _ClassVar[int]
    BRANCH_FIELD_NUMBER: _ClassVar[int]
    EXPECTED_HEAD_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    object_type: ObjectType
    update_mask: _field_mask_pb2.FieldMask
    branch: str
    expected_head: str
    message: str
    request_id: str
    def __init__(self, object_type: _Optional[_Union[ObjectType, _Mapping]] = ..., update_mask: _Optional[_Union[_field_mask_pb2.FieldMask, _Mapping]] = ..., branch: _Optional[str] = ..., expected_head: _Optional[str] = ..., message: _Optional[str] = ..., request_id: _Optional[str] = ...) -> None: ...

class UpdateObjectTypeResponse(_message.Message):
    __slots__ = ("object_type", "commit_id")
    OBJECT_TYPE_FIELD_NUMBER: _ClassVar[int]
    COMMIT_ID_FIELD_NUMBER: _ClassVar[int]
    object_type: ObjectType
    commit_id: str
    def __init__(self, object_type: _Optional[_Union[ObjectType, _Mapping]] = ..., commit_id: _Optional[str] = ...) -> None: ...

class DeleteObjectTypeRequest(_message.Message):
    __slots__ = ("name", "etag", "branch", "expected_head", "message", "request_id")
    NAME_FIELD_NUMBER: _ClassVar[int]
    ETAG_FIELD_NUMBER: _ClassVar[int]
    BRANCH_FIELD_NUMBER: _ClassVar[int]
    EXPECTED_HEAD_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    name: str
    etag: str
    branch: str
    expected_head: str
    message: str
    request_id: str
    def __init__(self, name: _Optional[str] = ..., etag: _Optional[str] = ..., branch: _Optional[str] = ..., expected_head: _Optional[str] = ..., message: _Optional[str] = ..., request_id: _Optional[str] = ...) -> None: ...

class DeleteObjectTypeResponse(_message.Message):
    __slots__ = ("commit_id",)
    COMMIT_ID_FIELD_NUMBER: _ClassVar[int]
    commit_id: str
    def __init__(self, commit_id: _Optional[str] = ...) -> None: ...
