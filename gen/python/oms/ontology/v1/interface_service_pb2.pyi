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

class Interface(_message.Message):
    __slots__ = ("name", "iri", "labels", "descriptions", "parents", "properties", "status", "annotations", "etag", "create_time", "update_time", "created_by", "updated_by")
    NAME_FIELD_NUMBER: _ClassVar[int]
    IRI_FIELD_NUMBER: _ClassVar[int]
    LABELS_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTIONS_FIELD_NUMBER: _ClassVar[int]
    PARENTS_FIELD_NUMBER: _ClassVar[int]
    PROPERTIES_FIELD_NUMBER: _ClassVar[int]
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
    properties: _containers.RepeatedCompositeFieldContainer[_element_pb2.Property]
    status: _element_pb2.LifecycleStatus
    annotations: _containers.RepeatedCompositeFieldContainer[_element_pb2.Annotation]
    etag: str
    create_time: _timestamp_pb2.Timestamp
    update_time: _timestamp_pb2.Timestamp
    created_by: str
    updated_by: str
    def __init__(self, name: _Optional[str] = ..., iri: _Optional[str] = ..., labels: _Optional[_Iterable[_Union[_element_pb2.LocalizedText, _Mapping]]] = ..., descriptions: _Optional[_Iterable[_Union[_element_pb2.LocalizedText, _Mapping]]] = ..., parents: _Optional[_Iterable[str]] = ..., properties: _Optional[_Iterable[_Union[_element_pb2.Property, _Mapping]]] = ..., status: _Optional[_Union[_element_pb2.LifecycleStatus, str]] = ..., annotations: _Optional[_Iterable[_Union[_element_pb2.Annotation, _Mapping]]] = ..., etag: _Optional[str] = ..., create_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., update_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., created_by: _Optional[str] = ..., updated_by: _Optional[str] = ...) -> None: ...

class CreateInterfaceRequest(_message.Message):
    __slots__ = ("parent", "interface_id", "interface", "branch", "expected_head", "message", "request_id")
    PARENT_FIELD_NUMBER: _ClassVar[int]
    INTERFACE_ID_FIELD_NUMBER: _ClassVar[int]
    INTERFACE_FIELD_NUMBER: _ClassVar[int]
    BRANCH_FIELD_NUMBER: _ClassVar[int]
    EXPECTED_HEAD_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    parent: str
    interface_id: str
    interface: Interface
    branch: str
    expected_head: str
    message: str
    request_id: str
    def __init__(self, parent: _Optional[str] = ..., interface_id: _Optional[str] = ..., interface: _Optional[_Union[Interface, _Mapping]] = ..., branch: _Optional[str] = ..., expected_head: _Optional[str] = ..., message: _Optional[str] = ..., request_id: _Optional[str] = ...) -> None: ...

class CreateInterfaceResponse(_message.Message):
    __slots__ = ("interface", "commit_id")
    INTERFACE_FIELD_NUMBER: _ClassVar[int]
    COMMIT_ID_FIELD_NUMBER: _ClassVar[int]
    interface: Interface
    commit_id: str
    def __init__(self, interface: _Optional[_Union[Interface, _Mapping]] = ..., commit_id: _Optional[str] = ...) -> None: ...

class GetInterfaceRequest(_message.Message):
    __slots__ = ("name", "revision")
    NAME_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    name: str
    revision: _revision_pb2.Revision
    def __init__(self, name: _Optional[str] = ..., revision: _Optional[_Union[_revision_pb2.Revision, _Mapping]] = ...) -> None: ...

class GetInterfaceResponse(_message.Message):
    __slots__ = ("interface", "commit_id")
    INTERFACE_FIELD_NUMBER: _ClassVar[int]
    COMMIT_ID_FIELD_NUMBER: _ClassVar[int]
    interface: Interface
    commit_id: str
    def __init__(self, interface: _Optional[_Union[Interface, _Mapping]] = ..., commit_id: _Optional[str] = ...) -> None: ...

class BatchGetInterfacesRequest(_message.Message):
    __slots__ = ("parent", "names", "revision")
    PARENT_FIELD_NUMBER: _ClassVar[int]
    NAMES_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    parent: str
    names: _containers.RepeatedScalarFieldContainer[str]
    revision: _revision_pb2.Revision
    def __init__(self, parent: _Optional[str] = ..., names: _Optional[_Iterable[str]] = ..., revision: _Optional[_Union[_revision_pb2.Revision, _Mapping]] = ...) -> None: ...

class BatchGetInterfacesResponse(_message.Message):
    __slots__ = ("interfaces", "commit_id")
    INTERFACES_FIELD_NUMBER: _ClassVar[int]
    COMMIT_ID_FIELD_NUMBER: _ClassVar[int]
    interfaces: _containers.RepeatedCompositeFieldContainer[Interface]
    commit_id: str
    def __init__(self, interfaces: _Optional[_Iterable[_Union[Interface, _Mapping]]] = ..., commit_id: _Optional[str] = ...) -> None: ...

class ListInterfacesRequest(_message.Message):
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

class ListInterfacesResponse(_message.Message):
    __slots__ = ("interfaces", "next_page_token", "commit_id", "total_size")
    INTERFACES_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    COMMIT_ID_FIELD_NUMBER: _ClassVar[int]
    TOTAL_SIZE_FIELD_NUMBER: _ClassVar[int]
    interfaces: _containers.RepeatedCompositeFieldContainer[Interface]
    next_page_token: str
    commit_id: str
    total_size: int
    def __init__(self, interfaces: _Optional[_Iterable[_Union[Interface, _Mapping]]] = ..., next_page_token: _Optional[str] = ..., commit_id: _Optional[str] = ..., total_size: _Optional[int] = ...) -> None: ...

class UpdateInterfaceRequest(_message.Message):
    __slots__ = ("interface", "update_mask", "branch", "expected_head", "message", "request_id")
    INTERFACE_FIELD_NUMBER: _ClassVar[int]
    UPDATE_MASK_FIELD_NUMBER: _ClassVar[int]
    BRANCH_FIELD_NUMBER: _ClassVar[int]
    EXPECTED_HEAD_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    interface: Interface
    update_mask: _field_mask_pb2.FieldMask
    branch: str
    expected_head: str
    message: str
    request_id: str
    def __init__(self, interface: _Optional[_Union[Interface, _Mapping]] = ..., update_mask: _Optional[_Union[_field_mask_pb2.FieldMask, _Mapping]] = ..., branch: _Optional[str] = ..., expected_head: _Optional[str] = ..., message: _Optional[str] = ..., request_id: _Optional[str] = ...) -> None: ...

class UpdateInterfaceResponse(_message.Message):
    __slots__ = ("interface", "commit_id")
    INTERFACE_FIELD_NUMBER: _ClassVar[int]
    COMMIT_ID_FIELD_NUMBER: _ClassVar[int]
    interface: Interface
    commit_id: str
    def __init__(self, interface: _Optional[_Union[Interface, _Mapping]] = ..., commit_id: _Optional[str] = ...) -> None: ...

class DeleteInterfaceRequest(_message.Message):
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

class DeleteInterfaceResponse(_message.Message):
    __slots__ = ("commit_id",)
    COMMIT_ID_FIELD_NUMBER: _ClassVar[int]
    commit_id: str
    def __init__(self, commit_id: _Optional[str] = ...) -> None: ...
