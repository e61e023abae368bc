from buf.validate import validate_pb2 as _validate_pb2
from google.api import annotations_pb2 as _annotations_pb2
from oms.common.v1 import method_policy_pb2 as _method_policy_pb2
from oms.common.v1 import revision_pb2 as _revision_pb2
from oms.object.v1 import filter_pb2 as _filter_pb2
from oms.object.v1 import object_pb2 as _object_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class CreateLinkRequest(_message.Message):
    __slots__ = ("parent", "link", "branch", "expected_head", "message", "request_id")
    PARENT_FIELD_NUMBER: _ClassVar[int]
    LINK_FIELD_NUMBER: _ClassVar[int]
    BRANCH_FIELD_NUMBER: _ClassVar[int]
    EXPECTED_HEAD_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    parent: str
    link: _object_pb2.Link
    branch: str
    expected_head: str
    message: str
    request_id: str
    def __init__(self, parent: _Optional[str] = ..., link: _Optional[_Union[_object_pb2.Link, _Mapping]] = ..., branch: _Optional[str] = ..., expected_head: _Optional[str] = ..., message: _Optional[str] = ..., request_id: _Optional[str] = ...) -> None: ...

class CreateLinkResponse(_message.Message):
    __slots__ = ("link", "commit_id")
    LINK_FIELD_NUMBER: _ClassVar[int]
    COMMIT_ID_FIELD_NUMBER: _ClassVar[int]
    link: _object_pb2.Link
    commit_id: str
    def __init__(self, link: _Optional[_Union[_object_pb2.Link, _Mapping]] = ..., commit_id: _Optional[str] = ...) -> None: ...

class DeleteLinkRequest(_message.Message):
    __slots__ = ("parent", "link", "branch", "expected_head", "message", "request_id")
    PARENT_FIELD_NUMBER: _ClassVar[int]
    LINK_FIELD_NUMBER: _ClassVar[int]
    BRANCH_FIELD_NUMBER: _ClassVar[int]
    EXPECTED_HEAD_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    parent: str
    link: _object_pb2.Link
    branch: str
    expected_head: str
    message: str
    request_id: str
    def __init__(self, parent: _Optional[str] = ..., link: _Optional[_Union[_object_pb2.Link, _Mapping]] = ..., branch: _Optional[str] = ..., expected_head: _Optional[str] = ..., message: _Optional[str] = ..., request_id: _Optional[str] = ...) -> None: ...

class DeleteLinkResponse(_message.Message):
    __slots__ = ("commit_id",)
    COMMIT_ID_FIELD_NUMBER: _ClassVar[int]
    commit_id: str
    def __init__(self, commit_id: _Optional[str] = ...) -> None: ...

