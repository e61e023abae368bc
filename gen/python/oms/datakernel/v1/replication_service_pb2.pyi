from buf.validate import validate_pb2 as _validate_pb2
from google.api import annotations_pb2 as _annotations_pb2
from oms.common.v1 import method_policy_pb2 as _method_policy_pb2
from oms.datakernel.v1 import commit_service_pb2 as _commit_service_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class RemoteKernel(_message.Message):
    __slots__ = ("address", "database", "token")
    ADDRESS_FIELD_NUMBER: _ClassVar[int]
    DATABASE_FIELD_NUMBER: _ClassVar[int]
    TOKEN_FIELD_NUMBER: _ClassVar[int]
    address: str
    database: str
    token: str
    def __init__(self, address: _Optional[str] = ..., database: _Optional[str] = ..., token: _Optional[str] = ...) -> None: ...

class ExportHistoryRequest(_message.Message):
    __slots__ = ("parent", "branches", "have")
    PARENT_FIELD_NUMBER: _ClassVar[int]
    BRANCHES_FIELD_NUMBER: _ClassVar[int]
    HAVE_FIELD_NUMBER: _ClassVar[int]
    parent: str
    branches: _containers.RepeatedScalarFieldContainer[str]
    have: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, parent: _Optional[str] = ..., branches: _Optional[_Iterable[str]] = ..., have: _Optional[_Iterable[str]] = ...) -> None: ...

class HistoryPart(_message.Message):
    __slots__ = ("header", "commit", "changes", "is_last_part")
    HEADER_FIELD_NUMBER: _ClassVar[int]
    COMMIT_FIELD_NUMBER: _ClassVar[int]
    CHANGES_FIELD_NUMBER: _ClassVar[int]
    IS_LAST_PART_FIELD_NUMBER: _ClassVar[int]
    header: HistoryHeader
    commit: _commit_service_pb2.Commit
    changes: _containers.RepeatedCompositeFieldContainer[HistoryChange]
    is_last_part: bool
    def __init__(self, header: _Optional[_Union[HistoryHeader, _Mapping]] = ..., commit: _Optional[_Union[_commit_service_pb2.Commit, _Mapping]] = ..., changes: _Optional[_Iterable[_Union[HistoryChange, _Mapping]]] = ..., is_last_part: _Optional[bool] = ...) -> None: ...

class HistoryHeader(_message.Message):
    __slots__ = ("origin_database", "display_name", "description", "kind", "model", "branches", "tags", "base_iri", "schema_iri")
    class BranchesEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    class TagsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    ORIGIN_DATABASE_FIELD_NUMBER: _ClassVar[int]
    DISPLAY_NAME_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    MODEL_FIELD_NUMBER: _ClassVar[int]
    BRANCHES_FIELD_NUMBER: _ClassVar[int]
    TAGS_FIELD_NUMBER: _ClassVar[int]
    BASE_IRI_FIELD_NUMBER: _ClassVar[int]
    SCHEMA_IRI_FIELD_NUMBER: _ClassVar[int]
    origin_database: str
    display_name: str
    description: str
    kind: str
    model: int
    branches: _containers.ScalarMap[str, str]
    tags: _containers.ScalarMap[str, str]
    base_iri: str
    schema_iri: str
    def __init__(self, origin_database: _Optional[str] = ..., display_name: _Optional[str] = ..., description: _Optional[str] = ..., kind: _Optional[str] = ..., model: _Optional[int] = ..., branches: _Optional[_Mapping[str, str]] = ..., tags: _Optional[_Mapping[str, str]] = ..., base_iri: _Optional[str] = ..., schema_iri: _Optional[str] = ...) -> None: ...

class HistoryChange(_message.Message):
    __slots__ = ("document_id", "type", "change_type", "is_hard", "before_hash", "after_hash", "after_json")
    DOCUMENT_ID_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    CHANGE_TYPE_FIELD_NUMBER: _ClassVar[int]
    IS_HARD_FIELD_NUMBER: _ClassVar[int]
    BEFORE_HASH_FIELD_NUMBER: _ClassVar[int]
    AFTER_HASH_FIELD_NUMBER: _ClassVar[int]
    AFTER_JSON_FIELD_NUMBER: _ClassVar[int]
    document_id: str
    type: str
    change_type: _commit_service_pb2.ChangeType
    is_hard: bool
    before_hash: bytes
    after_hash: bytes
    after_json: bytes
    def __init__(self, document_id: _Optional[str] = ..., type: _Optional[str] = ..., change_type: _Optional[_Union[_commit_service_pb2.ChangeType, str]] = ..., is_hard: _Optional[bool] = ..., before_hash: _Optional[bytes] = ..., after_hash: _Optional[bytes] = ..., after_json: _Optional[bytes] = ...) -> None: ...

