import datetime

from buf.validate import validate_pb2 as _validate_pb2
from google.api import annotations_pb2 as _annotations_pb2
from google.protobuf import duration_pb2 as _duration_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from oms.common.v1 import method_policy_pb2 as _method_policy_pb2
from oms.common.v1 import revision_pb2 as _revision_pb2
from oms.embedding.v1 import index_service_pb2 as _index_service_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ElementKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ELEMENT_KIND_UNSPECIFIED: _ClassVar[ElementKind]
    ELEMENT_KIND_OBJECT_TYPE: _ClassVar[ElementKind]
    ELEMENT_KIND_LINK_TYPE: _ClassVar[ElementKind]
    ELEMENT_KIND_INTERFACE: _ClassVar[ElementKind]
    ELEMENT_KIND_PROPERTY: _ClassVar[ElementKind]

class MatchReasonKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    MATCH_REASON_KIND_UNSPECIFIED: _ClassVar[MatchReasonKind]
    MATCH_REASON_KIND_MEANING: _ClassVar[MatchReasonKind]
    MATCH_REASON_KIND_WORDS: _ClassVar[MatchReasonKind]
    MATCH_REASON_KIND_SAME_NAME: _ClassVar[MatchReasonKind]
    MATCH_REASON_KIND_SHARED_PROPERTIES: _ClassVar[MatchReasonKind]
    MATCH_REASON_KIND_SIMILAR_TYPES: _ClassVar[MatchReasonKind]
ELEMENT_KIND_UNSPECIFIED: ElementKind
ELEMENT_KIND_OBJECT_TYPE: ElementKind
ELEMENT_KIND_LINK_TYPE: ElementKind
ELEMENT_KIND_INTERFACE: ElementKind
ELEMENT_KIND_PROPERTY: ElementKind
MATCH_REASON_KIND_UNSPECIFIED: MatchReasonKind
MATCH_REASON_KIND_MEANING: MatchReasonKind
MATCH_REASON_KIND_WORDS: MatchReasonKind
MATCH_REASON_KIND_SAME_NAME: MatchReasonKind
MATCH_REASON_KIND_SHARED_PROPERTIES: MatchReasonKind
MATCH_REASON_KIND_SIMILAR_TYPES: MatchReasonKind

class ElementMatch(_message.Message):
    __slots__ = ("name", "property_id", "kind", "label", "description", "score", "similarity", "reasons")
    NAME_FIELD_NUMBER: _ClassVar[int]
    PROPERTY_ID_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    LABEL_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    SCORE_FIELD_NUMBER: _ClassVar[int]
    SIMILARITY_FIELD_NUMBER: _ClassVar[int]
    REASONS_FIELD_NUMBER: _ClassVar[int]
    name: str
    property_id: str
    kind: ElementKind
    label: str
    description: str
    score: float
    similarity: float
    reasons: _containers.RepeatedCompositeFieldContainer[MatchReason]
    def __init__(self, name: _Optional[str] = ..., property_id: _Optional[str] = ..., kind: _Optional[_Union[ElementKind, str]] = ..., label: _Optional[str] = ..., description: _Optional[str] = ..., score: _Optional[float] = ..., similarity: _Optional[float] = ..., reasons: _Optional[_Iterable[_Union[MatchReason, _Mapping]]] = ...) -> None: ...

class MatchReason(_message.Message):
    __slots__ = ("kind", "text", "weight")
    KIND_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    WEIGHT_FIELD_NUMBER: _ClassVar[int]
    kind: MatchReasonKind
    text: str
    weight: float
    def __init__(self, kind: _Optional[_Union[MatchReasonKind, str]] = ..., text: _Optional[str] = ..., weight: _Optional[float] = ...) -> None: ...

class SearchOntologyRequest(_message.Message):
    __slots__ = ("parent", "query", "revision", "kinds", "mode", "page_size", "page_token", "language", "min_commit", "max_wait", "min_similarity")
    PARENT_FIELD_NUMBER: _ClassVar[int]
    QUERY_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    KINDS_FIELD_NUMBER: _ClassVar[int]
    MODE_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    LANGUAGE_FIELD_NUMBER: _ClassVar[int]
    MIN_COMMIT_FIELD_NUMBER: _ClassVar[int]
    MAX_WAIT_FIELD_NUMBER: _ClassVar[int]
    MIN_SIMILARITY_FIELD_NUMBER: _ClassVar[int]
    parent: str
    query: str
    revision: _revision_pb2.Revision
    kinds: _containers.RepeatedScalarFieldContainer[ElementKind]
    mode: _index_service_pb2.SearchMode
    page_size: int
    page_token: str
    language: str
    min_commit: str
    max_wait: _duration_pb2.Duration
    min_similarity: float
    def __init__(self, parent: _Optional[str] = ..., query: _Optional[str] = ..., revision: _Optional[_Union[_revision_pb2.Revision, _Mapping]] = ..., kinds: _Optional[_Iterable[_Union[ElementKind, str]]] = ..., mode: _Optional[_Union[_index_service_pb2.SearchMode, str]] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ..., language: _Optional[str] = ..., min_commit: _Optional[str] = ..., max_wait: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., min_similarity: _Optional[float] = ...) -> None: ...

