from buf.validate import validate_pb2 as _validate_pb2
from google.api import annotations_pb2 as _annotations_pb2
from oms.common.v1 import method_policy_pb2 as _method_policy_pb2
from oms.object.v1 import object_pb2 as _object_pb2
from oms.ontology.v1 import change_set_service_pb2 as _change_set_service_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class RenameProperty(_message.Message):
    __slots__ = ("to",)
    TO_FIELD_NUMBER: _ClassVar[int]
    to: str
    def __init__(self, to: _Optional[str] = ...) -> None: ...

class RemoveProperty(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class FillProperty(_message.Message):
    __slots__ = ("value",)
    VALUE_FIELD_NUMBER: _ClassVar[int]
    value: _object_pb2.Value
    def __init__(self, value: _Optional[_Union[_object_pb2.Value, _Mapping]] = ...) -> None: ...

class ConvertProperty(_message.Message):
    __slots__ = ("otherwise",)
    OTHERWISE_FIELD_NUMBER: _ClassVar[int]
    otherwise: _object_pb2.Value
    def __init__(self, otherwise: _Optional[_Union[_object_pb2.Value, _Mapping]] = ...) -> None: ...

class MigrationStep(_message.Message):
    __slots__ = ("object_type", "property", "rename", "remove", "fill", "convert")
    OBJECT_TYPE_FIELD_NUMBER: _ClassVar[int]
    PROPERTY_FIELD_NUMBER: _ClassVar[int]
    RENAME_FIELD_NUMBER: _ClassVar[int]
    REMOVE_FIELD_NUMBER: _ClassVar[int]
    FILL_FIELD_NUMBER: _ClassVar[int]
    CONVERT_FIELD_NUMBER: _ClassVar[int]
    object_type: str
    property: str
    rename: RenameProperty
    remove: RemoveProperty
    fill: FillProperty
    convert: ConvertProperty
    def __init__(self, object_type: _Optional[str] = ..., property: _Optional[str] = ..., rename: _Optional[_Union[RenameProperty, _Mapping]] = ..., remove: _Optional[_Union[RemoveProperty, _Mapping]] = ..., fill: _Optional[_Union[FillProperty, _Mapping]] = ..., convert: _Optional[_Union[ConvertProperty, _Mapping]] = ...) -> None: ...

class MigrateObjectsRequest(_message.Message):
    __slots__ = ("parent", "changes", "steps", "branch", "expected_head", "message", "request_id", "validate_only")
    PARENT_FIELD_NUMBER: _ClassVar[int]
    CHANGES_FIELD_NUMBER: _ClassVar[int]
    STEPS_FIELD_NUMBER: _ClassVar[int]
    BRANCH_FIELD_NUMBER: _ClassVar[int]
    EXPECTED_HEAD_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    VALIDATE_ONLY_FIELD_NUMBER: _ClassVar[int]
    parent: str
    changes: _containers.RepeatedCompositeFieldContainer[_change_set_service_pb2.Change]
    steps: _containers.RepeatedCompositeFieldContainer[MigrationStep]
    branch: str
    expected_head: str
    message: str
    request_id: str
    validate_only: bool
    def __init__(self, parent: _Optional[str] = ..., changes: _Optional[_Iterable[_Union[_change_set_service_pb2.Change, _Mapping]]] = ..., steps: _Optional[_Iterable[_Union[MigrationStep, _Mapping]]] = ..., branch: _Optional[str] = ..., expected_head: _Optional[str] = ..., message: _Optional[str] = ..., request_id: _Optional[str] = ..., validate_only: _Optional[bool] = ...) -> None: ...

class MigrateObjectsResponse(_message.Message):
    __slots__ = ("commit_id", "unchanged", "migrated_count")
    COMMIT_ID_FIELD_NUMBER: _ClassVar[int]
    UNCHANGED_FIELD_NUMBER: _ClassVar[int]
    MIGRATED_COUNT_FIELD_NUMBER: _ClassVar[int]
    commit_id: str
    unchanged: bool
    migrated_count: int
    def __init__(self, commit_id: _Optional[str] = ..., unchanged: _Optional[bool] = ..., migrated_count: _Optional[int] = ...) -> None: ...
