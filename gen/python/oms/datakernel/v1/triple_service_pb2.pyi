from buf.validate import validate_pb2 as _validate_pb2
from google.api import annotations_pb2 as _annotations_pb2
from google.api import httpbody_pb2 as _httpbody_pb2
from oms.common.v1 import method_policy_pb2 as _method_policy_pb2
from oms.common.v1 import revision_pb2 as _revision_pb2
from oms.datakernel.v1 import commit_service_pb2 as _commit_service_pb2
from oms.datakernel.v1 import model_document_service_pb2 as _model_document_service_pb2
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ExportTriplesRequest(_message.Message):
    __slots__ = ("parent", "revision", "graph")
    PARENT_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    GRAPH_FIELD_NUMBER: _ClassVar[int]
    parent: str
    revision: _revision_pb2.Revision
    graph: _model_document_service_pb2.Graph
    def __init__(self, parent: _Optional[str] = ..., revision: _Optional[_Union[_revision_pb2.Revision, _Mapping]] = ..., graph: _Optional[_Union[_model_document_service_pb2.Graph, str]] = ...) -> None: ...

class ReplaceTriplesRequest(_message.Message):
    __slots__ = ("parent", "body", "graph", "expected_head", "data_version", "message", "request_id")
    PARENT_FIELD_NUMBER: _ClassVar[int]
    BODY_FIELD_NUMBER: _ClassVar[int]
    GRAPH_FIELD_NUMBER: _ClassVar[int]
    EXPECTED_HEAD_FIELD_NUMBER: _ClassVar[int]
    DATA_VERSION_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    parent: str
    body: _httpbody_pb2.HttpBody
    graph: _model_document_service_pb2.Graph
    expected_head: str
    data_version: str
    message: str
    request_id: str
    def __init__(self, parent: _Optional[str] = ..., body: _Optional[_Union[_httpbody_pb2.HttpBody, _Mapping]] = ..., graph: _Optional[_Union[_model_document_service_pb2.Graph, str]] = ..., expected_head: _Optional[str] = ..., data_version: _Optional[str] = ..., message: _Optional[str] = ..., request_id: _Optional[str] = ...) -> None: ...

class ReplaceTriplesResponse(_message.Message):
    __slots__ = ("commit", "unchanged")
    COMMIT_FIELD_NUMBER: _ClassVar[int]
    UNCHANGED_FIELD_NUMBER: _ClassVar[int]
    commit: _commit_service_pb2.Commit
    unchanged: bool
    def __init__(self, commit: _Optional[_Union[_commit_service_pb2.Commit, _Mapping]] = ..., unchanged: _Optional[bool] = ...) -> None: ...

class InsertTriplesRequest(_message.Message):
    __slots__ = ("parent", "body", "graph", "expected_head", "data_version", "message", "request_id")
    PARENT_FIELD_NUMBER: _ClassVar[int]
    BODY_FIELD_NUMBER: _ClassVar[int]
    GRAPH_FIELD_NUMBER: _ClassVar[int]
    EXPECTED_HEAD_FIELD_NUMBER: _ClassVar[int]
    DATA_VERSION_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    parent: str
    body: _httpbody_pb2.HttpBody
    graph: _model_document_service_pb2.Graph
    expected_head: str
    data_version: str
    message: str
    request_id: str
    def __init__(self, parent: _Optional[str] = ..., body: _Optional[_Union[_httpbody_pb2.HttpBody, _Mapping]] = ..., graph: _Optional[_Union[_model_document_service_pb2.Graph, str]] = ..., expected_head: _Optional[str] = ..., data_version: _Optional[str] = ..., message: _Optional[str] = ..., request_id: _Optional[str] = ...) -> None: ...

class InsertTriplesResponse(_message.Message):
    __slots__ = ("commit", "unchanged")
    COMMIT_FIELD_NUMBER: _ClassVar[int]
    UNCHANGED_FIELD_NUMBER: _ClassVar[int]
    commit: _commit_service_pb2.Commit
    unchanged: bool
    def __init__(self, commit: _Optional[_Union[_commit_service_pb2.Commit, _Mapping]] = ..., unchanged: _Optional[bool] = ...) -> None: ...

class ExportTriplesResponse(_message.Message):
    __slots__ = ("body", "commit_id")
    BODY_FIELD_NUMBER: _ClassVar[int]
    COMMIT_ID_FIELD_NUMBER: _ClassVar[int]
    body: _httpbody_pb2.HttpBody
    commit_id: str
    def __init__(self, body: _Optional[_Union[_httpbody_pb2.HttpBody, _Mapping]] = ..., commit_id: _Optional[str] = ...) -> None: ...