class SearchOntologyResponse(_message.Message):
    __slots__ = ("matches", "next_page_token", "commit_id", "is_complete", "is_semantic", "vector_space")
    MATCHES_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    COMMIT_ID_FIELD_NUMBER: _ClassVar[int]
    IS_COMPLETE_FIELD_NUMBER: _ClassVar[int]
    IS_SEMANTIC_FIELD_NUMBER: _ClassVar[int]
    VECTOR_SPACE_FIELD_NUMBER: _ClassVar[int]
    matches: _containers.RepeatedCompositeFieldContainer[ElementMatch]
    next_page_token: str
    commit_id: str
    is_complete: bool
    is_semantic: bool
    vector_space: str
    def __init__(self, matches: _Optional[_Iterable[_Union[ElementMatch, _Mapping]]] = ..., next_page_token: _Optional[str] = ..., commit_id: _Optional[str] = ..., is_complete: _Optional[bool] = ..., is_semantic: _Optional[bool] = ..., vector_space: _Optional[str] = ...) -> None: ...

class FindDuplicatesRequest(_message.Message):
    __slots__ = ("parent", "revision", "kinds", "threshold", "limit", "language")
    PARENT_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    KINDS_FIELD_NUMBER: _ClassVar[int]
    THRESHOLD_FIELD_NUMBER: _ClassVar[int]
    LIMIT_FIELD_NUMBER: _ClassVar[int]
    LANGUAGE_FIELD_NUMBER: _ClassVar[int]
    parent: str
    revision: _revision_pb2.Revision
    kinds: _containers.RepeatedScalarFieldContainer[ElementKind]
    threshold: float
    limit: int
    language: str
    def __init__(self, parent: _Optional[str] = ..., revision: _Optional[_Union[_revision_pb2.Revision, _Mapping]] = ..., kinds: _Optional[_Iterable[_Union[ElementKind, str]]] = ..., threshold: _Optional[float] = ..., limit: _Optional[int] = ..., language: _Optional[str] = ...) -> None: ...

class DuplicatePair(_message.Message):
    __slots__ = ("first", "second", "similarity", "reasons")
    FIRST_FIELD_NUMBER: _ClassVar[int]
    SECOND_FIELD_NUMBER: _ClassVar[int]
    SIMILARITY_FIELD_NUMBER: _ClassVar[int]
    REASONS_FIELD_NUMBER: _ClassVar[int]
    first: ElementMatch
    second: ElementMatch
    similarity: float
    reasons: _containers.RepeatedCompositeFieldContainer[MatchReason]
    def __init__(self, first: _Optional[_Union[ElementMatch, _Mapping]] = ..., second: _Optional[_Union[ElementMatch, _Mapping]] = ..., similarity: _Optional[float] = ..., reasons: _Optional[_Iterable[_Union[MatchReason, _Mapping]]] = ...) -> None: ...

class FindDuplicatesResponse(_message.Message):
    __slots__ = ("pairs", "pair_count", "element_count", "missing_count", "commit_id")
    PAIRS_FIELD_NUMBER: _ClassVar[int]
    PAIR_COUNT_FIELD_NUMBER: _ClassVar[int]
    ELEMENT_COUNT_FIELD_NUMBER: _ClassVar[int]
    MISSING_COUNT_FIELD_NUMBER: _ClassVar[int]
    COMMIT_ID_FIELD_NUMBER: _ClassVar[int]
    pairs: _containers.RepeatedCompositeFieldContainer[DuplicatePair]
    pair_count: int
    element_count: int
    missing_count: int
    commit_id: str
    def __init__(self, pairs: _Optional[_Iterable[_Union[DuplicatePair, _Mapping]]] = ..., pair_count: _Optional[int] = ..., element_count: _Optional[int] = ..., missing_count: _Optional[int] = ..., commit_id: _Optional[str] = ...) -> None: ...

