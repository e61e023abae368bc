import datetime

from buf.validate import validate_pb2 as _validate_pb2
from google.api import annotations_pb2 as _annotations_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from oms.common.v1 import method_policy_pb2 as _method_policy_pb2
from oms.common.v1 import revision_pb2 as _revision_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ChangeType(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    CHANGE_TYPE_UNSPECIFIED: _ClassVar[ChangeType]
    CHANGE_TYPE_CREATED: _ClassVar[ChangeType]
    CHANGE_TYPE_UPDATED: _ClassVar[ChangeType]
    CHANGE_TYPE_DELETED: _ClassVar[ChangeType]

class MergeSide(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    MERGE_SIDE_UNSPECIFIED: _ClassVar[MergeSide]
    MERGE_SIDE_TARGET: _ClassVar[MergeSide]
    MERGE_SIDE_SOURCE: _ClassVar[MergeSide]

class MergeOutcome(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    MERGE_OUTCOME_UNSPECIFIED: _ClassVar[MergeOutcome]
    MERGE_OUTCOME_UP_TO_DATE: _ClassVar[MergeOutcome]
    MERGE_OUTCOME_MERGED: _ClassVar[MergeOutcome]
    MERGE_OUTCOME_CONFLICTED: _ClassVar[MergeOutcome]
CHANGE_TYPE_UNSPECIFIED: ChangeType
CHANGE_TYPE_CREATED: ChangeType
CHANGE_TYPE_UPDATED: ChangeType
CHANGE_TYPE_DELETED: ChangeType
MERGE_SIDE_UNSPECIFIED: MergeSide
MERGE_SIDE_TARGET: MergeSide
MERGE_SIDE_SOURCE: MergeSide
MERGE_OUTCOME_UNSPECIFIED: MergeOutcome
MERGE_OUTCOME_UP_TO_DATE: MergeOutcome
MERGE_OUTCOME_MERGED: MergeOutcome
MERGE_OUTCOME_CONFLICTED: MergeOutcome

class Commit(_message.Message):
    __slots__ = ("name", "commit_id", "parents", "author", "message", "commit_time", "branch", "sequence", "change_count", "request_id", "request_fingerprint")
    NAME_FIELD_NUMBER: _ClassVar[int]
    COMMIT_ID_FIELD_NUMBER: _ClassVar[int]
    PARENTS_FIELD_NUMBER: _ClassVar[int]
    AUTHOR_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    COMMIT_TIME_FIELD_NUMBER: _ClassVar[int]
    BRANCH_FIELD_NUMBER: _ClassVar[int]
    SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    CHANGE_COUNT_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    REQUEST_FINGERPRINT_FIELD_NUMBER: _ClassVar[int]
    name: str
    commit_id: str
    parents: _containers.RepeatedScalarFieldContainer[str]
    author: str
    message: str
    commit_time: _timestamp_pb2.Timestamp
    branch: str
    sequence: int
    change_count: int
    request_id: str
    request_fingerprint: bytes
    def __init__(self, name: _Optional[str] = ..., commit_id: _Optional[str] = ..., parents: _Optional[_Iterable[str]] = ..., author: _Optional[str] = ..., message: _Optional[str] = ..., commit_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., branch: _Optional[str] = ..., sequence: _Optional[int] = ..., change_count: _Optional[int] = ..., request_id: _Optional[str] = ..., request_fingerprint: _Optional[bytes] = ...) -> None: ...

class DocumentOperation(_message.Message):
    __slots__ = ("insert", "replace", "upsert", "delete")
    INSERT_FIELD_NUMBER: _ClassVar[int]
    REPLACE_FIELD_NUMBER: _ClassVar[int]
    UPSERT_FIELD_NUMBER: _ClassVar[int]
    DELETE_FIELD_NUMBER: _ClassVar[int]
    insert: DocumentWrite
    replace: DocumentWrite
    upsert: DocumentWrite
    delete: DocumentDelete
    def __init__(self, insert: _Optional[_Union[DocumentWrite, _Mapping]] = ..., replace: _Optional[_Union[DocumentWrite, _Mapping]] = ..., upsert: _Optional[_Union[DocumentWrite, _Mapping]] = ..., delete: _Optional[_Union[DocumentDelete, _Mapping]] = ...) -> None: ...

class DocumentWrite(_message.Message):
    __slots__ = ("document_id", "type", "json", "etag")
    DOCUMENT_ID_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    JSON_FIELD_NUMBER: _ClassVar[int]
    ETAG_FIELD_NUMBER: _ClassVar[int]
    document_id: str
    type: str
    json: bytes
    etag: str
    def __init__(self, document_id: _Optional[str] = ..., type: _Optional[str] = ..., json: _Optional[bytes] = ..., etag: _Optional[str] = ...) -> None: ...

class DocumentDelete(_message.Message):
    __slots__ = ("document_id", "etag", "hard")
    DOCUMENT_ID_FIELD_NUMBER: _ClassVar[int]
    ETAG_FIELD_NUMBER: _ClassVar[int]
    HARD_FIELD_NUMBER: _ClassVar[int]
    document_id: str
    etag: str
    hard: bool
    def __init__(self, document_id: _Optional[str] = ..., etag: _Optional[str] = ..., hard: _Optional[bool] = ...) -> None: ...

class CreateCommitRequest(_message.Message):
    __slots__ = ("parent", "operations", "expected_head", "message", "request_id", "request_fingerprint")
    PARENT_FIELD_NUMBER: _ClassVar[int]
    OPERATIONS_FIELD_NUMBER: _ClassVar[int]
    EXPECTED_HEAD_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    REQUEST_FINGERPRINT_FIELD_NUMBER: _ClassVar[int]
    parent: str
    operations: _containers.RepeatedCompositeFieldContainer[DocumentOperation]
    expected_head: str
    message: str
    request_id: str
    request_fingerprint: bytes
    def __init__(self, parent: _Optional[str] = ..., operations: _Optional[_Iterable[_Union[DocumentOperation, _Mapping]]] = ..., expected_head: _Optional[str] = ..., message: _Optional[str] = ..., request_id: _Optional[str] = ..., request_fingerprint: _Optional[bytes] = ...) -> None: ...

class CreateCommitResponse(_message.Message):
    __slots__ = ("commit", "unchanged")
    COMMIT_FIELD_NUMBER: _ClassVar[int]
    UNCHANGED_FIELD_NUMBER: _ClassVar[int]
    commit: Commit
    unchanged: bool
    def __init__(self, commit: _Optional[_Union[Commit, _Mapping]] = ..., unchanged: _Optional[bool] = ...) -> None: ...

class GetCommitRequest(_message.Message):
    __slots__ = ("name",)
    NAME_FIELD_NUMBER: _ClassVar[int]
    name: str
    def __init__(self, name: _Optional[str] = ...) -> None: ...

class GetCommitResponse(_message.Message):
    __slots__ = ("commit",)
    COMMIT_FIELD_NUMBER: _ClassVar[int]
    commit: Commit
    def __init__(self, commit: _Optional[_Union[Commit, _Mapping]] = ...) -> None: ...

class FindCommitRequest(_message.Message):
    __slots__ = ("parent", "request_id")
    PARENT_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    parent: str
    request_id: str
    def __init__(self, parent: _Optional[str] = ..., request_id: _Optional[str] = ...) -> None: ...

class FindCommitResponse(_message.Message):
    __slots__ = ("commit",)
    COMMIT_FIELD_NUMBER: _ClassVar[int]
    commit: Commit
    def __init__(self, commit: _Optional[_Union[Commit, _Mapping]] = ...) -> None: ...

class ResolveRevisionRequest(_message.Message):
    __slots__ = ("parent", "revision")
    PARENT_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    parent: str
    revision: _revision_pb2.Revision
    def __init__(self, parent: _Optional[str] = ..., revision: _Optional[_Union[_revision_pb2.Revision, _Mapping]] = ...) -> None: ...

class ResolveRevisionResponse(_message.Message):
    __slots__ = ("commit",)
    COMMIT_FIELD_NUMBER: _ClassVar[int]
    commit: Commit
    def __init__(self, commit: _Optional[_Union[Commit, _Mapping]] = ...) -> None: ...

class ListCommitsRequest(_message.Message):
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

class ListCommitsResponse(_message.Message):
    __slots__ = ("commits", "next_page_token")
    COMMITS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    commits: _containers.RepeatedCompositeFieldContainer[Commit]
    next_page_token: str
    def __init__(self, commits: _Optional[_Iterable[_Union[Commit, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class WatchCommitsRequest(_message.Message):
    __slots__ = ("parent", "from_commit", "branch", "from_now", "include_documents", "include_branch_moves")
    PARENT_FIELD_NUMBER: _ClassVar[int]
    FROM_COMMIT_FIELD_NUMBER: _ClassVar[int]
    BRANCH_FIELD_NUMBER: _ClassVar[int]
    FROM_NOW_FIELD_NUMBER: _ClassVar[int]
    INCLUDE_DOCUMENTS_FIELD_NUMBER: _ClassVar[int]
    INCLUDE_BRANCH_MOVES_FIELD_NUMBER: _ClassVar[int]
    parent: str
    from_commit: str
    branch: str
    from_now: bool
    include_documents: bool
    include_branch_moves: bool
    def __init__(self, parent: _Optional[str] = ..., from_commit: _Optional[str] = ..., branch: _Optional[str] = ..., from_now: _Optional[bool] = ..., include_documents: _Optional[bool] = ..., include_branch_moves: _Optional[bool] = ...) -> None: ...

class BranchMove(_message.Message):
    __slots__ = ("number", "branch", "old_head_commit", "new_head_commit", "move_time")
    NUMBER_FIELD_NUMBER: _ClassVar[int]
    BRANCH_FIELD_NUMBER: _ClassVar[int]
    OLD_HEAD_COMMIT_FIELD_NUMBER: _ClassVar[int]
    NEW_HEAD_COMMIT_FIELD_NUMBER: _ClassVar[int]
    MOVE_TIME_FIELD_NUMBER: _ClassVar[int]
    number: int
    branch: str
    old_head_commit: str
    new_head_commit: str
    move_time: _timestamp_pb2.Timestamp
    def __init__(self, number: _Optional[int] = ..., branch: _Optional[str] = ..., old_head_commit: _Optional[str] = ..., new_head_commit: _Optional[str] = ..., move_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class WatchCommitsResponse(_message.Message):
    __slots__ = ("commit", "changes", "is_last_part", "branch_move", "traceparent")
    COMMIT_FIELD_NUMBER: _ClassVar[int]
    CHANGES_FIELD_NUMBER: _ClassVar[int]
    IS_LAST_PART_FIELD_NUMBER: _ClassVar[int]
    BRANCH_MOVE_FIELD_NUMBER: _ClassVar[int]
    TRACEPARENT_FIELD_NUMBER: _ClassVar[int]
    commit: Commit
    changes: _containers.RepeatedCompositeFieldContainer[DocumentDiff]
    is_last_part: bool
    branch_move: BranchMove
    traceparent: str
    def __init__(self, commit: _Optional[_Union[Commit, _Mapping]] = ..., changes: _Optional[_Iterable[_Union[DocumentDiff, _Mapping]]] = ..., is_last_part: _Optional[bool] = ..., branch_move: _Optional[_Union[BranchMove, _Mapping]] = ..., traceparent: _Optional[str] = ...) -> None: ...

class DocumentDiff(_message.Message):
    __slots__ = ("document_id", "type", "change_type", "before_json", "after_json", "before_etag", "after_etag")
    DOCUMENT_ID_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    CHANGE_TYPE_FIELD_NUMBER: _ClassVar[int]
    BEFORE_JSON_FIELD_NUMBER: _ClassVar[int]
    AFTER_JSON_FIELD_NUMBER: _ClassVar[int]
    BEFORE_ETAG_FIELD_NUMBER: _ClassVar[int]
    AFTER_ETAG_FIELD_NUMBER: _ClassVar[int]
    document_id: str
    type: str
    change_type: ChangeType
    before_json: bytes
    after_json: bytes
    before_etag: str
    after_etag: str
    def __init__(self, document_id: _Optional[str] = ..., type: _Optional[str] = ..., change_type: _Optional[_Union[ChangeType, str]] = ..., before_json: _Optional[bytes] = ..., after_json: _Optional[bytes] = ..., before_etag: _Optional[str] = ..., after_etag: _Optional[str] = ...) -> None: ...

class DiffCommitsRequest(_message.Message):
    __slots__ = ("parent", "base", "target", "types", "include_documents", "page_size", "page_token")
    PARENT_FIELD_NUMBER: _ClassVar[int]
    BASE_FIELD_NUMBER: _ClassVar[int]
    TARGET_FIELD_NUMBER: _ClassVar[int]
    TYPES_FIELD_NUMBER: _ClassVar[int]
    INCLUDE_DOCUMENTS_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    parent: str
    base: _revision_pb2.Revision
    target: _revision_pb2.Revision
    types: _containers.RepeatedScalarFieldContainer[str]
    include_documents: bool
    page_size: int
    page_token: str
    def __init__(self, parent: _Optional[str] = ..., base: _Optional[_Union[_revision_pb2.Revision, _Mapping]] = ..., target: _Optional[_Union[_revision_pb2.Revision, _Mapping]] = ..., types: _Optional[_Iterable[str]] = ..., include_documents: _Optional[bool] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class DiffCommitsResponse(_message.Message):
    __slots__ = ("diffs", "next_page_token", "base_commit", "target_commit", "counts")
    DIFFS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    BASE_COMMIT_FIELD_NUMBER: _ClassVar[int]
    TARGET_COMMIT_FIELD_NUMBER: _ClassVar[int]
    COUNTS_FIELD_NUMBER: _ClassVar[int]
    diffs: _containers.RepeatedCompositeFieldContainer[DocumentDiff]
    next_page_token: str
    base_commit: str
    target_commit: str
    counts: _containers.RepeatedCompositeFieldContainer[TypeDiffCount]
    def __init__(self, diffs: _Optional[_Iterable[_Union[DocumentDiff, _Mapping]]] = ..., next_page_token: _Optional[str] = ..., base_commit: _Optional[str] = ..., target_commit: _Optional[str] = ..., counts: _Optional[_Iterable[_Union[TypeDiffCount, _Mapping]]] = ...) -> None: ...

class TypeDiffCount(_message.Message):
    __slots__ = ("type", "created_count", "updated_count", "deleted_count")
    TYPE_FIELD_NUMBER: _ClassVar[int]
    CREATED_COUNT_FIELD_NUMBER: _ClassVar[int]
    UPDATED_COUNT_FIELD_NUMBER: _ClassVar[int]
    DELETED_COUNT_FIELD_NUMBER: _ClassVar[int]
    type: str
    created_count: int
    updated_count: int
    deleted_count: int
    def __init__(self, type: _Optional[str] = ..., created_count: _Optional[int] = ..., updated_count: _Optional[int] = ..., deleted_count: _Optional[int] = ...) -> None: ...

class GetMergeBaseRequest(_message.Message):
    __slots__ = ("parent", "source", "target")
    PARENT_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    TARGET_FIELD_NUMBER: _ClassVar[int]
    parent: str
    source: _revision_pb2.Revision
    target: _revision_pb2.Revision
    def __init__(self, parent: _Optional[str] = ..., source: _Optional[_Union[_revision_pb2.Revision, _Mapping]] = ..., target: _Optional[_Union[_revision_pb2.Revision, _Mapping]] = ...) -> None: ...

class GetMergeBaseResponse(_message.Message):
    __slots__ = ("commit",)
    COMMIT_FIELD_NUMBER: _ClassVar[int]
    commit: Commit
    def __init__(self, commit: _Optional[_Union[Commit, _Mapping]] = ...) -> None: ...

class MergeResolution(_message.Message):
    __slots__ = ("document_id", "side")
    DOCUMENT_ID_FIELD_NUMBER: _ClassVar[int]
    SIDE_FIELD_NUMBER: _ClassVar[int]
    document_id: str
    side: MergeSide
    def __init__(self, document_id: _Optional[str] = ..., side: _Optional[_Union[MergeSide, str]] = ...) -> None: ...

class MergeConflict(_message.Message):
    __slots__ = ("document_id", "type", "base_json", "target_json", "source_json")
    DOCUMENT_ID_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    BASE_JSON_FIELD_NUMBER: _ClassVar[int]
    TARGET_JSON_FIELD_NUMBER: _ClassVar[int]
    SOURCE_JSON_FIELD_NUMBER: _ClassVar[int]
    document_id: str
    type: str
    base_json: bytes
    target_json: bytes
    source_json: bytes
    def __init__(self, document_id: _Optional[str] = ..., type: _Optional[str] = ..., base_json: _Optional[bytes] = ..., target_json: _Optional[bytes] = ..., source_json: _Optional[bytes] = ...) -> None: ...

class MergeBranchRequest(_message.Message):
    __slots__ = ("name", "source", "expected_head", "message", "resolutions", "default_resolution", "validate_only", "request_id", "request_fingerprint")
    NAME_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    EXPECTED_HEAD_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    RESOLUTIONS_FIELD_NUMBER: _ClassVar[int]
    DEFAULT_RESOLUTION_FIELD_NUMBER: _ClassVar[int]
    VALIDATE_ONLY_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    REQUEST_FINGERPRINT_FIELD_NUMBER: _ClassVar[int]
    name: str
    source: _revision_pb2.Revision
    expected_head: str
    message: str
    resolutions: _containers.RepeatedCompositeFieldContainer[MergeResolution]
    default_resolution: MergeSide
    validate_only: bool
    request_id: str
    request_fingerprint: bytes
    def __init__(self, name: _Optional[str] = ..., source: _Optional[_Union[_revision_pb2.Revision, _Mapping]] = ..., expected_head: _Optional[str] = ..., message: _Optional[str] = ..., resolutions: _Optional[_Iterable[_Union[MergeResolution, _Mapping]]] = ..., default_resolution: _Optional[_Union[MergeSide, str]] = ..., validate_only: _Optional[bool] = ..., request_id: _Optional[str] = ..., request_fingerprint: _Optional[bytes] = ...) -> None: ...

class MergeBranchResponse(_message.Message):
    __slots__ = ("outcome", "commit", "base_commit", "target_commit", "source_commit", "conflicts", "changes", "change_count")
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    COMMIT_FIELD_NUMBER: _ClassVar[int]
    BASE_COMMIT_FIELD_NUMBER: _ClassVar[int]
    TARGET_COMMIT_FIELD_NUMBER: _ClassVar[int]
    SOURCE_COMMIT_FIELD_NUMBER: _ClassVar[int]
    CONFLICTS_FIELD_NUMBER: _ClassVar[int]
    CHANGES_FIELD_NUMBER: _ClassVar[int]
    CHANGE_COUNT_FIELD_NUMBER: _ClassVar[int]
    outcome: MergeOutcome
    commit: Commit
    base_commit: str
    target_commit: str
    source_commit: str
    conflicts: _containers.RepeatedCompositeFieldContainer[MergeConflict]
    changes: _containers.RepeatedCompositeFieldContainer[DocumentDiff]
    change_count: int
    def __init__(self, outcome: _Optional[_Union[MergeOutcome, str]] = ..., commit: _Optional[_Union[Commit, _Mapping]] = ..., base_commit: _Optional[str] = ..., target_commit: _Optional[str] = ..., source_commit: _Optional[str] = ..., conflicts: _Optional[_Iterable[_Union[MergeConflict, _Mapping]]] = ..., changes: _Optional[_Iterable[_Union[DocumentDiff, _Mapping]]] = ..., change_count: _Optional[int] = ...) -> None: ...

class VerifyHistoryRequest(_message.Message):
    __slots__ = ("name",)
    NAME_FIELD_NUMBER: _ClassVar[int]
    name: str
    def __init__(self, name: _Optional[str] = ...) -> None: ...

class HistoryFault(_message.Message):
    __slots__ = ("commit_id", "document_id", "message")
    COMMIT_ID_FIELD_NUMBER: _ClassVar[int]
    DOCUMENT_ID_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    commit_id: str
    document_id: str
    message: str
    def __init__(self, commit_id: _Optional[str] = ..., document_id: _Optional[str] = ..., message: _Optional[str] = ...) -> None: ...

class VerifyHistoryResponse(_message.Message):
    __slots__ = ("commit_count", "document_count", "faults")
    COMMIT_COUNT_FIELD_NUMBER: _ClassVar[int]
    DOCUMENT_COUNT_FIELD_NUMBER: _ClassVar[int]
    FAULTS_FIELD_NUMBER: _ClassVar[int]
    commit_count: int
    document_count: int
    faults: _containers.RepeatedCompositeFieldContainer[HistoryFault]
    def __init__(self, commit_count: _Optional[int] = ..., document_count: _Optional[int] = ..., faults: _Optional[_Iterable[_Union[HistoryFault, _Mapping]]] = ...) -> None: ...
