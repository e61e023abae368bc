import datetime

from buf.validate import validate_pb2 as _validate_pb2
from google.api import annotations_pb2 as _annotations_pb2
from google.protobuf import field_mask_pb2 as _field_mask_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from oms.common.v1 import method_policy_pb2 as _method_policy_pb2
from oms.common.v1 import revision_pb2 as _revision_pb2
from oms.ontology.v1 import element_pb2 as _element_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Ontology(_message.Message):
    __slots__ = ("name", "iri", "labels", "descriptions", "version", "prefixes", "imports", "annotations", "etag", "create_time", "update_time", "created_by", "updated_by")
    class PrefixesEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    NAME_FIELD_NUMBER: _ClassVar[int]
    IRI_FIELD_NUMBER: _ClassVar[int]
    LABELS_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTIONS_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    PREFIXES_FIELD_NUMBER: _ClassVar[int]
    IMPORTS_FIELD_NUMBER: _ClassVar[int]
    ANNOTATIONS_FIELD_NUMBER: _ClassVar[int]
    ETAG_FIELD_NUMBER: _ClassVar[int]
    CREATE_TIME_FIELD_NUMBER: _ClassVar[int]
    UPDATE_TIME_FIELD_NUMBER: _ClassVar[int]
    CREATED_BY_FIELD_NUMBER: _ClassVar[int]
    UPDATED_BY_FIELD_NUMBER: _ClassVar[int]
    name: str
    iri: str
    labels: _containers.RepeatedCompositeFieldContainer[_element_pb2.LocalizedText]
    descriptions: _containers.RepeatedCompositeFieldContainer[_element_pb2.LocalizedText]
    version: str
    prefixes: _containers.ScalarMap[str, str]
    imports: _containers.RepeatedScalarFieldContainer[str]
    annotations: _containers.RepeatedCompositeFieldContainer[_element_pb2.Annotation]
    etag: str
    create_time: _timestamp_pb2.Timestamp
    update_time: _timestamp_pb2.Timestamp
    created_by: str
    updated_by: str
    def __init__(self, name: _Optional[str] = ..., iri: _Optional[str] = ..., labels: _Optional[_Iterable[_Union[_element_pb2.LocalizedText, _Mapping]]] = ..., descriptions: _Optional[_Iterable[_Union[_element_pb2.LocalizedText, _Mapping]]] = ..., version: _Optional[str] = ..., prefixes: _Optional[_Mapping[str, str]] = ..., imports: _Optional[_Iterable[str]] = ..., annotations: _Optional[_Iterable[_Union[_element_pb2.Annotation, _Mapping]]] = ..., etag: _Optional[str] = ..., create_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., update_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., created_by: _Optional[str] = ..., updated_by: _Optional[str] = ...) -> None: ...

class CreateOntologyRequest(_message.Message):
    __slots__ = ("ontology_id", "ontology", "request_id")
    ONTOLOGY_ID_FIELD_NUMBER: _ClassVar[int]
    ONTOLOGY_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    ontology_id: str
    ontology: Ontology
    request_id: str
    def __init__(self, ontology_id: _Optional[str] = ..., ontology: _Optional[_Union[Ontology, _Mapping]] = ..., request_id: _Optional[str] = ...) -> None: ...

class CreateOntologyResponse(_message.Message):
    __slots__ = ("ontology", "commit_id")
    ONTOLOGY_FIELD_NUMBER: _ClassVar[int]
    COMMIT_ID_FIELD_NUMBER: _ClassVar[int]
    ontology: Ontology
    commit_id: str
    def __init__(self, ontology: _Optional[_Union[Ontology, _Mapping]] = ..., commit_id: _Optional[str] = ...) -> None: ...

class GetOntologyRequest(_message.Message):
    __slots__ = ("name", "revision")
    NAME_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    name: str
    revision: _revision_pb2.Revision
    def __init__(self, name: _Optional[str] = ..., revision: _Optional[_Union[_revision_pb2.Revision, _Mapping]] = ...) -> None: ...

class CollectionCount(_message.Message):
    __slots__ = ("collection", "count")
    COLLECTION_FIELD_NUMBER: _ClassVar[int]
    COUNT_FIELD_NUMBER: _ClassVar[int]
    collection: str
    count: int
    def __init__(self, collection: _Optional[str] = ..., count: _Optional[int] = ...) -> None: ...

class GetOntologyResponse(_message.Message):
    __slots__ = ("ontology", "commit_id", "counts")
    ONTOLOGY_FIELD_NUMBER: _ClassVar[int]
    COMMIT_ID_FIELD_NUMBER: _ClassVar[int]
    COUNTS_FIELD_NUMBER: _ClassVar[int]
    ontology: Ontology
    commit_id: str
    counts: _containers.RepeatedCompositeFieldContainer[CollectionCount]
    def __init__(self, ontology: _Optional[_Union[Ontology, _Mapping]] = ..., commit_id: _Optional[str] = ..., counts: _Optional[_Iterable[_Union[CollectionCount, _Mapping]]] = ...) -> None: ...

class ListOntologiesRequest(_message.Message):
    __slots__ = ("page_size", "page_token")
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    page_size: int
    page_token: str
    def __init__(self, page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListOntologiesResponse(_message.Message):
    __slots__ = ("ontologies", "next_page_token")
    ONTOLOGIES_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    ontologies: _containers.RepeatedCompositeFieldContainer[Ontology]
    next_page_token: str
    def __init__(self, ontologies: _Optional[_Iterable[_Union[Ontology, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class UpdateOntologyRequest(_message.Message):
    __slots__ = ("ontology", "update_mask", "branch", "expected_head", "message", "request_id")
    ONTOLOGY_FIELD_NUMBER: _ClassVar[int]
    UPDATE_MASK_FIELD_NUMBER: _ClassVar[int]
    BRANCH_FIELD_NUMBER: _ClassVar[int]
    EXPECTED_HEAD_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    ontology: Ontology
    update_mask: _field_mask_pb2.FieldMask
    branch: str
    expected_head: str
    message: str
    request_id: str
    def __init__(self, ontology: _Optional[_Union[Ontology, _Mapping]] = ..., update_mask: _Optional[_Union[_field_mask_pb2.FieldMask, _Mapping]] = ..., branch: _Optional[str] = ..., expected_head: _Optional[str] = ..., message: _Optional[str] = ..., request_id: _Optional[str] = ...) -> None: ...

class UpdateOntologyResponse(_message.Message):
    __slots__ = ("ontology", "commit_id")
    ONTOLOGY_FIELD_NUMBER: _ClassVar[int]
    COMMIT_ID_FIELD_NUMBER: _ClassVar[int]
    ontology: Ontology
    commit_id: str
    def __init__(self, ontology: _Optional[_Union[Ontology, _Mapping]] = ..., commit_id: _Optional[str] = ...) -> None: ...

class DeleteOntologyRequest(_message.Message):
    __slots__ = ("name",)
    NAME_FIELD_NUMBER: _ClassVar[int]
    name: str
    def __init__(self, name: _Optional[str] = ...) -> None: ...

class DeleteOntologyResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...