class DraftProperty(_message.Message):
    __slots__ = ("property_id", "text")
    PROPERTY_ID_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    property_id: str
    text: str
    def __init__(self, property_id: _Optional[str] = ..., text: _Optional[str] = ...) -> None: ...

class DraftType(_message.Message):
    __slots__ = ("type_id", "labels", "descriptions", "properties")
    TYPE_ID_FIELD_NUMBER: _ClassVar[int]
    LABELS_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTIONS_FIELD_NUMBER: _ClassVar[int]
    PROPERTIES_FIELD_NUMBER: _ClassVar[int]
    type_id: str
    labels: _containers.RepeatedScalarFieldContainer[str]
    descriptions: _containers.RepeatedScalarFieldContainer[str]
    properties: _containers.RepeatedCompositeFieldContainer[DraftProperty]
    def __init__(self, type_id: _Optional[str] = ..., labels: _Optional[_Iterable[str]] = ..., descriptions: _Optional[_Iterable[str]] = ..., properties: _Optional[_Iterable[_Union[DraftProperty, _Mapping]]] = ...) -> None: ...

class RecommendSchemaRequest(_message.Message):
    __slots__ = ("parent", "draft", "revision", "limit", "min_similarity", "language", "min_commit", "max_wait")
    PARENT_FIELD_NUMBER: _ClassVar[int]
    DRAFT_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    LIMIT_FIELD_NUMBER: _ClassVar[int]
    MIN_SIMILARITY_FIELD_NUMBER: _ClassVar[int]
    LANGUAGE_FIELD_NUMBER: _ClassVar[int]
    MIN_COMMIT_FIELD_NUMBER: _ClassVar[int]
    MAX_WAIT_FIELD_NUMBER: _ClassVar[int]
    parent: str
    draft: DraftType
    revision: _revision_pb2.Revision
    limit: int
    min_similarity: float
    language: str
    min_commit: str
    max_wait: _duration_pb2.Duration
    def __init__(self, parent: _Optional[str] = ..., draft: _Optional[_Union[DraftType, _Mapping]] = ..., revision: _Optional[_Union[_revision_pb2.Revision, _Mapping]] = ..., limit: _Optional[int] = ..., min_similarity: _Optional[float] = ..., language: _Optional[str] = ..., min_commit: _Optional[str] = ..., max_wait: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ...) -> None: ...

class PropertyRecommendation(_message.Message):
    __slots__ = ("draft_property_id", "matches")
    DRAFT_PROPERTY_ID_FIELD_NUMBER: _ClassVar[int]
    MATCHES_FIELD_NUMBER: _ClassVar[int]
    draft_property_id: str
    matches: _containers.RepeatedCompositeFieldContainer[ElementMatch]
    def __init__(self, draft_property_id: _Optional[str] = ..., matches: _Optional[_Iterable[_Union[ElementMatch, _Mapping]]] = ...) -> None: ...

class SuggestedProperty(_message.Message):
    __slots__ = ("property_id", "example", "types", "score", "reasons")
    PROPERTY_ID_FIELD_NUMBER: _ClassVar[int]
    EXAMPLE_FIELD_NUMBER: _ClassVar[int]
    TYPES_FIELD_NUMBER: _ClassVar[int]
    SCORE_FIELD_NUMBER: _ClassVar[int]
    REASONS_FIELD_NUMBER: _ClassVar[int]
    property_id: str
    example: ElementMatch
    types: _containers.RepeatedScalarFieldContainer[str]
    score: float
    reasons: _containers.RepeatedCompositeFieldContainer[MatchReason]
    def __init__(self, property_id: _Optional[str] = ..., example: _Optional[_Union[ElementMatch, _Mapping]] = ..., types: _Optional[_Iterable[str]] = ..., score: _Optional[float] = ..., reasons: _Optional[_Iterable[_Union[MatchReason, _Mapping]]] = ...) -> None: ...

class SuggestedLink(_message.Message):
    __slots__ = ("link_type", "other_type", "is_source", "score", "reasons")
    LINK_TYPE_FIELD_NUMBER: _ClassVar[int]
    OTHER_TYPE_FIELD_NUMBER: _ClassVar[int]
    IS_SOURCE_FIELD_NUMBER: _ClassVar[int]
    SCORE_FIELD_NUMBER: _ClassVar[int]
    REASONS_FIELD_NUMBER: _ClassVar[int]
    link_type: str
    other_type: str
    is_source: bool
    score: float
    reasons: _containers.RepeatedCompositeFieldContainer[MatchReason]
    def __init__(self, link_type: _Optional[str] = ..., other_type: _Optional[str] = ..., is_source: _Optional[bool] = ..., score: _Optional[float] = ..., reasons: _Optional[_Iterable[_Union[MatchReason, _Mapping]]] = ...) -> None: ...