class ListLinksRequest(_message.Message):
    __slots__ = ("parent", "link_type", "source", "target", "revision", "page_size", "page_token")
    PARENT_FIELD_NUMBER: _ClassVar[int]
    LINK_TYPE_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    TARGET_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    parent: str
    link_type: str
    source: str
    target: str
    revision: _revision_pb2.Revision
    page_size: int
    page_token: str
    def __init__(self, parent: _Optional[str] = ..., link_type: _Optional[str] = ..., source: _Optional[str] = ..., target: _Optional[str] = ..., revision: _Optional[_Union[_revision_pb2.Revision, _Mapping]] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListLinksResponse(_message.Message):
    __slots__ = ("links", "next_page_token", "commit_id", "total_size")
    LINKS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    COMMIT_ID_FIELD_NUMBER: _ClassVar[int]
    TOTAL_SIZE_FIELD_NUMBER: _ClassVar[int]
    links: _containers.RepeatedCompositeFieldContainer[_object_pb2.Link]
    next_page_token: str
    commit_id: str
    total_size: int
    def __init__(self, links: _Optional[_Iterable[_Union[_object_pb2.Link, _Mapping]]] = ..., next_page_token: _Optional[str] = ..., commit_id: _Optional[str] = ..., total_size: _Optional[int] = ...) -> None: ...

class TraverseLinksRequest(_message.Message):
    __slots__ = ("parent", "sources", "steps", "filter", "order_by", "max_per_source", "skip_per_source", "revision", "properties", "value_format", "from_end")
    PARENT_FIELD_NUMBER: _ClassVar[int]
    SOURCES_FIELD_NUMBER: _ClassVar[int]
    STEPS_FIELD_NUMBER: _ClassVar[int]
    FILTER_FIELD_NUMBER: _ClassVar[int]
    ORDER_BY_FIELD_NUMBER: _ClassVar[int]
    MAX_PER_SOURCE_FIELD_NUMBER: _ClassVar[int]
    SKIP_PER_SOURCE_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    PROPERTIES_FIELD_NUMBER: _ClassVar[int]
    VALUE_FORMAT_FIELD_NUMBER: _ClassVar[int]
    FROM_END_FIELD_NUMBER: _ClassVar[int]
    parent: str
    sources: _containers.RepeatedScalarFieldContainer[str]
    steps: _containers.RepeatedCompositeFieldContainer[LinkStep]
    filter: _filter_pb2.Filter
    order_by: _containers.RepeatedCompositeFieldContainer[_filter_pb2.Order]
    max_per_source: int
    skip_per_source: int
    revision: _revision_pb2.Revision
    properties: _containers.RepeatedScalarFieldContainer[str]
    value_format: _object_pb2.ValueFormat
    from_end: bool
    def __init__(self, parent: _Optional[str] = ..., sources: _Optional[_Iterable[str]] = ..., steps: _Optional[_Iterable[_Union[LinkStep, _Mapping]]] = ..., filter: _Optional[_Union[_filter_pb2.Filter, _Mapping]] = ..., order_by: _Optional[_Iterable[_Union[_filter_pb2.Order, _Mapping]]] = ..., max_per_source: _Optional[int] = ..., skip_per_source: _Optional[int] = ..., revision: _Optional[_Union[_revision_pb2.Revision, _Mapping]] = ..., properties: _Optional[_Iterable[str]] = ..., value_format: _Optional[_Union[_object_pb2.ValueFormat, str]] = ..., from_end: _Optional[bool] = ...) -> None: ...

class LinkStep(_message.Message):
    __slots__ = ("link_type", "direction")
    LINK_TYPE_FIELD_NUMBER: _ClassVar[int]
    DIRECTION_FIELD_NUMBER: _ClassVar[int]
    link_type: str
    direction: _object_pb2.LinkDirection
    def __init__(self, link_type: _Optional[str] = ..., direction: _Optional[_Union[_object_pb2.LinkDirection, str]] = ...) -> None: ...

class Traversal(_message.Message):
    __slots__ = ("source", "targets", "total_size")
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    TARGETS_FIELD_NUMBER: _ClassVar[int]
    TOTAL_SIZE_FIELD_NUMBER: _ClassVar[int]
    source: str
    targets: _containers.RepeatedScalarFieldContainer[str]
    total_size: int
    def __init__(self, source: _Optional[str] = ..., targets: _Optional[_Iterable[str]] = ..., total_size: _Optional[int] = ...) -> None: ...

class TraverseLinksResponse(_message.Message):
    __slots__ = ("traversals", "objects", "commit_id")
    TRAVERSALS_FIELD_NUMBER: _ClassVar[int]
    OBJECTS_FIELD_NUMBER: _ClassVar[int]
    COMMIT_ID_FIELD_NUMBER: _ClassVar[int]
    traversals: _containers.RepeatedCompositeFieldContainer[Traversal]
    objects: _containers.RepeatedCompositeFieldContainer[_object_pb2.Object]
    commit_id: str
    def __init__(self, traversals: _Optional[_Iterable[_Union[Traversal, _Mapping]]] = ..., objects: _Optional[_Iterable[_Union[_object_pb2.Object, _Mapping]]] = ..., commit_id: _Optional[str] = ...) -> None: ...
