from buf.validate import validate_pb2 as _validate_pb2
from google.api import annotations_pb2 as _annotations_pb2
from google.api import httpbody_pb2 as _httpbody_pb2
from oms.common.v1 import method_policy_pb2 as _method_policy_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class LoadFormat(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    LOAD_FORMAT_UNSPECIFIED: _ClassVar[LoadFormat]
    LOAD_FORMAT_JSON_LINES: _ClassVar[LoadFormat]
    LOAD_FORMAT_CSV: _ClassVar[LoadFormat]

class LoadMode(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    LOAD_MODE_UNSPECIFIED: _ClassVar[LoadMode]
    LOAD_MODE_ALL_OR_NOTHING: _ClassVar[LoadMode]
    LOAD_MODE_BEST_EFFORT: _ClassVar[LoadMode]

class ExistingRule(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    EXISTING_RULE_UNSPECIFIED: _ClassVar[ExistingRule]
    EXISTING_RULE_FAIL: _ClassVar[ExistingRule]
    EXISTING_RULE_REPLACE: _ClassVar[ExistingRule]
    EXISTING_RULE_UPDATE: _ClassVar[ExistingRule]
    EXISTING_RULE_SKIP: _ClassVar[ExistingRule]

class RowOutcome(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ROW_OUTCOME_UNSPECIFIED: _ClassVar[RowOutcome]
    ROW_OUTCOME_CREATED: _ClassVar[RowOutcome]
    ROW_OUTCOME_UPDATED: _ClassVar[RowOutcome]
    ROW_OUTCOME_UNCHANGED: _ClassVar[RowOutcome]
    ROW_OUTCOME_SKIPPED: _ClassVar[RowOutcome]
    ROW_OUTCOME_FAILED: _ClassVar[RowOutcome]
LOAD_FORMAT_UNSPECIFIED: LoadFormat
LOAD_FORMAT_JSON_LINES: LoadFormat
LOAD_FORMAT_CSV: LoadFormat
LOAD_MODE_UNSPECIFIED: LoadMode
LOAD_MODE_ALL_OR_NOTHING: LoadMode
LOAD_MODE_BEST_EFFORT: LoadMode
EXISTING_RULE_UNSPECIFIED: ExistingRule
EXISTING_RULE_FAIL: ExistingRule
EXISTING_RULE_REPLACE: ExistingRule
EXISTING_RULE_UPDATE: ExistingRule
EXISTING_RULE_SKIP: ExistingRule
ROW_OUTCOME_UNSPECIFIED: RowOutcome
ROW_OUTCOME_CREATED: RowOutcome
ROW_OUTCOME_UPDATED: RowOutcome
ROW_OUTCOME_UNCHANGED: RowOutcome
ROW_OUTCOME_SKIPPED: RowOutcome
ROW_OUTCOME_FAILED: RowOutcome

class LoadObjectsRequest(_message.Message):
    __slots__ = ("parent", "format", "mode", "existing", "id_column", "columns", "ignore_unknown", "list_separator", "report_all", "branch", "expected_head", "message", "validate_only", "body", "request_id")
    PARENT_FIELD_NUMBER: _ClassVar[int]
    FORMAT_FIELD_NUMBER: _ClassVar[int]
    MODE_FIELD_NUMBER: _ClassVar[int]
    EXISTING_FIELD_NUMBER: _ClassVar[int]
    ID_COLUMN_FIELD_NUMBER: _ClassVar[int]
    COLUMNS_FIELD_NUMBER: _ClassVar[int]
    IGNORE_UNKNOWN_FIELD_NUMBER: _ClassVar[int]
    LIST_SEPARATOR_FIELD_NUMBER: _ClassVar[int]
    REPORT_ALL_FIELD_NUMBER: _ClassVar[int]
    BRANCH_FIELD_NUMBER: _ClassVar[int]
    EXPECTED_HEAD_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    VALIDATE_ONLY_FIELD_NUMBER: _ClassVar[int]
    BODY_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    parent: str
    format: LoadFormat
    mode: LoadMode
    existing: ExistingRule
    id_column: str
    columns: _containers.RepeatedScalarFieldContainer[str]
    ignore_unknown: bool
    list_separator: str
    report_all: bool
    branch: str
    expected_head: str
    message: str
    validate_only: bool
    body: _httpbody_pb2.HttpBody
    request_id: str
    def __init__(self, parent: _Optional[str] = ..., format: _Optional[_Union[LoadFormat, str]] = ..., mode: _Optional[_Union[LoadMode, str]] = ..., existing: _Optional[_Union[ExistingRule, str]] = ..., id_column: _Optional[str] = ..., columns: _Optional[_Iterable[str]] = ..., ignore_unknown: _Optional[bool] = ..., list_separator: _Optional[str] = ..., report_all: _Optional[bool] = ..., branch: _Optional[str] = ..., expected_head: _Optional[str] = ..., message: _Optional[str] = ..., validate_only: _Optional[bool] = ..., body: _Optional[_Union[_httpbody_pb2.HttpBody, _Mapping]] = ..., request_id: _Optional[str] = ...) -> None: ...

class RowError(_message.Message):
    __slots__ = ("field", "description")
    FIELD_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    field: str
    description: str
    def __init__(self, field: _Optional[str] = ..., description: _Optional[str] = ...) -> None: ...

class RowReport(_message.Message):
    __slots__ = ("line", "object_id", "outcome", "errors")
    LINE_FIELD_NUMBER: _ClassVar[int]
    OBJECT_ID_FIELD_NUMBER: _ClassVar[int]
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    ERRORS_FIELD_NUMBER: _ClassVar[int]
    line: int
    object_id: str
    outcome: RowOutcome
    errors: _containers.RepeatedCompositeFieldContainer[RowError]
    def __init__(self, line: _Optional[int] = ..., object_id: _Optional[str] = ..., outcome: _Optional[_Union[RowOutcome, str]] = ..., errors: _Optional[_Iterable[_Union[RowError, _Mapping]]] = ...) -> None: ...

class LoadObjectsResponse(_message.Message):
    __slots__ = ("commit_id", "stored", "row_count", "created_count", "updated_count", "unchanged_count", "skipped_count", "failed_count", "rows")
    COMMIT_ID_FIELD_NUMBER: _ClassVar[int]
    STORED_FIELD_NUMBER: _ClassVar[int]
    ROW_COUNT_FIELD_NUMBER: _ClassVar[int]
    CREATED_COUNT_FIELD_NUMBER: _ClassVar[int]
    UPDATED_COUNT_FIELD_NUMBER: _ClassVar[int]
    UNCHANGED_COUNT_FIELD_NUMBER: _ClassVar[int]
    SKIPPED_COUNT_FIELD_NUMBER: _ClassVar[int]
    FAILED_COUNT_FIELD_NUMBER: _ClassVar[int]
    ROWS_FIELD_NUMBER: _ClassVar[int]
    commit_id: str
    stored: bool
    row_count: int
    created_count: int
    updated_count: int
    unchanged_count: int
    skipped_count: int
    failed_count: int
    rows: _containers.RepeatedCompositeFieldContainer[RowReport]
    def __init__(self, commit_id: _Optional[str] = ..., stored: _Optional[bool] = ..., row_count: _Optional[int] = ..., created_count: _Optional[int] = ..., updated_count: _Optional[int] = ..., unchanged_count: _Optional[int] = ..., skipped_count: _Optional[int] = ..., failed_count: _Optional[int] = ..., rows: _Optional[_Iterable[_Union[RowReport, _Mapping]]] = ...) -> None: ...
