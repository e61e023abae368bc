from buf.validate import validate_pb2 as _validate_pb2
from google.api import annotations_pb2 as _annotations_pb2
from google.protobuf import field_mask_pb2 as _field_mask_pb2
from oms.common.v1 import method_policy_pb2 as _method_policy_pb2
from oms.ontology.v1 import interface_service_pb2 as _interface_service_pb2
from oms.ontology.v1 import link_type_service_pb2 as _link_type_service_pb2
from oms.ontology.v1 import object_type_service_pb2 as _object_type_service_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Element(_message.Message):
    __slots__ = ("object_type", "link_type", "interface")
    OBJECT_TYPE_FIELD_NUMBER: _ClassVar[int]
    LINK_TYPE_FIELD_NUMBER: _ClassVar[int]
    INTERFACE_FIELD_NUMBER: _ClassVar[int]
    object_type: _object_type_service_pb2.ObjectType
    link_type: _link_type_service_pb2.LinkType
    interface: _interface_service_pb2.Interface
    def __init__(self, object_type: _Optional[_Union[_object_type_service_pb2.ObjectType, _Mapping]] = ..., link_type: _Optional[_Union[_link_type_service_pb2.LinkType, _Mapping]] = ..., interface: _Optional[_Union[_interface_service_pb2.Interface, _Mapping]] = ...) -> None: ...

class Change(_message.Message):
    __slots__ = ("create", "update", "upsert", "delete")
    CREATE_FIELD_NUMBER: _ClassVar[int]
    UPDATE_FIELD_NUMBER: _ClassVar[int]
    UPSERT_FIELD_NUMBER: _ClassVar[int]
    DELETE_FIELD_NUMBER: _ClassVar[int]
    create: Element
    update: ElementUpdate
    upsert: Element
    delete: ElementDelete
    def __init__(self, create: _Optional[_Union[Element, _Mapping]] = ..., update: _Optional[_Union[ElementUpdate, _Mapping]] = ..., upsert: _Optional[_Union[Element, _Mapping]] = ..., delete: _Optional[_Union[ElementDelete, _Mapping]] = ...) -> None: ...

class ElementUpdate(_message.Message):
    __slots__ = ("element", "update_mask")
    ELEMENT_FIELD_NUMBER: _ClassVar[int]
    UPDATE_MASK_FIELD_NUMBER: _ClassVar[int]
    element: Element
    update_mask: _field_mask_pb2.FieldMask
    def __init__(self, element: _Optional[_Union[Element, _Mapping]] = ..., update_mask: _Optional[_Union[_field_mask_pb2.FieldMask, _Mapping]] = ...) -> None: ...

class ElementDelete(_message.Message):
    __slots__ = ("name", "etag")
    NAME_FIELD_NUMBER: _ClassVar[int]
    ETAG_FIELD_NUMBER: _ClassVar[int]
    name: str
    etag: str
    def __init__(self, name: _Optional[str] = ..., etag: _Optional[str] = ...) -> None: ...

class ApplyChangeSetRequest(_message.Message):
    __slots__ = ("parent", "branch", "changes", "expected_head", "message", "request_id", "validate_only")
    PARENT_FIELD_NUMBER: _ClassVar[int]
    BRANCH_FIELD_NUMBER: _ClassVar[int]
    CHANGES_FIELD_NUMBER: _ClassVar[int]
    EXPECTED_HEAD_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    VALIDATE_ONLY_FIELD_NUMBER: _ClassVar[int]
    parent: str
    branch: str
    changes: _containers.RepeatedCompositeFieldContainer[Change]
    expected_head: str
    message: str
    request_id: str
    validate_only: bool
    def __init__(self, parent: _Optional[str] = ..., branch: _Optional[str] = ..., changes: _Optional[_Iterable[_Union[Change, _Mapping]]] = ..., expected_head: _Optional[str] = ..., message: _Optional[str] = ..., request_id: _Optional[str] = ..., validate_only: _Optional[bool] = ...) -> None: ...

class ApplyChangeSetResponse(_message.Message):
    __slots__ = ("commit_id", "unchanged", "elements")
    COMMIT_ID_FIELD_NUMBER: _ClassVar[int]
    UNCHANGED_FIELD_NUMBER: _ClassVar[int]
    ELEMENTS_FIELD_NUMBER: _ClassVar[int]
    commit_id: str
    unchanged: bool
    elements: _containers.RepeatedCompositeFieldContainer[Element]
    def __init__(self, commit_id: _Optional[str] = ..., unchanged: _Optional[bool] = ..., elements: _Optional[_Iterable[_Union[Element, _Mapping]]] = ...) -> None: ...
