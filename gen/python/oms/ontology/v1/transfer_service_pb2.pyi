from buf.validate import validate_pb2 as _validate_pb2
from google.api import annotations_pb2 as _annotations_pb2
from google.api import httpbody_pb2 as _httpbody_pb2
from oms.common.v1 import method_policy_pb2 as _method_policy_pb2
from oms.common.v1 import revision_pb2 as _revision_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class RdfFormat(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    RDF_FORMAT_UNSPECIFIED: _ClassVar[RdfFormat]
    RDF_FORMAT_TURTLE: _ClassVar[RdfFormat]
    RDF_FORMAT_RDF_XML: _ClassVar[RdfFormat]
    RDF_FORMAT_JSON_LD: _ClassVar[RdfFormat]
    RDF_FORMAT_N_TRIPLES: _ClassVar[RdfFormat]

class ImportMode(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    IMPORT_MODE_UNSPECIFIED: _ClassVar[ImportMode]
    IMPORT_MODE_REPLACE: _ClassVar[ImportMode]
    IMPORT_MODE_UPSERT: _ClassVar[ImportMode]
RDF_FORMAT_UNSPECIFIED: RdfFormat
RDF_FORMAT_TURTLE: RdfFormat
RDF_FORMAT_RDF_XML: RdfFormat
RDF_FORMAT_JSON_LD: RdfFormat
RDF_FORMAT_N_TRIPLES: RdfFormat
IMPORT_MODE_UNSPECIFIED: ImportMode
IMPORT_MODE_REPLACE: ImportMode
IMPORT_MODE_UPSERT: ImportMode

class ImportOntologyRequest(_message.Message):
    __slots__ = ("name", "branch", "format", "mode", "expected_head", "message", "request_id", "validate_only", "body")
    NAME_FIELD_NUMBER: _ClassVar[int]
    BRANCH_FIELD_NUMBER: _ClassVar[int]
    FORMAT_FIELD_NUMBER: _ClassVar[int]
    MODE_FIELD_NUMBER: _ClassVar[int]
    EXPECTED_HEAD_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    VALIDATE_ONLY_FIELD_NUMBER: _ClassVar[int]
    BODY_FIELD_NUMBER: _ClassVar[int]
    name: str
    branch: str
    format: RdfFormat
    mode: ImportMode
    expected_head: str
    message: str
    request_id: str
    validate_only: bool
    body: _httpbody_pb2.HttpBody
    def __init__(self, name: _Optional[str] = ..., branch: _Optional[str] = ..., format: _Optional[_Union[RdfFormat, str]] = ..., mode: _Optional[_Union[ImportMode, str]] = ..., expected_head: _Optional[str] = ..., message: _Optional[str] = ..., request_id: _Optional[str] = ..., validate_only: _Optional[bool] = ..., body: _Optional[_Union[_httpbody_pb2.HttpBody, _Mapping]] = ...) -> None: ...

class SkippedConstruct(_message.Message):
    __slots__ = ("construct", "reason", "statement_count", "examples")
    CONSTRUCT_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    STATEMENT_COUNT_FIELD_NUMBER: _ClassVar[int]
    EXAMPLES_FIELD_NUMBER: _ClassVar[int]
    construct: str
    reason: str
    statement_count: int
    examples: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, construct: _Optional[str] = ..., reason: _Optional[str] = ..., statement_count: _Optional[int] = ..., examples: _Optional[_Iterable[str]] = ...) -> None: ...

class ImportCount(_message.Message):
    __slots__ = ("collection", "read_count", "created_count", "updated_count", "deleted_count")
    COLLECTION_FIELD_NUMBER: _ClassVar[int]
    READ_COUNT_FIELD_NUMBER: _ClassVar[int]
    CREATED_COUNT_FIELD_NUMBER: _ClassVar[int]
    UPDATED_COUNT_FIELD_NUMBER: _ClassVar[int]
    DELETED_COUNT_FIELD_NUMBER: _ClassVar[int]
    collection: str
    read_count: int
    created_count: int
    updated_count: int
    deleted_count: int
    def __init__(self, collection: _Optional[str] = ..., read_count: _Optional[int] = ..., created_count: _Optional[int] = ..., updated_count: _Optional[int] = ..., deleted_count: _Optional[int] = ...) -> None: ...

class ImportOntologyResponse(_message.Message):
    __slots__ = ("commit_id", "unchanged", "statement_count", "carried_statement_count", "counts", "skipped")
    COMMIT_ID_FIELD_NUMBER: _ClassVar[int]
    UNCHANGED_FIELD_NUMBER: _ClassVar[int]
    STATEMENT_COUNT_FIELD_NUMBER: _ClassVar[int]
    CARRIED_STATEMENT_COUNT_FIELD_NUMBER: _ClassVar[int]
    COUNTS_FIELD_NUMBER: _ClassVar[int]
    SKIPPED_FIELD_NUMBER: _ClassVar[int]
    commit_id: str
    unchanged: bool
    statement_count: int
    carried_statement_count: int
    counts: _containers.RepeatedCompositeFieldContainer[ImportCount]
    skipped: _containers.RepeatedCompositeFieldContainer[SkippedConstruct]
    def __init__(self, commit_id: _Optional[str] = ..., unchanged: _Optional[bool] = ..., statement_count: _Optional[int] = ..., carried_statement_count: _Optional[int] = ..., counts: _Optional[_Iterable[_Union[ImportCount, _Mapping]]] = ..., skipped: _Optional[_Iterable[_Union[SkippedConstruct, _Mapping]]] = ...) -> None: ...

class ExportOntologyRequest(_message.Message):
    __slots__ = ("name", "revision", "format")
    NAME_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    FORMAT_FIELD_NUMBER: _ClassVar[int]
    name: str
    revision: _revision_pb2.Revision
    format: RdfFormat
    def __init__(self, name: _Optional[str] = ..., revision: _Optional[_Union[_revision_pb2.Revision, _Mapping]] = ..., format: _Optional[_Union[RdfFormat, str]] = ...) -> None: ...

class ExportOntologyResponse(_message.Message):
    __slots__ = ("body",)
    BODY_FIELD_NUMBER: _ClassVar[int]
    body: _httpbody_pb2.HttpBody
    def __init__(self, body: _Optional[_Union[_httpbody_pb2.HttpBody, _Mapping]] = ...) -> None: ...
