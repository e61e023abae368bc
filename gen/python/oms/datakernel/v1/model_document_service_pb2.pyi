from buf.validate import validate_pb2 as _validate_pb2
from google.api import annotations_pb2 as _annotations_pb2
from google.api import httpbody_pb2 as _httpbody_pb2
from oms.common.v1 import method_policy_pb2 as _method_policy_pb2
from oms.common.v1 import revision_pb2 as _revision_pb2
from oms.datakernel.v1 import commit_service_pb2 as _commit_service_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Graph(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    GRAPH_UNSPECIFIED: _ClassVar[Graph]
    GRAPH_INSTANCE: _ClassVar[Graph]
    GRAPH_SCHEMA: _ClassVar[Graph]
GRAPH_UNSPECIFIED: Graph
GRAPH_INSTANCE: Graph
GRAPH_SCHEMA: Graph

class InsertDocumentsRequest(_message.Message):
    __slots__ = ("parent", "body", "graph", "full_replace", "raw_json", "merge_repeats", "overwrite", "require_migration", "allow_destructive_migration", "expected_head", "data_version", "message", "request_id")
    PARENT_FIELD_NUMBER: _ClassVar[int]
    BODY_FIELD_NUMBER: _ClassVar[int]
    GRAPH_FIELD_NUMBER: _ClassVar[int]
    FULL_REPLACE_FIELD_NUMBER: _ClassVar[int]
    RAW_JSON_FIELD_NUMBER: _ClassVar[int]
    MERGE_REPEATS_FIELD_NUMBER: _ClassVar[int]
    OVERWRITE_FIELD_NUMBER: _ClassVar[int]
    REQUIRE_MIGRATION_FIELD_NUMBER: _ClassVar[int]
    ALLOW_DESTRUCTIVE_MIGRATION_FIELD_NUMBER: _ClassVar[int]
    EXPECTED_HEAD_FIELD_NUMBER: _ClassVar[int]
    DATA_VERSION_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    parent: str
    body: _httpbody_pb2.HttpBody
    graph: Graph
    full_replace: bool
    raw_json: bool
    merge_repeats: bool
    overwrite: bool
    require_migration: bool
    allow_destructive_migration: bool
    expected_head: str
    data_version: str
    message: str
    request_id: str
    def __init__(self, parent: _Optional[str] = ..., body: _Optional[_Union[_httpbody_pb2.HttpBody, _Mapping]] = ..., graph: _Optional[_Union[Graph, str]] = ..., full_replace: _Optional[bool] = ..., raw_json: _Optional[bool] = ..., merge_repeats: _Optional[bool] = ..., overwrite: _Optional[bool] = ..., require_migration: _Optional[bool] = ..., allow_destructive_migration: _Optional[bool] = ..., expected_head: _Optional[str] = ..., data_version: _Optional[str] = ..., message: _Optional[str] = ..., request_id: _Optional[str] = ...) -> None: ...

class InsertDocumentsResponse(_message.Message):
    __slots__ = ("document_ids", "commit", "unchanged", "data_version")
    DOCUMENT_IDS_FIELD_NUMBER: _ClassVar[int]
    COMMIT_FIELD_NUMBER: _ClassVar[int]
    UNCHANGED_FIELD_NUMBER: _ClassVar[int]
    DATA_VERSION_FIELD_NUMBER: _ClassVar[int]
    document_ids: _containers.RepeatedScalarFieldContainer[str]
    commit: _commit_service_pb2.Commit
    unchanged: bool
    data_version: str
    def __init__(self, document_ids: _Optional[_Iterable[str]] = ..., commit: _Optional[_Union[_commit_service_pb2.Commit, _Mapping]] = ..., unchanged: _Optional[bool] = ..., data_version: _Optional[str] = ...) -> None: ...

class ReplaceDocumentsRequest(_message.Message):
    __slots__ = ("parent", "body", "graph", "create", "raw_json", "merge_repeats", "require_migration", "allow_destructive_migration", "expected_head", "data_version", "message", "request_id")
    PARENT_FIELD_NUMBER: _ClassVar[int]
    BODY_FIELD_NUMBER: _ClassVar[int]
    GRAPH_FIELD_NUMBER: _ClassVar[int]
    CREATE_FIELD_NUMBER: _ClassVar[int]
    RAW_JSON_FIELD_NUMBER: _ClassVar[int]
    MERGE_REPEATS_FIELD_NUMBER: _ClassVar[int]
    REQUIRE_MIGRATION_FIELD_NUMBER: _ClassVar[int]
    ALLOW_DESTRUCTIVE_MIGRATION_FIELD_NUMBER: _ClassVar[int]
    EXPECTED_HEAD_FIELD_NUMBER: _ClassVar[int]
    DATA_VERSION_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    parent: str
    body: _httpbody_pb2.HttpBody
    graph: Graph
    create: bool
    raw_json: bool
    merge_repeats: bool
    require_migration: bool
    allow_destructive_migration: bool
    expected_head: str
    data_version: str
    message: str
    request_id: str
    def __init__(self, parent: _Optional[str] = ..., body: _Optional[_Union[_httpbody_pb2.HttpBody, _Mapping]] = ..., graph: _Optional[_Union[Graph, str]] = ..., create: _Optional[bool] = ..., raw_json: _Optional[bool] = ..., merge_repeats: _Optional[bool] = ..., require_migration: _Optional[bool] = ..., allow_destructive_migration: _Optional[bool] = ..., expected_head: _Optional[str] = ..., data_version: _Optional[str] = ..., message: _Optional[str] = ..., request_id: _Optional[str] = ...) -> None: ...

class ReplaceDocumentsResponse(_message.Message):
    __slots__ = ("document_ids", "commit", "unchanged", "data_version")
    DOCUMENT_IDS_FIELD_NUMBER: _ClassVar[int]
    COMMIT_FIELD_NUMBER: _ClassVar[int]
    UNCHANGED_FIELD_NUMBER: _ClassVar[int]
    DATA_VERSION_FIELD_NUMBER: _ClassVar[int]
    document_ids: _containers.RepeatedScalarFieldContainer[str]
    commit: _commit_service_pb2.Commit
    unchanged: bool
    data_version: str
    def __init__(self, document_ids: _Optional[_Iterable[str]] = ..., commit: _Optional[_Union[_commit_service_pb2.Commit, _Mapping]] = ..., unchanged: _Optional[bool] = ..., data_version: _Optional[str] = ...) -> None: ...

class PatchModelDocumentsRequest(_message.Message):
    __slots__ = ("parent", "body", "match_final_state", "expected_head", "data_version", "message", "request_id")
    PARENT_FIELD_NUMBER: _ClassVar[int]
    BODY_FIELD_NUMBER: _ClassVar[int]
    MATCH_FINAL_STATE_FIELD_NUMBER: _ClassVar[int]
    EXPECTED_HEAD_FIELD_NUMBER: _ClassVar[int]
    DATA_VERSION_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    parent: str
    body: _httpbody_pb2.HttpBody
    match_final_state: bool
    expected_head: str
    data_version: str
    message: str
    request_id: str
    def __init__(self, parent: _Optional[str] = ..., body: _Optional[_Union[_httpbody_pb2.HttpBody, _Mapping]] = ..., match_final_state: _Optional[bool] = ..., expected_head: _Optional[str] = ..., data_version: _Optional[str] = ..., message: _Optional[str] = ..., request_id: _Optional[str] = ...) -> None: ...

class PatchModelDocumentsResponse(_message.Message):
    __slots__ = ("document_ids", "commit", "unchanged", "data_version")
    DOCUMENT_IDS_FIELD_NUMBER: _ClassVar[int]
    COMMIT_FIELD_NUMBER: _ClassVar[int]
    UNCHANGED_FIELD_NUMBER: _ClassVar[int]
    DATA_VERSION_FIELD_NUMBER: _ClassVar[int]
    document_ids: _containers.RepeatedScalarFieldContainer[str]
    commit: _commit_service_pb2.Commit
    unchanged: bool
    data_version: str
    def __init__(self, document_ids: _Optional[_Iterable[str]] = ..., commit: _Optional[_Union[_commit_service_pb2.Commit, _Mapping]] = ..., unchanged: _Optional[bool] = ..., data_version: _Optional[str] = ...) -> None: ...

class DeleteDocumentsRequest(_message.Message):
    __slots__ = ("parent", "document_ids", "graph", "type", "nuke", "hard", "expected_head", "data_version", "message", "request_id")
    PARENT_FIELD_NUMBER: _ClassVar[int]
    DOCUMENT_IDS_FIELD_NUMBER: _ClassVar[int]
    GRAPH_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    NUKE_FIELD_NUMBER: _ClassVar[int]
    HARD_FIELD_NUMBER: _ClassVar[int]
    EXPECTED_HEAD_FIELD_NUMBER: _ClassVar[int]
    DATA_VERSION_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    parent: str
    document_ids: _containers.RepeatedScalarFieldContainer[str]
    graph: Graph
    type: str
    nuke: bool
    hard: bool
    expected_head: str
    data_version: str
    message: str
    request_id: str
    def __init__(self, parent: _Optional[str] = ..., document_ids: _Optional[_Iterable[str]] = ..., graph: _Optional[_Union[Graph, str]] = ..., type: _Optional[str] = ..., nuke: _Optional[bool] = ..., hard: _Optional[bool] = ..., expected_head: _Optional[str] = ..., data_version: _Optional[str] = ..., message: _Optional[str] = ..., request_id: _Optional[str] = ...) -> None: ...

class DeleteDocumentsResponse(_message.Message):
    __slots__ = ("deleted_count", "commit", "unchanged", "data_version")
    DELETED_COUNT_FIELD_NUMBER: _ClassVar[int]
    COMMIT_FIELD_NUMBER: _ClassVar[int]
    UNCHANGED_FIELD_NUMBER: _ClassVar[int]
    DATA_VERSION_FIELD_NUMBER: _ClassVar[int]
    deleted_count: int
    commit: _commit_service_pb2.Commit
    unchanged: bool
    data_version: str
    def __init__(self, deleted_count: _Optional[int] = ..., commit: _Optional[_Union[_commit_service_pb2.Commit, _Mapping]] = ..., unchanged: _Optional[bool] = ..., data_version: _Optional[str] = ...) -> None: ...

class DocumentForm(_message.Message):
    __slots__ = ("unfold", "minimized", "compress_ids", "prefixed")
    UNFOLD_FIELD_NUMBER: _ClassVar[int]
    MINIMIZED_FIELD_NUMBER: _ClassVar[int]
    COMPRESS_IDS_FIELD_NUMBER: _ClassVar[int]
    PREFIXED_FIELD_NUMBER: _ClassVar[int]
    unfold: bool
    minimized: bool
    compress_ids: bool
    prefixed: bool
    def __init__(self, unfold: _Optional[bool] = ..., minimized: _Optional[bool] = ..., compress_ids: _Optional[bool] = ..., prefixed: _Optional[bool] = ...) -> None: ...

class ReadDocumentRequest(_message.Message):
    __slots__ = ("parent", "document_id", "revision", "graph", "form", "show_deleted", "data_version")
    PARENT_FIELD_NUMBER: _ClassVar[int]
    DOCUMENT_ID_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    GRAPH_FIELD_NUMBER: _ClassVar[int]
    FORM_FIELD_NUMBER: _ClassVar[int]
    SHOW_DELETED_FIELD_NUMBER: _ClassVar[int]
    DATA_VERSION_FIELD_NUMBER: _ClassVar[int]
    parent: str
    document_id: str
    revision: _revision_pb2.Revision
    graph: Graph
    form: DocumentForm
    show_deleted: bool
    data_version: str
    def __init__(self, parent: _Optional[str] = ..., document_id: _Optional[str] = ..., revision: _Optional[_Union[_revision_pb2.Revision, _Mapping]] = ..., graph: _Optional[_Union[Graph, str]] = ..., form: _Optional[_Union[DocumentForm, _Mapping]] = ..., show_deleted: _Optional[bool] = ..., data_version: _Optional[str] = ...) -> None: ...

class ReadDocumentsRequest(_message.Message):
    __slots__ = ("parent", "document_ids", "type", "revision", "graph", "form", "skip", "count", "as_list", "show_deleted", "data_version")
    PARENT_FIELD_NUMBER: _ClassVar[int]
    DOCUMENT_IDS_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    GRAPH_FIELD_NUMBER: _ClassVar[int]
    FORM_FIELD_NUMBER: _ClassVar[int]
    SKIP_FIELD_NUMBER: _ClassVar[int]
    COUNT_FIELD_NUMBER: _ClassVar[int]
    AS_LIST_FIELD_NUMBER: _ClassVar[int]
    SHOW_DELETED_FIELD_NUMBER: _ClassVar[int]
    DATA_VERSION_FIELD_NUMBER: _ClassVar[int]
    parent: str
    document_ids: _containers.RepeatedScalarFieldContainer[str]
    type: str
    revision: _revision_pb2.Revision
    graph: Graph
    form: DocumentForm
    skip: int
    count: int
    as_list: bool
    show_deleted: bool
    data_version: str
    def __init__(self, parent: _Optional[str] = ..., document_ids: _Optional[_Iterable[str]] = ..., type: _Optional[str] = ..., revision: _Optional[_Union[_revision_pb2.Revision, _Mapping]] = ..., graph: _Optional[_Union[Graph, str]] = ..., form: _Optional[_Union[DocumentForm, _Mapping]] = ..., skip: _Optional[int] = ..., count: _Optional[int] = ..., as_list: _Optional[bool] = ..., show_deleted: _Optional[bool] = ..., data_version: _Optional[str] = ...) -> None: ...

class MatchDocumentsRequest(_message.Message):
    __slots__ = ("parent", "body", "type", "revision", "graph", "form", "skip", "count", "as_list")
    PARENT_FIELD_NUMBER: _ClassVar[int]
    BODY_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    GRAPH_FIELD_NUMBER: _ClassVar[int]
    FORM_FIELD_NUMBER: _ClassVar[int]
    SKIP_FIELD_NUMBER: _ClassVar[int]
    COUNT_FIELD_NUMBER: _ClassVar[int]
    AS_LIST_FIELD_NUMBER: _ClassVar[int]
    parent: str
    body: _httpbody_pb2.HttpBody
    type: str
    revision: _revision_pb2.Revision
    graph: Graph
    form: DocumentForm
    skip: int
    count: int
    as_list: bool
    def __init__(self, parent: _Optional[str] = ..., body: _Optional[_Union[_httpbody_pb2.HttpBody, _Mapping]] = ..., type: _Optional[str] = ..., revision: _Optional[_Union[_revision_pb2.Revision, _Mapping]] = ..., graph: _Optional[_Union[Graph, str]] = ..., form: _Optional[_Union[DocumentForm, _Mapping]] = ..., skip: _Optional[int] = ..., count: _Optional[int] = ..., as_list: _Optional[bool] = ...) -> None: ...

class CountDocumentsRequest(_message.Message):
    __slots__ = ("parent", "type", "revision", "graph")
    PARENT_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    GRAPH_FIELD_NUMBER: _ClassVar[int]
    parent: str
    type: str
    revision: _revision_pb2.Revision
    graph: Graph
    def __init__(self, parent: _Optional[str] = ..., type: _Optional[str] = ..., revision: _Optional[_Union[_revision_pb2.Revision, _Mapping]] = ..., graph: _Optional[_Union[Graph, str]] = ...) -> None: ...

class CountDocumentsResponse(_message.Message):
    __slots__ = ("count", "commit_id")
    COUNT_FIELD_NUMBER: _ClassVar[int]
    COMMIT_ID_FIELD_NUMBER: _ClassVar[int]
    count: int
    commit_id: str
    def __init__(self, count: _Optional[int] = ..., commit_id: _Optional[str] = ...) -> None: ...

class CheckDocumentsRequest(_message.Message):
    __slots__ = ("parent", "document_ids", "revision", "graph")
    PARENT_FIELD_NUMBER: _ClassVar[int]
    DOCUMENT_IDS_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    GRAPH_FIELD_NUMBER: _ClassVar[int]
    parent: str
    document_ids: _containers.RepeatedScalarFieldContainer[str]
    revision: _revision_pb2.Revision
    graph: Graph
    def __init__(self, parent: _Optional[str] = ..., document_ids: _Optional[_Iterable[str]] = ..., revision: _Optional[_Union[_revision_pb2.Revision, _Mapping]] = ..., graph: _Optional[_Union[Graph, str]] = ...) -> None: ...

class CheckDocumentsResponse(_message.Message):
    __slots__ = ("present_ids", "missing_ids", "commit_id")
    PRESENT_IDS_FIELD_NUMBER: _ClassVar[int]
    MISSING_IDS_FIELD_NUMBER: _ClassVar[int]
    COMMIT_ID_FIELD_NUMBER: _ClassVar[int]
    present_ids: _containers.RepeatedScalarFieldContainer[str]
    missing_ids: _containers.RepeatedScalarFieldContainer[str]
    commit_id: str
    def __init__(self, present_ids: _Optional[_Iterable[str]] = ..., missing_ids: _Optional[_Iterable[str]] = ..., commit_id: _Optional[str] = ...) -> None: ...

class ImportDocumentsRequest(_message.Message):
    __slots__ = ("parent", "body", "batch_size", "skip_lines", "import_id", "overwrite", "message")
    PARENT_FIELD_NUMBER: _ClassVar[int]
    BODY_FIELD_NUMBER: _ClassVar[int]
    BATCH_SIZE_FIELD_NUMBER: _ClassVar[int]
    SKIP_LINES_FIELD_NUMBER: _ClassVar[int]
    IMPORT_ID_FIELD_NUMBER: _ClassVar[int]
    OVERWRITE_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    parent: str
    body: _httpbody_pb2.HttpBody
    batch_size: int
    skip_lines: int
    import_id: str
    overwrite: bool
    message: str
    def __init__(self, parent: _Optional[str] = ..., body: _Optional[_Union[_httpbody_pb2.HttpBody, _Mapping]] = ..., batch_size: _Optional[int] = ..., skip_lines: _Optional[int] = ..., import_id: _Optional[str] = ..., overwrite: _Optional[bool] = ..., message: _Optional[str] = ...) -> None: ...

class ImportDocumentsResponse(_message.Message):
    __slots__ = ("line_count", "document_count", "commit_count", "head")
    LINE_COUNT_FIELD_NUMBER: _ClassVar[int]
    DOCUMENT_COUNT_FIELD_NUMBER: _ClassVar[int]
    COMMIT_COUNT_FIELD_NUMBER: _ClassVar[int]
    HEAD_FIELD_NUMBER: _ClassVar[int]
    line_count: int
    document_count: int
    commit_count: int
    head: _commit_service_pb2.Commit
    def __init__(self, line_count: _Optional[int] = ..., document_count: _Optional[int] = ..., commit_count: _Optional[int] = ..., head: _Optional[_Union[_commit_service_pb2.Commit, _Mapping]] = ...) -> None: ...

class ExportDocumentsRequest(_message.Message):
    __slots__ = ("parent", "types", "revision", "graph", "after_document_id")
    PARENT_FIELD_NUMBER: _ClassVar[int]
    TYPES_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    GRAPH_FIELD_NUMBER: _ClassVar[int]
    AFTER_DOCUMENT_ID_FIELD_NUMBER: _ClassVar[int]
    parent: str
    types: _containers.RepeatedScalarFieldContainer[str]
    revision: _revision_pb2.Revision
    graph: Graph
    after_document_id: str
    def __init__(self, parent: _Optional[str] = ..., types: _Optional[_Iterable[str]] = ..., revision: _Optional[_Union[_revision_pb2.Revision, _Mapping]] = ..., graph: _Optional[_Union[Graph, str]] = ..., after_document_id: _Optional[str] = ...) -> None: ...

class ReadDocumentResponse(_message.Message):
    __slots__ = ("body", "commit_id")
    BODY_FIELD_NUMBER: _ClassVar[int]
    COMMIT_ID_FIELD_NUMBER: _ClassVar[int]
    body: _httpbody_pb2.HttpBody
    commit_id: str
    def __init__(self, body: _Optional[_Union[_httpbody_pb2.HttpBody, _Mapping]] = ..., commit_id: _Optional[str] = ...) -> None: ...

class ReadDocumentsResponse(_message.Message):
    __slots__ = ("body", "commit_id")
    BODY_FIELD_NUMBER: _ClassVar[int]
    COMMIT_ID_FIELD_NUMBER: _ClassVar[int]
    body: _httpbody_pb2.HttpBody
    commit_id: str
    def __init__(self, body: _Optional[_Union[_httpbody_pb2.HttpBody, _Mapping]] = ..., commit_id: _Optional[str] = ...) -> None: ...

class MatchDocumentsResponse(_message.Message):
    __slots__ = ("body", "commit_id")
    BODY_FIELD_NUMBER: _ClassVar[int]
    COMMIT_ID_FIELD_NUMBER: _ClassVar[int]
    body: _httpbody_pb2.HttpBody
    commit_id: str
    def __init__(self, body: _Optional[_Union[_httpbody_pb2.HttpBody, _Mapping]] = ..., commit_id: _Optional[str] = ...) -> None: ...

class ExportDocumentsResponse(_message.Message):
    __slots__ = ("body", "commit_id")
    BODY_FIELD_NUMBER: _ClassVar[int]
    COMMIT_ID_FIELD_NUMBER: _ClassVar[int]
    body: _httpbody_pb2.HttpBody
    commit_id: str
    def __init__(self, body: _Optional[_Union[_httpbody_pb2.HttpBody, _Mapping]] = ..., commit_id: _Optional[str] = ...) -> None: ...
