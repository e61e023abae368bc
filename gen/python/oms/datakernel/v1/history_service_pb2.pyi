import datetime

from buf.validate import validate_pb2 as _validate_pb2
from google.api import annotations_pb2 as _annotations_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from oms.common.v1 import method_policy_pb2 as _method_policy_pb2
from oms.common.v1 import revision_pb2 as _revision_pb2
from oms.datakernel.v1 import commit_service_pb2 as _commit_service_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ListDocumentHistoryRequest(_message.Message):
    __slots__ = ("parent", "document_id", "revision", "page_size", "page_token", "after_time", "before_time")
    PARENT_FIELD_NUMBER: _ClassVar[int]
    DOCUMENT_ID_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    AFTER_TIME_FIELD_NUMBER: _ClassVar[int]
    BEFORE_TIME_FIELD_NUMBER: _ClassVar[int]
    parent: str
    document_id: str
    revision: _revision_pb2.Revision
    page_size: int
    page_token: str
    after_time: _timestamp_pb2.Timestamp
    before_time: _timestamp_pb2.Timestamp
    def __init__(self, parent: _Optional[str] = ..., document_id: _Optional[str] = ..., revision: _Optional[_Union[_revision_pb2.Revision, _Mapping]] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ..., after_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., before_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class DocumentHistoryEntry(_message.Message):
    __slots__ = ("commit", "change_type", "etag")
    COMMIT_FIELD_NUMBER: _ClassVar[int]
    CHANGE_TYPE_FIELD_NUMBER: _ClassVar[int]
    ETAG_FIELD_NUMBER: _ClassVar[int]
    commit: _commit_service_pb2.Commit
    change_type: _commit_service_pb2.ChangeType
    etag: str
    def __init__(self, commit: _Optional[_Union[_commit_service_pb2.Commit, _Mapping]] = ..., change_type: _Optional[_Union[_commit_service_pb2.ChangeType, str]] = ..., etag: _Optional[str] = ...) -> None: ...

class ListDocumentHistoryResponse(_message.Message):
    __slots__ = ("entries", "next_page_token")
    ENTRIES_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    entries: _containers.RepeatedCompositeFieldContainer[DocumentHistoryEntry]
    next_page_token: str
    def __init__(self, entries: _Optional[_Iterable[_Union[DocumentHistoryEntry, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class BlameDocumentRequest(_message.Message):
    __slots__ = ("parent", "document_id", "revision")
    PARENT_FIELD_NUMBER: _ClassVar[int]
    DOCUMENT_ID_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    parent: str
    document_id: str
    revision: _revision_pb2.Revision
    def __init__(self, parent: _Optional[str] = ..., document_id: _Optional[str] = ..., revision: _Optional[_Union[_revision_pb2.Revision, _Mapping]] = ...) -> None: ...

class BlameEntry(_message.Message):
    __slots__ = ("pointer", "commit")
    POINTER_FIELD_NUMBER: _ClassVar[int]
    COMMIT_FIELD_NUMBER: _ClassVar[int]
    pointer: str
    commit: _commit_service_pb2.Commit
    def __init__(self, pointer: _Optional[str] = ..., commit: _Optional[_Union[_commit_service_pb2.Commit, _Mapping]] = ...) -> None: ...

class BlameDocumentResponse(_message.Message):
    __slots__ = ("entries",)
    ENTRIES_FIELD_NUMBER: _ClassVar[int]
    entries: _containers.RepeatedCompositeFieldContainer[BlameEntry]
    def __init__(self, entries: _Optional[_Iterable[_Union[BlameEntry, _Mapping]]] = ...) -> None: ...

class ResetBranchRequest(_message.Message):
    __slots__ = ("name", "target", "expected_head")
    NAME_FIELD_NUMBER: _ClassVar[int]
    TARGET_FIELD_NUMBER: _ClassVar[int]
    EXPECTED_HEAD_FIELD_NUMBER: _ClassVar[int]
    name: str
    target: _revision_pb2.Revision
    expected_head: str
    def __init__(self, name: _Optional[str] = ..., target: _Optional[_Union[_revision_pb2.Revision, _Mapping]] = ..., expected_head: _Optional[str] = ...) -> None: ...

class ResetBranchResponse(_message.Message):
    __slots__ = ("head",)
    HEAD_FIELD_NUMBER: _ClassVar[int]
    head: _commit_service_pb2.Commit
    def __init__(self, head: _Optional[_Union[_commit_service_pb2.Commit, _Mapping]] = ...) -> None: ...

class RebaseBranchRequest(_message.Message):
    __slots__ = ("name", "onto", "expected_head", "request_id")
    NAME_FIELD_NUMBER: _ClassVar[int]
    ONTO_FIELD_NUMBER: _ClassVar[int]
    EXPECTED_HEAD_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    name: str
    onto: _revision_pb2.Revision
    expected_head: str
    request_id: str
    def __init__(self, name: _Optional[str] = ..., onto: _Optional[_Union[_revision_pb2.Revision, _Mapping]] = ..., expected_head: _Optional[str] = ..., request_id: _Optional[str] = ...) -> None: ...

class RebaseBranchResponse(_message.Message):
    __slots__ = ("head", "base_commit", "rebased", "fast_forward")
    HEAD_FIELD_NUMBER: _ClassVar[int]
    BASE_COMMIT_FIELD_NUMBER: _ClassVar[int]
    REBASED_FIELD_NUMBER: _ClassVar[int]
    FAST_FORWARD_FIELD_NUMBER: _ClassVar[int]
    head: _commit_service_pb2.Commit
    base_commit: str
    rebased: _containers.RepeatedCompositeFieldContainer[RebasedCommit]
    fast_forward: bool
    def __init__(self, head: _Optional[_Union[_commit_service_pb2.Commit, _Mapping]] = ..., base_commit: _Optional[str] = ..., rebased: _Optional[_Iterable[_Union[RebasedCommit, _Mapping]]] = ..., fast_forward: _Optional[bool] = ...) -> None: ...

class RebasedCommit(_message.Message):
    __slots__ = ("original_commit", "new_commit")
    ORIGINAL_COMMIT_FIELD_NUMBER: _ClassVar[int]
    NEW_COMMIT_FIELD_NUMBER: _ClassVar[int]
    original_commit: str
    new_commit: str
    def __init__(self, original_commit: _Optional[str] = ..., new_commit: _Optional[str] = ...) -> None: ...

class SquashBranchRequest(_message.Message):
    __slots__ = ("name", "base", "move_branch", "expected_head", "message", "request_id")
    NAME_FIELD_NUMBER: _ClassVar[int]
    BASE_FIELD_NUMBER: _ClassVar[int]
    MOVE_BRANCH_FIELD_NUMBER: _ClassVar[int]
    EXPECTED_HEAD_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    name: str
    base: _revision_pb2.Revision
    move_branch: bool
    expected_head: str
    message: str
    request_id: str
    def __init__(self, name: _Optional[str] = ..., base: _Optional[_Union[_revision_pb2.Revision, _Mapping]] = ..., move_branch: _Optional[bool] = ..., expected_head: _Optional[str] = ..., message: _Optional[str] = ..., request_id: _Optional[str] = ...) -> None: ...

class SquashBranchResponse(_message.Message):
    __slots__ = ("commit", "old_head_commit")
    COMMIT_FIELD_NUMBER: _ClassVar[int]
    OLD_HEAD_COMMIT_FIELD_NUMBER: _ClassVar[int]
    commit: _commit_service_pb2.Commit
    old_head_commit: str
    def __init__(self, commit: _Optional[_Union[_commit_service_pb2.Commit, _Mapping]] = ..., old_head_commit: _Optional[str] = ...) -> None: ...

class RevertCommitRequest(_message.Message):
    __slots__ = ("name", "commit_id", "expected_head", "data_version", "message", "request_id")
    NAME_FIELD_NUMBER: _ClassVar[int]
    COMMIT_ID_FIELD_NUMBER: _ClassVar[int]
    EXPECTED_HEAD_FIELD_NUMBER: _ClassVar[int]
    DATA_VERSION_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    name: str
    commit_id: str
    expected_head: str
    data_version: str
    message: str
    request_id: str
    def __init__(self, name: _Optional[str] = ..., commit_id: _Optional[str] = ..., expected_head: _Optional[str] = ..., data_version: _Optional[str] = ..., message: _Optional[str] = ..., request_id: _Optional[str] = ...) -> None: ...

class RevertCommitResponse(_message.Message):
    __slots__ = ("commit", "unchanged")
    COMMIT_FIELD_NUMBER: _ClassVar[int]
    UNCHANGED_FIELD_NUMBER: _ClassVar[int]
    commit: _commit_service_pb2.Commit
    unchanged: bool
    def __init__(self, commit: _Optional[_Union[_commit_service_pb2.Commit, _Mapping]] = ..., unchanged: _Optional[bool] = ...) -> None: ...