class RecommendSchemaResponse(_message.Message):
    __slots__ = ("similar_types", "similar_properties", "suggested_properties", "suggested_links", "commit_id", "is_complete")
    SIMILAR_TYPES_FIELD_NUMBER: _ClassVar[int]
    SIMILAR_PROPERTIES_FIELD_NUMBER: _ClassVar[int]
    SUGGESTED_PROPERTIES_FIELD_NUMBER: _ClassVar[int]
    SUGGESTED_LINKS_FIELD_NUMBER: _ClassVar[int]
    COMMIT_ID_FIELD_NUMBER: _ClassVar[int]
    IS_COMPLETE_FIELD_NUMBER: _ClassVar[int]
    similar_types: _containers.RepeatedCompositeFieldContainer[ElementMatch]
    similar_properties: _containers.RepeatedCompositeFieldContainer[PropertyRecommendation]
    suggested_properties: _containers.RepeatedCompositeFieldContainer[SuggestedProperty]
    suggested_links: _containers.RepeatedCompositeFieldContainer[SuggestedLink]
    commit_id: str
    is_complete: bool
    def __init__(self, similar_types: _Optional[_Iterable[_Union[ElementMatch, _Mapping]]] = ..., similar_properties: _Optional[_Iterable[_Union[PropertyRecommendation, _Mapping]]] = ..., suggested_properties: _Optional[_Iterable[_Union[SuggestedProperty, _Mapping]]] = ..., suggested_links: _Optional[_Iterable[_Union[SuggestedLink, _Mapping]]] = ..., commit_id: _Optional[str] = ..., is_complete: _Optional[bool] = ...) -> None: ...

class SearchIndex(_message.Message):
    __slots__ = ("name", "indexed_commit", "indexed_sequence", "lag_commits", "entry_count", "model", "vector_space", "update_time", "reindex")
    NAME_FIELD_NUMBER: _ClassVar[int]
    INDEXED_COMMIT_FIELD_NUMBER: _ClassVar[int]
    INDEXED_SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    LAG_COMMITS_FIELD_NUMBER: _ClassVar[int]
    ENTRY_COUNT_FIELD_NUMBER: _ClassVar[int]
    MODEL_FIELD_NUMBER: _ClassVar[int]
    VECTOR_SPACE_FIELD_NUMBER: _ClassVar[int]
    UPDATE_TIME_FIELD_NUMBER: _ClassVar[int]
    REINDEX_FIELD_NUMBER: _ClassVar[int]
    name: str
    indexed_commit: str
    indexed_sequence: int
    lag_commits: int
    entry_count: int
    model: str
    vector_space: str
    update_time: _timestamp_pb2.Timestamp
    reindex: _index_service_pb2.ReindexProgress
    def __init__(self, name: _Optional[str] = ..., indexed_commit: _Optional[str] = ..., indexed_sequence: _Optional[int] = ..., lag_commits: _Optional[int] = ..., entry_count: _Optional[int] = ..., model: _Optional[str] = ..., vector_space: _Optional[str] = ..., update_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., reindex: _Optional[_Union[_index_service_pb2.ReindexProgress, _Mapping]] = ...) -> None: ...

class GetSearchIndexRequest(_message.Message):
    __slots__ = ("name",)
    NAME_FIELD_NUMBER: _ClassVar[int]
    name: str
    def __init__(self, name: _Optional[str] = ...) -> None: ...

class GetSearchIndexResponse(_message.Message):
    __slots__ = ("search_index",)
    SEARCH_INDEX_FIELD_NUMBER: _ClassVar[int]
    search_index: SearchIndex
    def __init__(self, search_index: _Optional[_Union[SearchIndex, _Mapping]] = ...) -> None: ...

class RebuildSearchIndexRequest(_message.Message):
    __slots__ = ("name",)
    NAME_FIELD_NUMBER: _ClassVar[int]
    name: str
    def __init__(self, name: _Optional[str] = ...) -> None: ...

class RebuildSearchIndexResponse(_message.Message):
    __slots__ = ("search_index", "target_sequence", "is_done")
    SEARCH_INDEX_FIELD_NUMBER: _ClassVar[int]
    TARGET_SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    IS_DONE_FIELD_NUMBER: _ClassVar[int]
    search_index: SearchIndex
    target_sequence: int
    is_done: bool
    def __init__(self, search_index: _Optional[_Union[SearchIndex, _Mapping]] = ..., target_sequence: _Optional[int] = ..., is_done: _Optional[bool] = ...) -> None: ...
