from buf.validate import validate_pb2 as _validate_pb2
from google.api import annotations_pb2 as _annotations_pb2
from google.api import httpbody_pb2 as _httpbody_pb2
from oms.common.v1 import method_policy_pb2 as _method_policy_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class CompactDatabaseRequest(_message.Message):
    __slots__ = ("name", "validate_only")
    NAME_FIELD_NUMBER: _ClassVar[int]
    VALIDATE_ONLY_FIELD_NUMBER: _ClassVar[int]
    name: str
    validate_only: bool
    def __init__(self, name: _Optional[str] = ..., validate_only: _Optional[bool] = ...) -> None: ...

class CompactDatabaseResponse(_message.Message):
    __slots__ = ("removed_commit_count", "removed_content_count", "size_before_bytes", "size_after_bytes")
    REMOVED_COMMIT_COUNT_FIELD_NUMBER: _ClassVar[int]
    REMOVED_CONTENT_COUNT_FIELD_NUMBER: _ClassVar[int]
    SIZE_BEFORE_BYTES_FIELD_NUMBER: _ClassVar[int]
    SIZE_AFTER_BYTES_FIELD_NUMBER: _ClassVar[int]
    removed_commit_count: int
    removed_content_count: int
    size_before_bytes: int
    size_after_bytes: int
    def __init__(self, removed_commit_count: _Optional[int] = ..., removed_content_count: _Optional[int] = ..., size_before_bytes: _Optional[int] = ..., size_after_bytes: _Optional[int] = ...) -> None: ...

class BackupDatabaseRequest(_message.Message):
    __slots__ = ("name",)
    NAME_FIELD_NUMBER: _ClassVar[int]
    name: str
    def __init__(self, name: _Optional[str] = ...) -> None: ...

class CheckDatabaseRequest(_message.Message):
    __slots__ = ("name",)
    NAME_FIELD_NUMBER: _ClassVar[int]
    name: str
    def __init__(self, name: _Optional[str] = ...) -> None: ...

class CheckDatabaseResponse(_message.Message):
    __slots__ = ("faults",)
    FAULTS_FIELD_NUMBER: _ClassVar[int]
    faults: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, faults: _Optional[_Iterable[str]] = ...) -> None: ...

class GetDatabaseStatisticsRequest(_message.Message):
    __slots__ = ("name",)
    NAME_FIELD_NUMBER: _ClassVar[int]
    name: str
    def __init__(self, name: _Optional[str] = ...) -> None: ...

class GetDatabaseStatisticsResponse(_message.Message):
    __slots__ = ("commit_count", "branch_count", "document_count", "content_count", "content_size_bytes", "disk_size_bytes")
    COMMIT_COUNT_FIELD_NUMBER: _ClassVar[int]
    BRANCH_COUNT_FIELD_NUMBER: _ClassVar[int]
    DOCUMENT_COUNT_FIELD_NUMBER: _ClassVar[int]
    CONTENT_COUNT_FIELD_NUMBER: _ClassVar[int]
    CONTENT_SIZE_BYTES_FIELD_NUMBER: _ClassVar[int]
    DISK_SIZE_BYTES_FIELD_NUMBER: _ClassVar[int]
    commit_count: int
    branch_count: int
    document_count: int
    content_count: int
    content_size_bytes: int
    disk_size_bytes: int
    def __init__(self, commit_count: _Optional[int] = ..., branch_count: _Optional[int] = ..., document_count: _Optional[int] = ..., content_count: _Optional[int] = ..., content_size_bytes: _Optional[int] = ..., disk_size_bytes: _Optional[int] = ...) -> None: ...

class GetCapabilitiesRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class GetCapabilitiesResponse(_message.Message):
    __slots__ = ("backend", "backend_version", "missing_capabilities")
    class MissingCapabilitiesEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    BACKEND_FIELD_NUMBER: _ClassVar[int]
    BACKEND_VERSION_FIELD_NUMBER: _ClassVar[int]
    MISSING_CAPABILITIES_FIELD_NUMBER: _ClassVar[int]
    backend: str
    backend_version: str
    missing_capabilities: _containers.ScalarMap[str, str]
    def __init__(self, backend: _Optional[str] = ..., backend_version: _Optional[str] = ..., missing_capabilities: _Optional[_Mapping[str, str]] = ...) -> None: ...

class BackupDatabaseResponse(_message.Message):
    __slots__ = ("body", "commit_id")
    BODY_FIELD_NUMBER: _ClassVar[int]
    COMMIT_ID_FIELD_NUMBER: _ClassVar[int]
    body: _httpbody_pb2.HttpBody
    commit_id: str
    def __init__(self, body: _Optional[_Union[_httpbody_pb2.HttpBody, _Mapping]] = ..., commit_id: _Optional[str] = ...) -> None: ...
