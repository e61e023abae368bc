from buf.validate import validate_pb2 as _validate_pb2
from google.api import annotations_pb2 as _annotations_pb2
from google.api import httpbody_pb2 as _httpbody_pb2
from oms.common.v1 import method_policy_pb2 as _method_policy_pb2
from oms.common.v1 import revision_pb2 as _revision_pb2
from oms.datakernel.v1 import commit_service_pb2 as _commit_service_pb2
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class GetClassFramesRequest(_message.Message):
    __slots__ = ("parent", "type", "revision", "compress_ids", "expand_abstract")
    PARENT_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    COMPRESS_IDS_FIELD_NUMBER: _ClassVar[int]
    EXPAND_ABSTRACT_FIELD_NUMBER: _ClassVar[int]
    parent: str
    type: str
    revision: _revision_pb2.Revision
    compress_ids: bool
    expand_abstract: bool
    def __init__(self, parent: _Optional[str] = ..., type: _Optional[str] = ..., revision: _Optional[_Union[_revision_pb2.Revision, _Mapping]] = ..., compress_ids: _Optional[bool] = ..., expand_abstract: _Optional[bool] = ...) -> None: ...

class GetPrefixesRequest(_message.Message):
    __slots__ = ("parent", "revision")
    PARENT_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    parent: str
    revision: _revision_pb2.Revision
    def __init__(self, parent: _Optional[str] = ..., revision: _Optional[_Union[_revision_pb2.Revision, _Mapping]] = ...) -> None: ...

class SetPrefixRequest(_message.Message):
    __slots__ = ("parent", "prefix", "iri", "create_only", "update_only", "expected_head", "data_version", "message", "request_id")
    PARENT_FIELD_NUMBER: _ClassVar[int]
    PREFIX_FIELD_NUMBER: _ClassVar[int]
    IRI_FIELD_NUMBER: _ClassVar[int]
    CREATE_ONLY_FIELD_NUMBER: _ClassVar[int]
    UPDATE_ONLY_FIELD_NUMBER: _ClassVar[int]
    EXPECTED_HEAD_FIELD_NUMBER: _ClassVar[int]
    DATA_VERSION_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    parent: str
    prefix: str
    iri: str
    create_only: bool
    update_only: bool
    expected_head: str
    data_version: str
    message: str
    request_id: str
    def __init__(self, parent: _Optional[str] = ..., prefix: _Optional[str] = ..., iri: _Optional[str] = ..., create_only: _Optional[bool] = ..., update_only: _Optional[bool] = ..., expected_head: _Optional[str] = ..., data_version: _Optional[str] = ..., message: _Optional[str] = ..., request_id: _Optional[str] = ...) -> None: ...

class SetPrefixResponse(_message.Message):
    __slots__ = ("commit", "unchanged")
    COMMIT_FIELD_NUMBER: _ClassVar[int]
    UNCHANGED_FIELD_NUMBER: _ClassVar[int]
    commit: _commit_service_pb2.Commit
    unchanged: bool
    def __init__(self, commit: _Optional[_Union[_commit_service_pb2.Commit, _Mapping]] = ..., unchanged: _Optional[bool] = ...) -> None: ...

class MigrateSchemaRequest(_message.Message):
    __slots__ = ("parent", "body", "allow_destructive", "validate_only", "expected_head", "data_version", "message", "request_id")
    PARENT_FIELD_NUMBER: _ClassVar[int]
    BODY_FIELD_NUMBER: _ClassVar[int]
    ALLOW_DESTRUCTIVE_FIELD_NUMBER: _ClassVar[int]
    VALIDATE_ONLY_FIELD_NUMBER: _ClassVar[int]
    EXPECTED_HEAD_FIELD_NUMBER: _ClassVar[int]
    DATA_VERSION_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    parent: str
    body: _httpbody_pb2.HttpBody
    allow_destructive: bool
    validate_only: bool
    expected_head: str
    data_version: str
    message: str
    request_id: str
    def __init__(self, parent: _Optional[str] = ..., body: _Optional[_Union[_httpbody_pb2.HttpBody, _Mapping]] = ..., allow_destructive: _Optional[bool] = ..., validate_only: _Optional[bool] = ..., expected_head: _Optional[str] = ..., data_version: _Optional[str] = ..., message: _Optional[str] = ..., request_id: _Optional[str] = ...) -> None: ...

class MigrateSchemaResponse(_message.Message):
    __slots__ = ("schema_operation_count", "instance_operation_count", "commit", "unchanged")
    SCHEMA_OPERATION_COUNT_FIELD_NUMBER: _ClassVar[int]
    INSTANCE_OPERATION_COUNT_FIELD_NUMBER: _ClassVar[int]
    COMMIT_FIELD_NUMBER: _ClassVar[int]
    UNCHANGED_FIELD_NUMBER: _ClassVar[int]
    schema_operation_count: int
    instance_operation_count: int
    commit: _commit_service_pb2.Commit
    unchanged: bool
    def __init__(self, schema_operation_count: _Optional[int] = ..., instance_operation_count: _Optional[int] = ..., commit: _Optional[_Union[_commit_service_pb2.Commit, _Mapping]] = ..., unchanged: _Optional[bool] = ...) -> None: ...

class CompareSchemasRequest(_message.Message):
    __slots__ = ("parent", "body", "base", "target")
    PARENT_FIELD_NUMBER: _ClassVar[int]
    BODY_FIELD_NUMBER: _ClassVar[int]
    BASE_FIELD_NUMBER: _ClassVar[int]
    TARGET_FIELD_NUMBER: _ClassVar[int]
    parent: str
    body: _httpbody_pb2.HttpBody
    base: _revision_pb2.Revision
    target: _revision_pb2.Revision
    def __init__(self, parent: _Optional[str] = ..., body: _Optional[_Union[_httpbody_pb2.HttpBody, _Mapping]] = ..., base: _Optional[_Union[_revision_pb2.Revision, _Mapping]] = ..., target: _Optional[_Union[_revision_pb2.Revision, _Mapping]] = ...) -> None: ...

class GetClassFramesResponse(_message.Message):
    __slots__ = ("body", "commit_id")
    BODY_FIELD_NUMBER: _ClassVar[int]
    COMMIT_ID_FIELD_NUMBER: _ClassVar[int]
    body: _httpbody_pb2.HttpBody
    commit_id: str
    def __init__(self, body: _Optional[_Union[_httpbody_pb2.HttpBody, _Mapping]] = ..., commit_id: _Optional[str] = ...) -> None: ...

class GetPrefixesResponse(_message.Message):
    __slots__ = ("body", "commit_id")
    BODY_FIELD_NUMBER: _ClassVar[int]
    COMMIT_ID_FIELD_NUMBER: _ClassVar[int]
    body: _httpbody_pb2.HttpBody
    commit_id: str
    def __init__(self, body: _Optional[_Union[_httpbody_pb2.HttpBody, _Mapping]] = ..., commit_id: _Optional[str] = ...) -> None: ...

class CompareSchemasResponse(_message.Message):
    __slots__ = ("body", "commit_id")
    BODY_FIELD_NUMBER: _ClassVar[int]
    COMMIT_ID_FIELD_NUMBER: _ClassVar[int]
    body: _httpbody_pb2.HttpBody
    commit_id: str
    def __init__(self, body: _Optional[_Union[_httpbody_pb2.HttpBody, _Mapping]] = ..., commit_id: _Optional[str] = ...) -> None: ...