class ExportHistoryResponse(_message.Message):
    __slots__ = ("part",)
    PART_FIELD_NUMBER: _ClassVar[int]
    part: HistoryPart
    def __init__(self, part: _Optional[_Union[HistoryPart, _Mapping]] = ...) -> None: ...

class ImportHistoryRequest(_message.Message):
    __slots__ = ("parent", "create", "expected_heads", "part")
    class ExpectedHeadsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    PARENT_FIELD_NUMBER: _ClassVar[int]
    CREATE_FIELD_NUMBER: _ClassVar[int]
    EXPECTED_HEADS_FIELD_NUMBER: _ClassVar[int]
    PART_FIELD_NUMBER: _ClassVar[int]
    parent: str
    create: bool
    expected_heads: _containers.ScalarMap[str, str]
    part: HistoryPart
    def __init__(self, parent: _Optional[str] = ..., create: _Optional[bool] = ..., expected_heads: _Optional[_Mapping[str, str]] = ..., part: _Optional[_Union[HistoryPart, _Mapping]] = ...) -> None: ...

class ImportHistoryResponse(_message.Message):
    __slots__ = ("commit_count", "moved_branches")
    class MovedBranchesEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    COMMIT_COUNT_FIELD_NUMBER: _ClassVar[int]
    MOVED_BRANCHES_FIELD_NUMBER: _ClassVar[int]
    commit_count: int
    moved_branches: _containers.ScalarMap[str, str]
    def __init__(self, commit_count: _Optional[int] = ..., moved_branches: _Optional[_Mapping[str, str]] = ...) -> None: ...

class CloneDatabaseRequest(_message.Message):
    __slots__ = ("database_id", "remote")
    DATABASE_ID_FIELD_NUMBER: _ClassVar[int]
    REMOTE_FIELD_NUMBER: _ClassVar[int]
    database_id: str
    remote: RemoteKernel
    def __init__(self, database_id: _Optional[str] = ..., remote: _Optional[_Union[RemoteKernel, _Mapping]] = ...) -> None: ...

class CloneDatabaseResponse(_message.Message):
    __slots__ = ("commit_count", "branches")
    class BranchesEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    COMMIT_COUNT_FIELD_NUMBER: _ClassVar[int]
    BRANCHES_FIELD_NUMBER: _ClassVar[int]
    commit_count: int
    branches: _containers.ScalarMap[str, str]
    def __init__(self, commit_count: _Optional[int] = ..., branches: _Optional[_Mapping[str, str]] = ...) -> None: ...

class PullBranchRequest(_message.Message):
    __slots__ = ("name", "remote", "remote_branch")
    NAME_FIELD_NUMBER: _ClassVar[int]
    REMOTE_FIELD_NUMBER: _ClassVar[int]
    REMOTE_BRANCH_FIELD_NUMBER: _ClassVar[int]
    name: str
    remote: RemoteKernel
    remote_branch: str
    def __init__(self, name: _Optional[str] = ..., remote: _Optional[_Union[RemoteKernel, _Mapping]] = ..., remote_branch: _Optional[str] = ...) -> None: ...

class PullBranchResponse(_message.Message):
    __slots__ = ("commit_count", "head_commit")
    COMMIT_COUNT_FIELD_NUMBER: _ClassVar[int]
    HEAD_COMMIT_FIELD_NUMBER: _ClassVar[int]
    commit_count: int
    head_commit: str
    def __init__(self, commit_count: _Optional[int] = ..., head_commit: _Optional[str] = ...) -> None: ...

class PushBranchRequest(_message.Message):
    __slots__ = ("name", "remote", "remote_branch")
    NAME_FIELD_NUMBER: _ClassVar[int]
    REMOTE_FIELD_NUMBER: _ClassVar[int]
    REMOTE_BRANCH_FIELD_NUMBER: _ClassVar[int]
    name: str
    remote: RemoteKernel
    remote_branch: str
    def __init__(self, name: _Optional[str] = ..., remote: _Optional[_Union[RemoteKernel, _Mapping]] = ..., remote_branch: _Optional[str] = ...) -> None: ...

class PushBranchResponse(_message.Message):
    __slots__ = ("commit_count", "head_commit")
    COMMIT_COUNT_FIELD_NUMBER: _ClassVar[int]
    HEAD_COMMIT_FIELD_NUMBER: _ClassVar[int]
    commit_count: int
    head_commit: str
    def __init__(self, commit_count: _Optional[int] = ..., head_commit: _Optional[str] = ...) -> None: ...
